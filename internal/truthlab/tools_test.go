//go:build linux

package truthlab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// openFolder is a fresh folder that servers can read under their own users,
// which those of testing.T are not.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "recount-lab-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	return dir
}

// missing says which of the commands are not installed.
func missing(commands ...string) string {
	var not []string
	for _, c := range commands {
		if _, err := exec.LookPath(c); err != nil {
			if _, err := os.Stat("/usr/sbin/" + c); err != nil {
				not = append(not, c)
			}
		}
	}
	return strings.Join(not, ", ")
}

// need skips a test for want of a command, or fails it where the lab must run.
func need(t *testing.T, packages string, commands ...string) {
	t.Helper()
	not := missing(commands...)
	if not == "" {
		return
	}
	why := fmt.Sprintf("not installed: %s (Debian packages: %s)", not, packages)
	if os.Getenv("RECOUNT_LAB") == "required" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// run runs a client program to its end and gives what it said. Its exit code is
// no error: many end with one that says what the server answered.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "http_proxy=", "https_proxy=", "no_proxy=*")
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("%s %q did not end within %v", name, args, within)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}
