package evidence

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree makes files below a new folder, resolved as Find resolves it. A name
// that ends in "/" is a folder, "a -> b" a symbolic link.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		link, target, isLink := strings.Cut(name, " -> ")
		path := filepath.Join(root, filepath.FromSlash(link))
		dir := filepath.Dir(path)
		if strings.HasSuffix(link, "/") {
			dir = path
		}
		err = os.MkdirAll(dir, 0o755)
		switch {
		case err != nil || dir == path:
		case isLink:
			err = os.Symlink(target, path)
		default:
			err = os.WriteFile(path, []byte(link+"\n"), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func paths(s *Set) (out []string) {
	for _, src := range s.Sources {
		out = append(out, src.Path)
	}
	return out
}

func unread(s *Set) (out []string) {
	for _, p := range s.Unread {
		out = append(out, p.Path)
	}
	return out
}

func TestFind(t *testing.T) {
	files := []string{"logs/b.log", "logs/a.log", "logs/.hidden", "logs/old/a.log.1", "logs/old/deep/x.gz", "other/a.log", "-", "we[i]rd.log"}
	tests := []struct {
		name   string
		links  []string
		args   []string // relative to the folder
		root   string
		want   string
		unread string
	}{
		{"one file", nil, []string{"logs/a.log"}, "logs", "a.log", ""},
		{"files", nil, []string{"logs/b.log", "logs/a.log"}, "logs", "a.log b.log", ""},
		{"folder", nil, []string{"logs"}, "logs", ".hidden a.log b.log old/a.log.1 old/deep/x.gz", ""},
		{"folder and file in it", nil, []string{"logs", "logs/old/a.log.1"}, "logs", ".hidden a.log b.log old/a.log.1 old/deep/x.gz", ""},
		{"nested folders", nil, []string{"logs/old", "logs"}, "logs", ".hidden a.log b.log old/a.log.1 old/deep/x.gz", ""},
		{"apart", nil, []string{"other/a.log", "logs/old/deep"}, "", "logs/old/deep/x.gz other/a.log", ""},
		{"twice", nil, []string{"logs/a.log", "logs/../logs/a.log", "./logs/a.log"}, "logs", "a.log", ""},
		{"glob", nil, []string{"logs/*.log"}, "logs", "a.log b.log", ""},
		{"glob of any depth", nil, []string{"**/a.log*"}, "", "logs/a.log logs/old/a.log.1 other/a.log", ""},
		{"braces", nil, []string{"{logs,other}/a.log"}, "", "logs/a.log other/a.log", ""},
		{"a name like a glob", nil, []string{"we[i]rd.log"}, "", "we[i]rd.log", ""},
		{"a file called -", nil, []string{"./-"}, "", "./-", ""},
		{"stdin", nil, []string{"-"}, "", "-", ""},
		{"stdin last", nil, []string{"-", "./-", "logs/a.log", "-"}, "", "./- logs/a.log -", ""},
		{"link as argument", []string{"now.log -> logs/a.log"}, []string{"now.log"}, "", "now.log", ""},
		{"link and target", []string{"logs/0.log -> a.log"}, []string{"logs/0.log", "logs/a.log"}, "logs", "a.log", ""},
		{"link in folder to a file of it", []string{"other/0.log -> a.log"}, []string{"other"}, "other", "a.log", ""},
		{"link out of folder", []string{"other/x -> ../logs/a.log"}, []string{"other"}, "other", "a.log", "x"},
		{"link to folder, in a circle", []string{"other/up -> ..", "other/me -> ."}, []string{"other"}, "other", "a.log", "me up"},
		{"links in a circle", []string{"other/x -> y", "other/y -> x"}, []string{"other"}, "other", "a.log", "x y"},
		{"link to nothing in folder", []string{"other/x -> gone"}, []string{"other"}, "other", "a.log", "x"},
		{"folder through a link", []string{"l -> other"}, []string{"l"}, "other", "a.log", ""},
		{"file through a folder link", []string{"l -> other"}, []string{"l/a.log", "other/a.log"}, "other", "a.log", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := tree(t, append(files, tt.links...)...)
			t.Chdir(dir)
			for range 2 { // the other order gives the same
				s, err := Find(tt.args)
				if err != nil {
					t.Fatal(err)
				}
				root := filepath.Join(dir, tt.root)
				if tt.want == "-" {
					root = ""
				}
				if s.Root != root {
					t.Errorf("root %q, want %q", s.Root, root)
				}
				if got := strings.Join(paths(s), " "); got != tt.want {
					t.Errorf("sources %q, want %q", got, tt.want)
				}
				if got := strings.Join(unread(s), " "); got != tt.unread {
					t.Errorf("unread %q, want %q: %v", got, tt.unread, s.Unread)
				}
				for i, src := range s.Sources {
					if src.ID != int32(i+1) {
						t.Errorf("source %q has ID %d, want %d", src.Path, src.ID, i+1)
					}
					if src.Stdin() {
						if src.Size != -1 {
							t.Errorf("standard input has size %d", src.Size)
						}
						continue
					}
					b, err := os.ReadFile(src.File)
					if err != nil || int64(len(b)) != src.Size {
						t.Errorf("source %q: size %d, file of %d bytes, %v", src.Path, src.Size, len(b), err)
					}
				}
				slices.Reverse(tt.args)
			}
		})
	}
}

func TestFindErrors(t *testing.T) {
	t.Chdir(tree(t, "a.log", "empty/", "empty/below/", "gone.log -> nowhere", "bad/x -> /"))
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "no evidence"},
		{[]string{""}, "empty"},
		{[]string{"a.log", "missing.log"}, `"missing.log" does not exist`},
		{[]string{"a.log", "*.gz"}, `"*.gz" matches no file`},
		{[]string{"[a.log"}, "quote special characters"},
		{[]string{"empty"}, `"empty" holds no file`},
		{[]string{"gone.log"}, "link to nothing"},
		{[]string{"a.log/x"}, "a.log/x"},
		{[]string{"bad"}, `"x" is a symbolic link`},
	} {
		s, err := Find(tt.args)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Find(%q) = %v, %v; want an error with %q", tt.args, s, err, tt.want)
		}
	}
}

// The same evidence in another place has the same paths.
func TestFindElsewhere(t *testing.T) {
	names := []string{"x/a.log", "x/b/c.log", "x/d.log -> a.log"}
	a, b := tree(t, names...), tree(t, names...)
	one, err1 := Find([]string{a})
	two, err2 := Find([]string{filepath.Join(b, "x", ".."), filepath.Join(b, "x/a.log")})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	if got, want := paths(two), paths(one); !slices.Equal(got, want) || len(got) != 2 {
		t.Errorf("paths %q and %q", got, want)
	}
	if n, known := one.Bytes(); n != int64(len("x/a.log\nx/b/c.log\n")) || !known {
		t.Errorf("bytes %d, %v", n, known)
	}
}

func TestHolds(t *testing.T) {
	dir := tree(t, "logs/a.log", "logs/old/b.log", "single/c.log", "out/", "in -> logs", "out/hole -> ../logs/new", "out/copy -> ../single/c.log")
	s, err := Find([]string{filepath.Join(dir, "logs"), filepath.Join(dir, "single/c.log")})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Link(filepath.Join(dir, "single/c.log"), filepath.Join(dir, "out/hard")); err != nil {
		t.Logf("no hard links here: %v", err)
	} else if held, _ := s.Holds(filepath.Join(dir, "out/hard")); !held {
		t.Error("another name of a source is not seen as evidence")
	}
	for path, want := range map[string]bool{
		"logs":                true,
		"logs/case":           true,
		"logs/old/case/x":     true,
		"logs/a.log":          true,
		"in/case":             true, // through a link
		"out/hole":            true, // a link to what is not there yet
		"out/hole/case":       true,
		"out/../logs/x":       true,
		"single/c.log":        true,
		"out/copy":            true,
		"single/case":         false, // beside a file that was handed in
		"logs2":               false,
		"out/case":            false,
		"out":                 false,
		".":                   false, // holds the evidence, is not in it
		"not/there/yet/at/it": false,
	} {
		got, err := s.Holds(filepath.Join(dir, path))
		if err != nil || got != want {
			t.Errorf("Holds(%q) = %v, %v; want %v", path, got, err, want)
		}
	}
	t.Chdir(filepath.Join(dir, "logs"))
	if got, err := s.Holds("case"); err != nil || !got {
		t.Errorf("a relative path: %v, %v", got, err)
	}
}
