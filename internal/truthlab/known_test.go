//go:build linux

package truthlab

import (
	"fmt"
	"slices"
	"testing"
)

// known is something that recount says and that is not true, and that is known.
// It is listed, never passed over: each is logged where it shows, and one that
// shows nowhere any more fails the test, so that the table only holds what is.
type known struct {
	what      string
	scenarios []string
	servers   []string
	applies   func(log accessLog, set setting) bool
	why       string
}

// limits are what a log cannot show, whoever reads it. They are no faults of
// recount; the documentation says them.
var limits = []known{
	{lessThanPossible, []string{"versions, each whole", "an older version"}, []string{"nginx", "apache", "lighttpd"}, withoutTotals,
		"no answer says its total, and a shorter version looks like the longer one cut"},
	{lessThanPossible, []string{"an older version, as a range"}, []string{"nginx", "apache", "lighttpd"}, notProving,
		"no partial answer says its total, and a shorter version looks like the longer one cut"},
	{lessThanPossible, []string{"packed"}, []string{"nginx", "apache"}, withoutTotals,
		"nothing says that the body was packed, and it looks like the recording cut"},
	{notComplete, []string{"packed"}, []string{"nginx", "apache", "caddy"}, proving,
		"the log does not say that the body was packed, or not that all of it was sent"},
	{notComplete, []string{"an older version"}, []string{"nginx"}, proving, "over HTTP/2 the length of what was sent is not known for certain"},
	{notComplete, []string{"OPTIONS"}, []string{"caddy"}, always, "to another method it may be an answer of its own: possible at most"},
}

// chances are limits that show in some runs only.
var chances = []known{
	{notComplete, []string{"segmented"}, []string{"apache", "lighttpd"}, proving,
		"aria2c leaves an answer whose rest another connection has; of a cut answer, a count with headers proves a little less than came"},
}

func always(accessLog, setting) bool { return true }

// withoutTotals: the log, as recount is told to read it, does not say what was
// to be sent.
func withoutTotals(log accessLog, set setting) bool {
	return !log.totals || log.meaning == "planned" && !set.meaning
}

func proving(log accessLog, _ setting) bool    { return log.proves }
func notProving(log accessLog, _ setting) bool { return !log.proves }

// ledger notes for one server what of the known showed.
type ledger struct {
	server string
	list   []known
	shown  map[entry]bool
}

// entry is one scenario of one row of the table.
type entry struct {
	row      int
	scenario string
}

func newLedger(server string) *ledger {
	return &ledger{server, slices.Concat(limits, chances), map[entry]bool{}}
}

// expected says whether a fault is known, and why it is.
func (l *ledger) expected(log accessLog, set setting, f fault) (why string, ok bool) {
	for i, k := range l.list {
		if k.what == f.what && slices.Contains(k.scenarios, f.scenario) && slices.Contains(k.servers, l.server) && k.applies(log, set) {
			l.shown[entry{i, f.scenario}] = true
			return k.why, true
		}
	}
	return "", false
}

// judge fails the test for every fault that is not known.
func (l *ledger) judge(t *testing.T, c analysis, found []fault) {
	t.Helper()
	for _, f := range found {
		text := fmt.Sprintf("%s, %s: %q: %s, %s: %s; it is %s", c.log.name, c.set.name, f.scenario, f.pair.client, f.pair.path, f.what, f.row)
		if why, ok := l.expected(c.log, c.set, f); ok {
			t.Logf("known: %s [%s]", text, why)
		} else {
			t.Error(text)
		}
	}
}

// still fails the test for what is listed and no longer shows.
func (l *ledger) still(t *testing.T) {
	t.Helper()
	for i, k := range l.list[:len(limits)] {
		for _, scenario := range k.scenarios {
			if slices.Contains(k.servers, l.server) && !l.shown[entry{i, scenario}] {
				t.Errorf("%q in %q does not show any more (%s): take it off the table", k.what, scenario, k.why)
			}
		}
	}
}
