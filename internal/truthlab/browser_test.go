//go:build linux

package truthlab

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// inBrowser is what a browser's media elements do, where there is a browser.
// That it is told to load no more than the metadata does not mean that it does.
var inBrowser = []scenario{
	{"played in a browser", func(c *client) {
		c.listen(player{playable, `autoplay onplay="playbackRate = 16" onended="tell('ended')"`, "ended"})
	}},
	{"looked at in a browser", func(c *client) {
		const look = `preload="metadata" onloadedmetadata="setTimeout(tell, 500, duration)"`
		c.listen(player{playable, look, "20"}, player{lecture, look, "1800"})
	}},
}

// player is an element of a page.
type player struct {
	path       string
	attributes string
	tells      string // once it is done
}

// chromium gives the command of a browser that runs, or why there is none.
func chromium(t *testing.T) (command, why string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	why = "not installed: chromium, chromium-browser or google-chrome (Debian package: chromium); the lab does without"
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		command, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if said, err := exec.CommandContext(ctx, command, "--version").CombinedOutput(); err != nil {
			why = fmt.Sprintf("%s --version: %v: %s", command, err, said)
			continue
		}
		return command, ""
	}
	return "", why
}

// listen opens a page of the server's in a new browser, and closes it once all
// players told what they have to.
func (c *client) listen(players ...player) {
	c.t.Run("browser/"+c.visits.scenario[c.address], func(t *testing.T) {
		command, why := chromium(t)
		if command == "" {
			t.Skip(why)
		}
		c := *c
		c.t = t
		page := fmt.Sprintf("<!doctype html><script>tell = what => fetch('%s?' + what)</script>", tell)
		for _, a := range players {
			page += fmt.Sprintf(`<audio src="%s" onerror="tell(error.code)" %s></audio>`, escaped(a.path), a.attributes)
		}
		name := "/listen-" + c.address + ".html"
		write(t, filepath.Join(c.server.archive.root, name), []byte(page))
		p := c.proxy()
		defer p.Close()
		p.browse(command, name, players)
		came := map[string][]interval{}
		for _, o := range p.finish() {
			t.Logf("%s: %d %q: %d bytes came, and up to %d more were sent", o.path, o.status, o.header.Get("Content-Range"), o.received, o.slack)
			came[o.path] = append(came[o.path], o.held...)
		}
		for _, a := range players {
			_, v := c.server.archive.present(a.path)
			if bytes, whole := union(came[a.path], v.size); bytes == 0 || a.tells == "ended" && !whole {
				t.Errorf("%d bytes of %s came, and the page says %q", bytes, a.path, a.tells)
			}
		}
	})
}

// browse runs a browser until the players are done, and ends it and all that it
// started. It has its own profile, and no network beyond the proxy.
func (p *proxy) browse(command, page string, players []player) {
	t := p.client.t
	profile := filepath.Join(p.client.server.dir, "profiles", p.client.address)
	must(t, os.MkdirAll(profile, 0o755))
	var said bytes.Buffer
	cmd := exec.Command(command, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio",
		"--autoplay-policy=no-user-gesture-required", "--user-data-dir="+profile, "--no-first-run", "--disable-extensions",
		"--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync", "--disable-breakpad",
		"--disable-features=MediaRouter,OptimizationHints", "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", p.URL+page)
	cmd.Env = append(os.Environ(), "HOME="+profile, "TMPDIR="+profile, "XDG_CONFIG_HOME="+profile, "XDG_CACHE_HOME="+profile)
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = within
	must(t, cmd.Start())
	gone := make(chan error, 1)
	go func() { gone <- cmd.Wait() }() // returns when nobody holds its output any more
	err := p.hear(players, gone)
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if errors.Is(<-gone, exec.ErrWaitDelay) {
		t.Errorf("%s left processes behind", command)
	}
	if err != nil {
		t.Errorf("%s: %v\n%s", command, err, &said)
	}
}

// hear waits until each player told what it has to.
func (p *proxy) hear(players []player, gone chan error) error {
	var want []string
	for _, a := range players {
		want = append(want, a.tells)
	}
	for end := time.After(within); len(want) > 0; {
		select {
		case what := <-p.told:
			i := slices.Index(want, what)
			if i < 0 {
				return fmt.Errorf("the page says %q, want %q", what, want)
			}
			want = slices.Delete(want, i, i+1)
		case err := <-gone:
			gone <- err
			return fmt.Errorf("it ended by itself: %v", err)
		case <-end:
			return fmt.Errorf("the page did not say %q within %v", want, within)
		}
	}
	return nil
}

// speech is a recording that can be played: PCM, 16 bits, mono, 8 kHz.
func speech(name string, seconds int) []byte {
	const rate = 8000
	samples := noise(name, int64(2*rate*seconds))
	head := struct {
		RIFF            [4]byte
		Size            uint32
		WAVE, Fmt       [4]byte
		FmtSize         uint32
		PCM, Channels   uint16
		Rate, PerSecond uint32
		Align, Bits     uint16
		Data            [4]byte
		DataSize        uint32
	}{[4]byte([]byte("RIFF")), uint32(36 + len(samples)), [4]byte([]byte("WAVE")), [4]byte([]byte("fmt ")), 16, 1, 1, rate, 2 * rate, 2, 16,
		[4]byte([]byte("data")), uint32(len(samples))}
	b, _ := binary.Append(nil, binary.LittleEndian, head) // of numbers only
	return append(b, samples...)
}
