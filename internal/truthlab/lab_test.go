//go:build linux

package truthlab

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestNginx and its sisters start a server, let the clients go through all
// scenarios, stop it, and measure what recount says of each log.
func TestNginx(t *testing.T)    { lab(t, nginx) }
func TestApache(t *testing.T)   { lab(t, apache) }
func TestLighttpd(t *testing.T) { lab(t, lighttpd) }
func TestCaddy(t *testing.T)    { lab(t, caddy) }

func lab(t *testing.T, p program) {
	need(t, p.debian, p.command)
	need(t, "curl wget aria2", "curl", "wget", "aria2c")
	t.Parallel()
	s := start(t, p)
	did := map[string]*visits{}
	for i, site := range s.sites {
		did[site.name] = visit(t, s, i, site)
	}
	s.finish(t)
	s.archive.inventory(t, filepath.Join(s.dir, "inventory.csv"))
	var tallies []tally
	known := newLedger(p.name)
	for _, site := range s.sites {
		for _, log := range site.logs {
			for _, set := range settings {
				t.Run(fmt.Sprintf("%s/%s/%s", site.name, log.name, set.name), func(t *testing.T) {
					c := analyse(t, s, site, log, set)
					tallies = append(tallies, measure(t, c, did[site.name], known))
				})
			}
		}
	}
	if len(tallies) == logs(p)*len(settings) { // and no subtest was left out
		known.still(t)
	}
	t.Log(tabled(p.name, tallies))
}

// tabled shows, for each log, how many pairs are whole in truth and how many
// have each grade; in brackets, how many of those are whole.
func tabled(server string, tallies []tally) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n| %s log | told | whole in truth | complete | likely | possible | partial | probe | none |\n|---|---|---|---|---|---|---|---|---|\n", server)
	for _, n := range tallies {
		fmt.Fprintf(&b, "| %s | %s | %d |", n.log, n.setting, n.whole)
		for i := len(grades) - 1; i >= 0; i-- {
			fmt.Fprintf(&b, " %d (%d) |", n.all[grades[i]], n.wholes[grades[i]])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// logs is how many logs a server writes.
func logs(p program) int {
	n := 0
	for _, site := range p.sites {
		n += len(site.logs)
	}
	return n
}
