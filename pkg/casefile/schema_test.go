package casefile

import (
	"strings"
	"testing"
)

// columns is the contract of section 3 of the design. Columns may be added to
// schemas; those here stay, in this order.
var columns = map[string]string{
	"requests": "source line offset time_start time_end utc_offset_min client forwarded_for method recording url_original host protocol " +
		"status bytes bytes_meaning range_start range_end range_from finished duration_us user_agent referrer user flags kind bytes_with_headers object_size object_size_from",
	"downloads": "client recording requests content_requests first_seen last_seen size size_from bytes_lower bytes_upper completeness basis " +
		"transfers earlier_copy user_agents first_source first_line",
	"clients": "client prefix label tags requests listings recordings_complete recordings_likely recordings_possible recordings_partial " +
		"recordings_requested bytes_upper first_seen last_seen behaviour country city asn as_org geo_db",
	"recordings": "recording size size_from clients_complete clients_likely clients_any first_download last_download listed_to",
	"listings":   "client directory requests first_seen last_seen names_exposed",
	"sources": "source path bytes sha256 stream_bytes stream_sha256 format bytes_meaning meaning_why lines requests other rejected comments " +
		"blank duplicates first_time last_time error",
	"rejects":  "source line offset length reason raw",
	"agents":   "user_agent clients requests tags",
	"gaps":     "group from to expected_s why explained",
	"overlaps": "source from_line to_line of_source of_line lines merged why",
}

func TestSchemas(t *testing.T) {
	if got := len(Schemas()); got != len(columns) {
		t.Errorf("%d tables, want %d", got, len(columns))
	}
	for _, s := range Schemas() {
		if got := strings.Join(columnNames(s), " "); got != columns[s.Name] {
			t.Errorf("%s has\n%s\nwant\n%s", s.Name, got, columns[s.Name])
		}
		if s.About == "" || s.Sorted == "" {
			t.Errorf("%s does not say what a row is, or how it is sorted", s.Name)
		}
		for _, c := range s.Columns {
			if c.Comment == "" || strings.Contains(c.Comment, "\n") {
				t.Errorf("%s.%s: comment %q", s.Name, c.Name, c.Comment)
			}
		}
		for _, name := range strings.Split(s.Sorted, ", ") {
			if !strings.Contains(" "+columns[s.Name]+" ", " "+name+" ") && name != "time" {
				t.Errorf("%s is sorted by %q, which is no column", s.Name, name)
			}
		}
	}
}
