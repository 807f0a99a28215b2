package accesslog

import (
	"encoding/csv"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// plainWeb is what a plain twin reads of a line.
type plainWeb struct {
	client        string
	time          time.Time
	status, bytes string
	path          string // decoded; empty: not compared
}

// webDirectives stand before the lines of the W3C dialects in the tests here.
var webDirectives = map[string][]string{
	"iis": {"#Software: Microsoft Internet Information Services 8.5",
		"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken"},
	"cloudfront": {"#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query"},
	"iis_ftp": {"#Software: Microsoft Internet Information Services 8.5",
		"#Fields: date time c-ip cs-username s-ip s-port cs-method cs-uri-stem sc-status sc-win32-status sc-substatus sc-bytes x-session x-fullpath"},
	"w3c": {"#Fields: date time c-ip cs-username cs-method cs-uri-stem cs(User-Agent) cs(Referer) sc-status sc-bytes time-taken"},
}

var (
	plainFTP = regexp.MustCompile(`(?s)^[ \t]*` + strings.Repeat(`([^ \t]+)[ \t]+`, 13) + `([^ \t]+)[ \t]*$`)
	plainIIS = regexp.MustCompile(`(?s)^` + strings.Repeat(`(.*?), `, 14) + `(.*),$`)
	plainNLB = regexp.MustCompile(`(?s)^tls [^ ]+ ([^ ]+?)Z? [^ ]+ [^ ]+ ([^ ]+):\d{1,5} [^ ]+ [^ ]+ [^ ]+ [^ ]+ (\d+|-) .`)
	plainELB = regexp.MustCompile(`(?s)^(?:(?:https?|h2|grpcs|wss?) )?([^ ]+Z) [^ ]+ ([^ ]+):\d{1,5} [^ ]+ [^ ]+ [^ ]+ [^ ]+ (\d{3}|-) (?:\d{3}|-) [^ ]+ (\d+|-1?) "(?:[A-Za-z_-]+ ([^ "]+) HTTP/[^" ]*|- [^"]*)" "(.*)$`)
	plainS3  = regexp.MustCompile(`(?s)^[^ ]+ [^ ]+ \[(.{26})\] ([^ ]+) [^ ]+ [^ ]+ ([^ ]+) ([^ ]+) (?:"[^ ]+ [^ ]+(?: HTTP/[^ ]*)?"|"-"|-) (\d{3}|-) [A-Za-z0-9.-]* (\d+|-) `)
	plainAz  = regexp.MustCompile(`(?s)^[12]\.0;([^;]*Z);[^;]*;[^;]*;(\d{3}|-?);(?:[^;"]*;){6}(?:"([^"]*)"|([^;]*));(?:"[^"]*"|[^;]*);[^;]*;[^;]*;([^;]*);[^;]*;[^;]*;[^;]*;[^;]*;([^;]*);`)
	plainVal = regexp.MustCompile(`"(?:[^"]|"")*"|[^ \t"][^ \t]*`)
)

// plainTwins are regular expressions, strings.Fields and encoding/csv.
var plainTwins = map[string]func(line string) (plainWeb, bool){
	"iis": func(line string) (p plainWeb, ok bool) {
		split := func(c rune) bool { return c == ' ' || c == '\t' }
		f := strings.FieldsFunc(line, split)
		if len(f) != 17 {
			f = plainVal.FindAllString(line, -1)
		}
		if len(f) != 17 {
			return p, false
		}
		return plainAt("2006-01-02 15:04:05", f[0]+" "+f[1], plainWeb{client: f[8], status: f[11], bytes: f[14], path: f[4]})
	},
	"cloudfront": func(line string) (p plainWeb, ok bool) {
		f := strings.Split(line, "\t")
		if len(f) != 12 {
			return p, false
		}
		return plainAt("2006-01-02 15:04:05", f[0]+" "+f[1], plainWeb{client: f[4], status: f[8], bytes: f[3]})
	},
	"w3c": func(line string) (p plainWeb, ok bool) {
		f := plainVal.FindAllString(line, -1)
		if len(f) != 11 {
			return p, false
		}
		for i, v := range f {
			if v[0] == '"' {
				f[i] = v[1 : len(v)-1]
			}
		}
		return plainAt("2006-01-02 15:04:05", f[0]+" "+f[1], plainWeb{client: f[2], status: f[8], bytes: f[9]})
	},
	"gcs": func(line string) (p plainWeb, ok bool) {
		f, err := csv.NewReader(strings.NewReader(line)).Read()
		if err != nil || len(f) != 17 {
			return p, false
		}
		us, err := strconv.ParseInt(f[0], 10, 64)
		return plainWeb{client: f[1], time: time.UnixMicro(us), status: f[6], bytes: f[8]}, err == nil
	},
	"azure_storage": func(line string) (p plainWeb, ok bool) {
		m := plainAz.FindStringSubmatch(line)
		if m == nil {
			return p, false
		}
		return plainAt("2006-01-02T15:04:05Z", m[1], plainWeb{client: m[5], status: m[2], bytes: m[6]})
	},
	"alb": plainBalancer, "elb": plainBalancer,
	"nlb": func(line string) (p plainWeb, ok bool) {
		m := plainNLB.FindStringSubmatch(line)
		if m == nil {
			return p, false
		}
		return plainAt("2006-01-02T15:04:05", m[1], plainWeb{client: strings.Trim(m[2], "[]"), bytes: m[3]})
	},
	"iis_ftp": func(line string) (p plainWeb, ok bool) {
		f := plainFTP.FindStringSubmatch(line)
		if f == nil {
			return p, false
		}
		path := f[14]
		if path == "-" {
			path = f[8]
		}
		return plainAt("2006-01-02 15:04:05", f[1]+" "+f[2], plainWeb{client: f[3], status: f[9], path: rooted(path)})
	},
	"iis_native":     plainNative,
	"iis_native_ftp": plainNative,
	"s3": func(line string) (p plainWeb, ok bool) {
		m := plainS3.FindStringSubmatch(line)
		if m == nil {
			return p, false
		}
		return plainAt("02/Jan/2006:15:04:05 -0700", m[1], plainWeb{client: m[2], status: m[5], bytes: m[6]})
	},
}

// plainNative reads the fifteen fields of the IIS format. The FTP service's
// bytes are not taken, and its paths may be relative.
func plainNative(line string) (p plainWeb, ok bool) {
	f := plainIIS.FindStringSubmatch(line)
	if f == nil || strings.Contains(f[15], ", ") {
		return p, false
	}
	layout := "1/2/06 15:04:05"
	if strings.LastIndexByte(f[3], '/') == len(f[3])-5 {
		layout = "1/2/2006 15:04:05"
	}
	p = plainWeb{client: f[1], status: f[11], bytes: f[10], path: f[14]}
	if strings.HasPrefix(f[5], "MSFTPSVC") {
		p.bytes, p.path = "", rooted(f[14])
	}
	p, ok = plainAt(layout, f[3]+" "+f[4], p)
	if p.time.Year() == 2069 || p.time.Year() == 1969 {
		ok = false // Go's own pivot
	}
	return p, ok
}

// rooted is a path from the root.
func rooted(path string) string {
	if strings.HasPrefix(path, "/") {
		return path
	}
	return "/" + path
}

func plainBalancer(line string) (p plainWeb, ok bool) {
	m := plainELB.FindStringSubmatch(line)
	if m == nil {
		return p, false
	}
	return plainAt("2006-01-02T15:04:05Z", m[1], plainWeb{client: m[2], status: m[3], bytes: m[4]})
}

func plainAt(layout, text string, p plainWeb) (plainWeb, bool) {
	t, err := time.Parse(layout, text)
	p.time = t
	return p, err == nil
}

func webParser(t testing.TB, name string) Parser {
	p := readingOf(t, name).NewParser()
	for _, d := range webDirectives[name] {
		p.(Director).Directive([]byte(d))
	}
	return p
}

// webParity: a whole record says what the twin of its format reads; a line that
// the twin does not read is none. Times with a second of 60 are not the twin's
// business.
func webParity(t *testing.T, name string, line []byte) {
	t.Helper()
	var r Record
	parser := webParser(t, name)
	if Comment(line) || Blank(line) || parser.Parse(line, &r) != ReasonNone || r.Flags&FlagCutOff != 0 {
		return
	}
	switch r.Format {
	case formatALB, formatELB, formatNLB, formatIISNative, formatIISNativeFTP:
		name = r.Format.Name
	}
	p, ok := plainTwins[name](string(line))
	if !ok {
		if strings.Contains(string(line), ":60") || strings.Contains(string(line), "/69") || strings.Contains(string(line), "1969") || strings.Contains(string(line), "2069") {
			return
		}
		t.Fatalf("%s: %q\nfast %s\nplain none", name, line, render(&r))
	}
	status, _ := strconv.Atoi(p.status)
	size, err := strconv.ParseInt(p.bytes, 10, 64)
	if err != nil || size < 0 || r.Format.FileService {
		size = None
	}
	if !plainClient(p.client, r.Client) || r.Time != p.time.UnixMicro() || int(r.Status) != status || r.Bytes != size {
		t.Fatalf("%s: %q\nfast  %s\nplain %+v", name, line, render(&r), p)
	}
	if p.path != "" && p.path != "-" && r.Target != nil {
		if r.Format.FileService {
			p.path = rooted(p.path)
		}
		path, _, _ := strings.Cut(string(r.Target), "?")
		if got, err := url.PathUnescape(path); err != nil || got != p.path {
			t.Fatalf("%s: %q\npath %q, plain %q", name, line, got, p.path)
		}
	}
}

// plainClient says whether client is the address that the column holds, with or
// without its port and brackets. S3 knows requests without a client.
func plainClient(column string, client []byte) bool {
	if client == nil {
		return column == "-"
	}
	want, err := netip.ParseAddr(strings.Trim(column, "[]"))
	if i := strings.LastIndexByte(column, ':'); err != nil && i > 0 {
		want, err = netip.ParseAddr(strings.Trim(column[:i], "[]"))
	}
	got, errGot := netip.ParseAddr(string(client))
	return err == nil && errGot == nil && got == want
}

// twinNames are the formats that have a plain twin.
var twinNames = []string{"iis", "iis_ftp", "cloudfront", "w3c", "gcs", "azure_storage", "alb", "elb", "nlb", "s3", "iis_native", "iis_native_ftp"}

func TestWebParity(t *testing.T) {
	rnd := rand.New(rand.NewPCG(21, 22))
	for _, name := range twinNames {
		lines := append(sampleLines(t, name), []byte(knownWeb{}.line(name)))
		for _, line := range lines {
			webParity(t, name, line)
		}
		for range 4000 {
			line := append([]byte(nil), lines[rnd.IntN(len(lines))]...)
			for range 1 + rnd.IntN(3) {
				from := rnd.IntN(len(line) + 1)
				line = append(append(append([]byte(nil), line[:from]...), hostile[rnd.IntN(len(hostile))]...), line[min(len(line), from+rnd.IntN(4)):]...)
			}
			webParity(t, name, []byte(strings.ReplaceAll(string(line), "\n", "")))
		}
	}
}

func FuzzWebParity(f *testing.F) {
	seeds := 0
	for i, name := range twinNames {
		for _, line := range sampleLines(f, name) {
			f.Add(uint8(i), line)
			seeds++
		}
	}
	if seeds < 100 {
		f.Fatal("seeds are missing")
	}
	f.Fuzz(func(t *testing.T, which uint8, line []byte) {
		if len(line) > 1<<12 || strings.ContainsAny(string(line), "\r\n") {
			t.Skip()
		}
		webParity(t, twinNames[int(which)%len(twinNames)], line)
	})
}
