package pipeline

import (
	"path/filepath"
	"testing"
)

// TestRulesNest: each rule holds the next, also for an empty recording, which
// was handed over whole without a byte.
func TestRulesNest(t *testing.T) {
	log := files(t, map[string]string{"access.log": get("192.0.2.1", 1, "/a/empty.wav", 200, 0) + get("192.0.2.2", 2, "/a/gone.wav", 404, 9)})
	inventory := files(t, map[string]string{"files.csv": "path,size\n/a/empty.wav,0\n"})
	_, out := analyse(t, Options{Evidence: []string{log}, Inventory: filepath.Join(inventory, "files.csv")})
	for rule, want := range map[string]int64{"requested": 2, "any_bytes": 1, "possible": 1, "likely": 1, "complete": 1} {
		c := out.Summary.Counts[rule]
		if c.Pairs != want || c.Recordings != want || c.Clients != want {
			t.Errorf("%s: %+v, want %d of each", rule, c, want)
		}
	}
}
