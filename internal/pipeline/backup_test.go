package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// TestBackupFillsGaps: what a folder of backups lacks is no gap if the log beside
// it has it, and the other way round; what both lack is one.
func TestBackupFillsGaps(t *testing.T) {
	days := make([]string, 7)
	for d := range days {
		var log strings.Builder
		for m := range 24 * 60 {
			if d == 3 && m/60 == 12 { // gone from both
				continue
			}
			second := d*86400 + m*60
			fmt.Fprintf(&log, "192.0.2.%d - - [%s:%02d:%02d:00 +0000] \"GET /a/%d.wav HTTP/1.1\" 200 %d \"-\" \"curl\"\n",
				m%7, day.AddDate(0, 0, d).Format("02/Jan/2006"), m/60, m%60, m, second)
		}
		days[d] = log.String()
	}
	root := files(t, map[string]string{
		"backup/access.log.4": days[0], "backup/access.log.3": days[1], "backup/access.log.1": days[4],
		"logs/access.log.5": days[1], "logs/access.log.4": days[2], "logs/access.log.3": days[3], "logs/access.log.2": days[4],
		"logs/access.log.1": days[5], "logs/access.log": days[6],
	})
	for _, workers := range []int{1, 3} {
		dir, _ := analyse(t, Options{Evidence: []string{root + "/backup", root + "/logs"}, Workers: workers})
		gaps := table(t, dir, casefile.TableGaps)
		if got := show(gaps, "group", "from", "to"); len(gaps) != 2 || gaps[0]["group"] != nil && gaps[0]["group"] != "" || gaps[1]["group"] != "backup/access.log" {
			t.Errorf("%d workers: gaps\n%s", workers, got)
		}
	}
	// Without the log the backups have a gap of two days and more.
	dir, _ := analyse(t, Options{Evidence: []string{root + "/backup"}})
	if gaps := table(t, dir, casefile.TableGaps); len(gaps) != 1 || !strings.Contains(gaps[0]["why"].(string), "number 2") {
		t.Errorf("gaps of the backups alone\n%s", show(gaps, "group", "from", "to", "why"))
	}
}
