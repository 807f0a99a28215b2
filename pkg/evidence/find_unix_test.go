//go:build unix

package evidence

import (
	"net"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// Pipes and sockets are listed and never opened: opening one would wait forever.
func TestFindSpecialFiles(t *testing.T) {
	dir := tree(t, "a.log")
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Skip(err)
	}
	t.Chdir(dir)
	l, err := net.Listen("unix", "sock")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	s, err := Find([]string{"."})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(paths(s), []string{"a.log"}) || !slices.Equal(unread(s), []string{"pipe", "sock"}) {
		t.Errorf("sources %q, unread %q", paths(s), unread(s))
	}
	if why := s.Unread[0].Reason; !strings.Contains(why, "named pipe") || !strings.Contains(why, "standard input") {
		t.Errorf("reason %q", why)
	}
	if _, err := Find([]string{"pipe"}); err == nil || !strings.Contains(err.Error(), "named pipe") {
		t.Errorf("only a pipe: %v", err)
	}
}
