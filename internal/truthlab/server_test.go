//go:build linux

package truthlab

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// program is a web server: how it is installed, set up, started and stopped.
type program struct {
	name    string
	debian  string    // the package
	command string    // what must be there
	stop    os.Signal // ends it once the requests under way are done
	sndbuf  int64     // most bytes that lie in its socket's buffer
	sites   []site

	// configure writes the configuration into s.dir and gives the command line
	// that runs the server in the foreground.
	configure func(t *testing.T, s *server) []string
}

// site is one address of a server, with its own content and logs.
type site struct {
	name      string // plain, tls, login …
	logs      []accessLog
	scenarios []scenario
	tls       bool
	pages     bool // it answers with the log-in page, whatever was asked for
}

// accessLog is one log that a server writes of a site, and how recount is told
// to read it.
type accessLog struct {
	name    string // of the file and the subtest
	text    string // the format in the server's own words, "" for a name that it knows
	format  string // recount's --format, "" to let it detect
	told    string // --format when recount is told what the size field counts, "" for the same
	counts  string // the bytes meaning that is true
	meaning string // --bytes-meaning when it is told, "" if the format fixes it
	proves  bool   // range and completion are logged, so that complete must be the truth exactly
	cuts    bool   // completion is logged, so that what was cut is never likely
	totals  bool   // it states what was to be sent: a planned size, or the total of every answer
}

// server is a program that runs.
type server struct {
	program
	dir     string
	archive *archive
	address map[string]string // of each site, host:port
	process *exec.Cmd
	output  bytes.Buffer
	done    chan error
}

// within is how long any one thing in the lab may take.
const within = 30 * time.Second

// start runs a server over its own archive and waits until it answers. It is
// stopped at the end of the test at the latest.
func start(t *testing.T, p program) *server {
	t.Helper()
	s := &server{program: p, dir: openFolder(t), address: map[string]string{}}
	s.archive = newArchive(t, s.dir)
	must(t, os.MkdirAll(filepath.Join(s.dir, "logs"), 0o755))
	if os.Geteuid() == 0 { // some servers open their logs as another user
		must(t, os.Chmod(filepath.Join(s.dir, "logs"), 0o777))
	}
	certificate(t, s.dir)
	t.Cleanup(func() {
		if t.Failed() {
			said, _ := os.ReadFile(filepath.Join(s.dir, "logs", "error.log"))
			t.Logf("%s said:\n%s\n%s", s.name, s.output.Bytes(), said[max(0, len(said)-4000):])
		}
	})
	for try := 1; ; try++ {
		err := s.launch(t)
		if err == nil {
			break
		}
		if try == 3 { // somebody may have taken a port that was free
			t.Fatal(err)
		}
	}
	return s
}

// launch starts the process on free ports and waits for it.
func (s *server) launch(t *testing.T) error {
	var free []net.Listener // held together, so that they differ
	for _, site := range s.sites {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		must(t, err)
		free = append(free, l)
		s.address[site.name] = l.Addr().String()
	}
	for _, l := range free {
		must(t, l.Close())
	}
	args := s.configure(t, s)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, &s.output, &s.output
	cmd.Env = append(os.Environ(), "HOME="+s.dir, "XDG_DATA_HOME="+s.dir, "XDG_CONFIG_HOME="+s.dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} // not even a test that dies leaves one behind
	s.output.Reset()
	if err := cmd.Start(); err != nil {
		return err
	}
	s.process, s.done = cmd, make(chan error, 1)
	go func(done chan error) { done <- cmd.Wait() }(s.done)
	t.Cleanup(func() { s.kill(cmd) })
	for _, address := range s.address {
		if err := s.answers(address); err != nil {
			s.kill(cmd)
			return err
		}
	}
	return nil
}

// answers waits until the server listens.
func (s *server) answers(address string) error {
	for end := time.Now().Add(within); ; {
		c, err := net.DialTimeout("tcp4", address, within)
		if err == nil {
			return c.Close()
		}
		select {
		case err := <-s.done:
			s.done <- err
			return fmt.Errorf("%s ended before it answered: %v\n%s", s.name, err, &s.output)
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s did not answer at %s: %v", s.name, address, err)
		}
	}
}

// finish stops the server as its administrator would, so that all it has to
// log is in its logs.
func (s *server) finish(t *testing.T) {
	t.Helper()
	must(t, s.process.Process.Signal(s.stop))
	select {
	case <-s.done:
		s.done <- nil
	case <-time.After(within):
		t.Fatalf("%s did not stop within %v of %v\n%s", s.name, within, s.stop, &s.output)
	}
}

// kill ends what is left of a process, and of those that it started.
func (s *server) kill(cmd *exec.Cmd) {
	select {
	case <-s.done:
	default:
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-s.done:
		case <-time.After(5 * time.Second):
			cmd.Process.Kill()
			<-s.done
		}
	}
	s.done <- nil
}

// port is that of a site.
func (s *server) port(site string) string {
	_, port, _ := net.SplitHostPort(s.address[site])
	return port
}

// log is where a log of a site stands.
func (s *server) log(site, name string) string {
	return filepath.Join(s.dir, "logs", site+"-"+name+".log")
}

// file writes a file into the server's folder and gives its path.
func (s *server) file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(s.dir, name)
	write(t, path, []byte(content))
	return path
}
