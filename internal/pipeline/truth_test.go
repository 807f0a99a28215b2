package pipeline

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/claim"
)

// What truth.csv and the logs say, counted with other tools (a script that
// joins the log lines with truth.csv), not copied from a case.
const (
	pairsWhole   = 168
	wholeRecs    = 133
	wholeClients = 33

	// With the sizes and with what the size fields really count, these pairs
	// can be proven, each by one response of status 200:
	//
	//	 45  nginx: as many body bytes as the inventory says (23 in
	//	     access.log.2.gz, 14 in access.log.1, 8 in access.log)
	//	 92  Apache %O: the bytes beyond the size are a header length that
	//	     three responses or more of that log had, in all its files, and the
	//	     recording has 2 KiB or more (access.log 50 pairs, .1 12, .2.gz 25,
	//	     other_vhosts_access.log 3, .1 2)
	//
	// Of the empty recording any content is the whole, where it is no more than
	// headers: 41.9 took it of nginx and is among the 45.
	provable = 45 + 92

	// With sizes alone, those of the log (access.log and its two rotated files) in
	// which a recording was sent with headers of different lengths, which shows that
	// headers are counted. At
	// nginx too few cuts show that it counts what was sent; of the 45 only the
	// empty recording remains.
	provableInferred = 50 + 12 + 25 + 1

	// These are whole, and no log shows it better than likely:
	//
	//	  5  one 206 without position, as long as the whole (10.14 three
	//	     times; 40.2 and 41.2 after a probe)
	//	  5  Apache, of less than 2 KiB
	//	 12  Apache, status 200, whose header length fewer than three
	//	     responses of that log had, combinedio's among them (10.16 one,
	//	     20.5 two, 20.9 one, 30.7 one, 40.9 one, 60.3 two, 60.5 one,
	//	     61.2 three)
	//	  2  given up and resumed at the right place by the same program
	//	     (40.6, 41.6)
	onlyLikely = 5 + 5 + 12 + 2
)

// onlyPossible are the pairs that are whole, and why the logs leave them open.
var onlyPossible = map[[2]string]string{
	{"127.0.40.3", "/medicall/2019/01/20190103-101545_1177_46701740680_in-8812845.wav"}: "three adjoining ranges whose positions are not logged",
	{"127.0.41.3", "/medicall/2019/01/20190103-101545_1177_46701740680_in-8812845.wav"}: "the same at nginx",
	{"127.0.40.3", "/medicall/2019/01/20190104-112258_1177_in-8812846.wav"}:             "two overlapping ranges, together more than the size",
	{"127.0.41.3", "/medicall/2019/01/20190104-112258_1177_in-8812846.wav"}:             "the same at nginx",
	{"127.0.40.7", "/medicall/2019/02/20190205-122555_1177_in-8812855.wav"}:             "given up, and the rest taken with another agent",
	{"127.0.41.7", "/medicall/2019/02/20190205-122555_1177_in-8812855.wav"}:             "the same at nginx",
	{"127.0.61.2", "/medicall/2014/06/20140613-100119_1177_in-8812723.wav"}:             "two ranges whose positions are not logged",
}

// emptyAtNginx is whole with nothing in it. Without an inventory no log tells
// an empty recording from one of which nothing was taken.
var emptyAtNginx = [2]string{"127.0.41.9", "/medicall/2018/04/20180425-111111_1177_in-8812992.wav"}

type truth struct {
	size, held int64
	whole      bool
}

func readTruth(t *testing.T) map[[2]string]truth {
	t.Helper()
	f, err := os.Open(nasTruth)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[[2]string]truth{}
	for _, r := range records[1:] {
		size, _ := strconv.ParseInt(r[2], 10, 64)
		held, err := strconv.ParseInt(r[3], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all[[2]string{r[0], r[1]}] = truth{size, held, r[4] == "yes"}
	}
	return all
}

var grades = map[string]int{"none": 0, "probe": 1, "partial": 2, "possible": 3, "likely": 4, "complete": 5}

// TestTruth: real servers, real clients, and what these had on their disks in
// the end. The truth of every pair lies between complete and possible or
// better, whatever recount was told.
func TestTruth(t *testing.T) {
	meant := Options{
		Evidence: []string{nasLogs}, Inventory: nasSizes,
		Formats:  []PerSource{{"nginx/*", "nginx_combined"}, {"apache/voice_access.log", "combinedio"}},
		Meanings: []PerSource{{"apache/access*", "accepted_with_headers"}, {"apache/other_vhosts*", "accepted_with_headers"}},
	}
	for _, in := range []struct {
		name     string
		options  Options
		complete int64
	}{
		{"logs only", Options{Evidence: []string{nasLogs}}, 0}, // an unknown size field proves nothing
		{"with inventory", Options{Evidence: []string{nasLogs}, Inventory: nasSizes}, provableInferred},
		{"with inventory and meanings", meant, provable},
	} {
		t.Run(in.name, func(t *testing.T) {
			dir, out := analyse(t, in.options)
			truths := readTruth(t)
			seen := map[[2]string]row{}
			for _, d := range table(t, dir, casefile.TableDownloads) {
				seen[[2]string{d["client"].(string), d["recording"].(string)}] = d
			}
			recordings, clients := map[string]bool{}, map[string]bool{}
			var whole, complete, likely, possible int64
			for pair, is := range truths {
				d, ok := seen[pair]
				if !ok {
					t.Errorf("%v: in the truth, not in the case", pair)
					continue
				}
				grade := d["completeness"].(string)
				if is.whole {
					whole++
					recordings[pair[1]], clients[pair[0]] = true, true
					switch grade {
					case "complete":
						complete++
					case "likely":
						likely++
					case "possible":
						possible++
						if _, known := onlyPossible[pair]; in.complete == provable && !known {
							t.Errorf("%v is whole, and only possible by %v", pair, d["basis"])
						}
					default:
						if pair == emptyAtNginx && in.options.Inventory == "" {
							break
						}
						t.Errorf("%v is whole, and %s by %v", pair, grade, d["basis"])
					}
				} else if grade == "complete" {
					t.Errorf("%v is complete by %v, and the client held %d of %d", pair, d["basis"], is.held, is.size)
				}
				if upper, ok := d["bytes_upper"].(int64); ok && upper < is.held {
					t.Errorf("%v: at most %d bytes, and the client held %d", pair, upper, is.held)
				}
				if lower := d["bytes_lower"].(int64); is.whole && lower > is.size {
					t.Errorf("%v: at least %d bytes of %d", pair, lower, is.size)
				}
				if in.options.Inventory != "" && d["size"] != is.size {
					t.Errorf("%v: size %v, want %d", pair, d["size"], is.size)
				}
			}
			for pair, d := range seen {
				if _, known := truths[pair]; !known && grades[d["completeness"].(string)] > 0 {
					t.Errorf("%v: %v, and nobody asked for it", pair, d["completeness"])
				}
			}
			if whole != pairsWhole || len(recordings) != wholeRecs || len(clients) != wholeClients {
				t.Fatalf("the truth has %d whole pairs, %d recordings, %d clients", whole, len(recordings), len(clients))
			}
			if complete != in.complete {
				t.Errorf("%d pairs complete, %d can be proven", complete, in.complete)
			}
			if in.complete == provable && (likely != onlyLikely || possible != int64(len(onlyPossible))) {
				t.Errorf("of the whole pairs %d likely and %d possible, want %d and %d", likely, possible, onlyLikely, len(onlyPossible))
			}
			counts := out.Summary.Counts
			for _, c := range []struct {
				what                  string
				complete, is, atLeast int64
			}{
				{"pairs", counts["complete"].Pairs, pairsWhole, counts["possible"].Pairs},
				{"recordings", counts["complete"].Recordings, wholeRecs, counts["possible"].Recordings},
				{"clients", counts["complete"].Clients, wholeClients, counts["possible"].Clients},
			} {
				if c.complete > c.is || c.is > c.atLeast {
					t.Errorf("%d %s are not within %d complete and %d possible", c.is, c.what, c.complete, c.atLeast)
				}
			}
		})
	}
}

// TestRulesHold: each rule holds the next, and the summary's counts are those of
// the tables.
func TestRulesHold(t *testing.T) {
	dir, out := analyse(t, Options{Evidence: []string{nasLogs}, Inventory: nasSizes, Formats: []PerSource{{"nginx/*", "nginx_combined"}}})
	least := map[string]int{"requested": 0, "possible": 3, "likely": 4, "complete": 5}
	for rule, grade := range least {
		var n casefile.RuleCount
		recordings, clients := map[any]bool{}, map[any]bool{}
		for _, d := range table(t, dir, casefile.TableDownloads) {
			if grades[d["completeness"].(string)] >= grade {
				n.Pairs++
				n.Requests += d["requests"].(int64)
				recordings[d["recording"]], clients[d["client"]] = true, true
			}
		}
		n.Recordings, n.Clients = int64(len(recordings)), int64(len(clients))
		if got := out.Summary.Counts[rule]; got != n {
			t.Errorf("%s: %+v, the downloads table has %+v", rule, got, n)
		}
	}
	c := out.Summary.Counts
	for i := 1; i < len(claim.RuleNames); i++ {
		outer, inner := c[claim.RuleNames[i-1]], c[claim.RuleNames[i]]
		if inner.Pairs > outer.Pairs || inner.Recordings > outer.Recordings || inner.Clients > outer.Clients || inner.Requests > outer.Requests {
			t.Errorf("%s %+v is not within %s %+v", claim.RuleNames[i], inner, claim.RuleNames[i-1], outer)
		}
	}
}
