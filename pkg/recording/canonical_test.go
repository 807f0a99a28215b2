package recording

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestCanonicalPath(t *testing.T) {
	f := func(target, want string) {
		t.Helper()
		var c Canonicalizer
		path, _, ok := c.Path([]byte(target))
		if !ok || string(path) != want {
			t.Errorf("Path(%q) = %q, %v; want %q", target, path, ok, want)
		}
	}
	f("/", "/")
	f("/a/b.mp3", "/a/b.mp3")
	f("/a/b.mp3?x=1", "/a/b.mp3")
	f("/a/b.mp3#t=10", "/a/b.mp3")
	f("/a/b.mp3#x?y", "/a/b.mp3")
	f("/a/b.mp3?x#y", "/a/b.mp3")
	f("/a?b=/../c//d", "/a")
	f("/?C=N;O=D", "/")
	f("/a%3Fb", "/a?b")
	f("/a%23b?c", "/a#b")
	f("/a%20b%2Bc+d", "/a b+c+d")
	f("/a%2520b", "/a%20b") // once
	f("/a%", "/a%")
	f("/a%2", "/a%2")
	f("/a%zz%41", "/a%zzA")
	f("/a%%41", "/a%A")
	f("/%e2%82%ac", "/€")
	f("/%E2%82%AC", "/€")
	f("/a%00b%0a", "/a\x00b\n")
	f("/a%2Fb", "/a/b")
	f("/a%2F%2Fb", "/a/b")
	f("//host/path", "/host/path")
	f("///", "/")
	f("/a//b///c", "/a/b/c")
	f("/a/b//", "/a/b/")
	f("/.", "/")
	f("/..", "/")
	f("/../../etc/passwd", "/etc/passwd")
	f("/a/.", "/a/")
	f("/a/./", "/a/")
	f("/a/b/..", "/a/")
	f("/a/b/../", "/a/")
	f("/a/..", "/")
	f("/a//../b", "/b") // slashes merge first
	f("/a/%2e%2E/b", "/b")
	f("/a/%2e%2E%2fb", "/b")
	f("/a/.b", "/a/.b")
	f("/a/..b/...", "/a/..b/...")
	f("/a/b./c", "/a/b./c")
	f("/.well-known/x", "/.well-known/x")
	f("/a\\..\\b", `/a\..\b`)
	f("/u\u0308ber", "/über") // NFD to NFC
	f("/u%CC%88ber", "/über")
	f("/über", "/über")
	f("/\xff\xfe.mp3", "/\xff\xfe.mp3")
	f("/%ff/u\u0308", "/\xff/ü")
	f("http://host", "/")
	f("http://host?x", "/")
	f("http://host#x", "/")
	f("http://host/a/../b?c", "/b")
	f("HTTPS://host:8080/a", "/a")
	f("svn+ssh.1-x://host/a", "/a")
	f("http:///a", "/a")
}

func TestCanonicalPathNone(t *testing.T) {
	f := func(target string) {
		t.Helper()
		var c Canonicalizer
		if path, _, ok := c.Path([]byte(target)); ok {
			t.Errorf("Path(%q) = %q; want none", target, path)
		}
	}
	f("")
	f("*")
	f("-")
	f("host:443")
	f("a/b")
	f("?x")
	f("http:/a")
	f("://a/b")
	f("1http://a/b")
	f("ht tp://a/b")
	f("\x16\x03\x01")
	f("%2Fa")
}

func TestCanonicalHost(t *testing.T) {
	f := func(target, want string) {
		t.Helper()
		var c Canonicalizer
		if _, host, ok := c.Path([]byte(target)); !ok || string(host) != want {
			t.Errorf("host of %q = %q, %v; want %q", target, host, ok, want)
		}
	}
	f("/a", "")
	f("http://host/a", "host")
	f("http://Host.Example:80/a", "host.example")
	f("http://host:/a", "host")
	f("http://u:p@Host/a", "host")
	f("http://[2001:DB8::1]:80/a", "[2001:db8::1]")
	f("http://[2001:db8::1]/a", "[2001:db8::1]")
	f("http:///a", "")
}

func TestFilePath(t *testing.T) {
	f := func(name, want string) {
		t.Helper()
		var c Canonicalizer
		if got := c.FilePath([]byte(name)); string(got) != want {
			t.Errorf("FilePath(%q) = %q; want %q", name, got, want)
		}
	}
	f("/a/b.mp3", "/a/b.mp3")
	f("a/b.mp3", "/a/b.mp3")
	f("./a//b.mp3", "/a/b.mp3")
	f("../a", "/a")
	f("/a/100%.mp3", "/a/100%.mp3")
	f("/a/%41.mp3", "/a/%41.mp3")
	f("/a/what?.mp3", "/a/what?.mp3")
	f("/a#1/b.mp3", "/a#1/b.mp3")
	f("/a?/../b", "/b")
	f(`a\b`, `/a\b`)
	f("/u\u0308", "/ü")
	f("/a/", "/a/")
}

func TestCanonicalPathBorrows(t *testing.T) {
	var c Canonicalizer
	target := []byte("/2018/03/call.mp3?x=1")
	path, _, _ := c.Path(target)
	if &path[0] != &target[0] {
		t.Error("a canonical path was copied")
	}
}

// plainPath is the obviously right twin of Path: every step on its own.
func plainPath(target string) (path, host string, ok bool) {
	if !strings.HasPrefix(target, "/") {
		scheme, rest, found := strings.Cut(target, "://")
		if !found || strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") != "" || scheme == "" {
			return "", "", false
		}
		if first := scheme[0] | 0x20; first < 'a' || first > 'z' {
			return "", "", false
		}
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		host, target = rest[:end], rest[end:]
		host = host[strings.LastIndex(host, "@")+1:]
		if trimmed := strings.TrimRight(host, "0123456789"); strings.HasSuffix(trimmed, ":") {
			host = strings.TrimSuffix(trimmed, ":")
		}
	}
	target, _, _ = strings.Cut(target, "?")
	target, _, _ = strings.Cut(target, "#")

	var decoded []byte
	for i := 0; i < len(target); i++ {
		const digits = "0123456789abcdef"
		if target[i] == '%' && i+2 < len(target) {
			hi := strings.IndexByte(digits, lowerASCII(target[i+1]))
			lo := strings.IndexByte(digits, lowerASCII(target[i+2]))
			if hi >= 0 && lo >= 0 {
				decoded = append(decoded, byte(hi*16+lo))
				i += 2
				continue
			}
		}
		decoded = append(decoded, target[i])
	}

	var stack []string
	segments := strings.Split(string(decoded), "/")
	for _, s := range segments {
		switch s {
		case "", ".":
		case "..":
			stack = stack[:max(0, len(stack)-1)]
		default:
			stack = append(stack, s)
		}
	}
	path = "/" + strings.Join(stack, "/")
	if last := segments[len(segments)-1]; (last == "" || last == "." || last == "..") && path != "/" {
		path += "/"
	}
	return plainNFC(path), host, true
}

// plainNFC composes each valid part alone.
func plainNFC(path string) string {
	var out strings.Builder
	part := ""
	for i := 0; i < len(path); {
		r, size := utf8.DecodeRuneInString(path[i:])
		if r == utf8.RuneError && size == 1 {
			out.WriteString(norm.NFC.String(part))
			out.WriteByte(path[i])
			part = ""
		} else {
			part += path[i : i+size]
		}
		i += size
	}
	out.WriteString(norm.NFC.String(part))
	return out.String()
}

var targetSeeds = []string{
	"/", "/a/b.mp3", "/a/b.mp3?x=1#y", "//a//b/", "/a/./b/../c", "/..%2f..", "/%2e%2e/%2E", "/a%25%34%31", "/u%CC%88",
	"/u\u0308/\xff\xcc\x88", "http://Host:80/a", "HTTP://u@[::1]:1/%41", "http://h?x", "*", "host:443", "", "/a%", "/.a", "/a.mp%33",
	"/x.m\u212aa", "/%2Emp3", "/a#b?c", "/a.wav/", "/A.MP3", "/a.mp3.", "/dir/.mp3", "/a%2Emka", "/a.mp\x13",
	"/a" + strings.Repeat("\u0308", 40) + ".mp3", "/e" + strings.Repeat("\u0323\u0302", 20) + "\xff/..",
}

func FuzzCanonicalPath(f *testing.F) {
	if len(targetSeeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range targetSeeds {
		f.Add(s)
	}
	var c, again Canonicalizer
	f.Fuzz(func(t *testing.T, target string) {
		path, host, ok := c.Path([]byte(target))
		wantPath, wantHost, wantOK := plainPath(target)
		if ok != wantOK || string(path) != wantPath || !strings.EqualFold(string(host), wantHost) && isASCII(host) {
			t.Fatalf("Path(%q) = %q, %q, %v; want %q, %q, %v", target, path, host, ok, wantPath, wantHost, wantOK)
		}
		if !ok {
			return
		}
		if path[0] != '/' {
			t.Fatalf("Path(%q) = %q: no leading slash", target, path)
		}
		for _, bad := range []string{"//", "/./", "/../"} {
			if bytes.Contains(path, []byte(bad)) {
				t.Fatalf("Path(%q) = %q: holds %q", target, path, bad)
			}
		}
		if got := again.FilePath(path); !bytes.Equal(got, path) {
			t.Fatalf("Path(%q) = %q; as a file name %q", target, path, got)
		}
		if !bytes.ContainsAny(path, "%?#") {
			if got, _, _ := again.Path(path); !bytes.Equal(got, path) {
				t.Fatalf("Path(%q) = %q; again %q", target, path, got)
			}
		}
	})
}

func BenchmarkCanonicalPath(b *testing.B) {
	f := func(name, target string) {
		b.Run(name, func(b *testing.B) {
			var c Canonicalizer
			raw := []byte(target)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				c.Path(raw)
			}
		})
	}
	f("clean", "/recordings/2018/03/14/20180314_0701234567_112233.mp3")
	f("escaped", "/recordings/2018/03/14/call%20of%20%C3%A5ke_0701234567_112233.mp3")
	f("decomposed", "/recordings/2018/03/14/call%20of%20a%CC%8Ake_0701234567_112233.mp3")
	f("dots", "/recordings/2018/../2018//03/14/20180314_0701234567_112233.mp3")
}
