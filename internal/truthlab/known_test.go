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
	what     string
	scenario []string
	servers  []string // where it shows
	applies  func(log accessLog, set setting) bool
	why      string
	shown    map[string]bool // by server and scenario
}

// limits are what a log cannot show, whoever reads it. They are no faults of
// recount; the documentation says them.
var limits = []known{
	{lessThanPossible, []string{"versions, each whole", "an older version"}, []string{"nginx", "apache", "lighttpd"}, withoutTotals,
		"no answer says its total, and a shorter version looks like the longer one cut", nil},
	{lessThanPossible, []string{"an older version, as a range"}, []string{"nginx", "apache", "lighttpd"}, notProving,
		"no partial answer says its total, and a shorter version looks like the longer one cut", nil},
	{lessThanPossible, []string{"packed"}, []string{"nginx", "apache"}, withoutTotals,
		"nothing says that the body was packed, and it looks like the recording cut", nil},
}

// faults are recount's, and are to be mended.
var faults = []known{
	{lessThanPossible, []string{"OPTIONS"}, []string{"caddy"}, always, methods, nil},
	{aboveUpper, []string{"OPTIONS"}, []string{"caddy"}, always, methods, nil},
	{notComplete, []string{"OPTIONS"}, []string{"caddy"}, always, methods, nil},

	{completeNotWhole, []string{"pieces of two versions that fit"}, []string{"nginx", "apache", "lighttpd", "caddy"}, proving, "pieces of two versions are joined", nil},
	{lessThanPossible, []string{"an older version"}, []string{"nginx", "apache", "lighttpd", "caddy"}, withTotals, own, nil},
	{lessThanPossible, []string{"an older version, as a range"}, []string{"nginx", "apache", "lighttpd", "caddy"}, proving, own, nil},
	{lessThanPossible, []string{"versions, each whole"}, []string{"apache"}, withTotals, own, nil},
	{notComplete, []string{"an older version", "an older version, as a range"}, []string{"nginx", "apache", "lighttpd", "caddy"}, proving, own, nil},
	{lessThanPossible, []string{"packed"}, []string{"nginx", "apache", "caddy"}, withTotals, own, nil},
	{notComplete, []string{"packed"}, []string{"nginx", "apache", "caddy"}, proving, own, nil},

	{notComplete, []string{"all as a range", "half under each of two names", "overlapping ranges, the end first", "probe and all", "three adjoining ranges"},
		[]string{"nginx"}, proving, "what frames add hides that a range which ended was handed over whole", nil},
	{unlisted, []string{"hostile"}, []string{"nginx"}, always, "a line of JSON whose agent is not UTF-8 is a reject", nil},
	{aboveUpper, []string{"slowly, given up when nothing was on its way"}, []string{"lighttpd"}, proving,
		"a format of lighttpd's is read as one of Apache's, whose %b is what was planned", nil},
	{completeNotWhole, []string{"ranges"}, []string{"nginx", "apache", "caddy"}, proving, "of a log-in page the whole as a range is not known for one", nil},
	{completeNotWhole, []string{"recordings"}, []string{"apache"}, always, "with headers in the count, a log-in page is not known for one", nil},
	{noMeaning, []string{"plain", "tls"}, []string{"apache"}, always, "no bytes meaning is inferred yet", nil},
	{wrongMeaning, []string{"placed"}, []string{"lighttpd"}, always, "a format of lighttpd's is read as one of Apache's, whose %b is what was planned", nil},
	{wrongWarning, []string{"login"}, []string{"apache"}, always, "with headers in the count, a log-in page is not known for one", nil},
}

const (
	methods = "this server gives the file to any method"
	own     = "an answer that says its own total is held to another version's"
)

func always(accessLog, setting) bool { return true }

// withoutTotals: the log, as recount is told to read it, does not say what was
// to be sent.
func withoutTotals(log accessLog, set setting) bool {
	return !log.totals || log.meaning == "planned" && !set.meaning
}

func withTotals(log accessLog, set setting) bool { return !withoutTotals(log, set) }
func proving(log accessLog, _ setting) bool      { return log.proves }
func notProving(log accessLog, _ setting) bool   { return !log.proves }

// expected says whether a fault is known, and why it is.
func expected(list []known, server string, log accessLog, set setting, f fault) (why string, ok bool) {
	for i := range list {
		k := &list[i]
		if k.what == f.what && slices.Contains(k.scenario, f.scenario) && slices.Contains(k.servers, server) && k.applies(log, set) {
			k.shown[server+f.scenario] = true
			return k.why, true
		}
	}
	return "", false
}

// judge fails the test for every fault that is not known.
func judge(t *testing.T, list []known, c analysis, found []fault) {
	t.Helper()
	for _, f := range found {
		text := fmt.Sprintf("%s, %s: %q: %s, %s: %s; it is %s", c.log.name, c.set.name, f.scenario, f.pair.client, f.pair.path, f.what, f.row)
		if why, ok := expected(list, c.server.name, c.log, c.set, f); ok {
			t.Logf("known: %s [%s]", text, why)
		} else {
			t.Error(text)
		}
	}
}

// knowns is what is known, for a server to note what it shows.
func knowns() []known {
	list := slices.Concat(limits, faults)
	for i := range list {
		list[i].shown = map[string]bool{}
	}
	return list
}

// still fails the test for what is listed and no longer shows.
func still(t *testing.T, list []known, server string) {
	t.Helper()
	for _, k := range list {
		for _, scenario := range k.scenario {
			if slices.Contains(k.servers, server) && !k.shown[server+scenario] {
				t.Errorf("%q in %q does not show any more (%s): take it off the table", k.what, scenario, k.why)
			}
		}
	}
}
