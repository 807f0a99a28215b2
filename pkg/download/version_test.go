package download

import (
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

// TestVersions: a file that was replaced. The totals are what a server states;
// each want is worked out by hand.
func TestVersions(t *testing.T) {
	of := func(total int64, q *req) *req { return q.total(accesslog.TotalContentRange, total) }
	for _, c := range []gradeCase{
		{"the smaller version whole, by pieces", none, nil, rs(of(1000, get(206, 600).at(0, 599)), of(1000, get(206, 400).at(600, 999)), of(2000, get(206, 10).at(0, 9)).by("b")),
			"complete range_union 1000..1000"},
		{"the larger one too", none, nil, rs(of(1000, get(206, 1000).at(0, 999)), of(2000, get(206, 2000).at(0, 1999))), "complete one_response 2000..3000"},
		{"pieces of two versions never join", none, nil, rs(of(1000, get(206, 500).at(0, 499)), of(2000, get(206, 1500).at(500, 1999))), "partial hole 1500..2000"},
		{"also where the sizes are known to be of the first", 1000, nil, rs(of(1000, get(206, 500).at(0, 499)), of(1001, get(206, 501).at(500, 1000))), "partial hole 501..1001"},
		{"the object's size of each request", none, nil, rs(get(200, 1000).object(1000), get(200, 2000).object(2000).by("b")), "complete one_response 1000..1000"},
		{"cut of one version", none, nil, rs(get(200, 900).object(1000), get(200, 2000).object(2000).by("b")), "partial aborted 900..900"},
		{"a cut that does not say of which version it is", none, nil, rs(get(200, 1200).cut(), of(2000, get(206, 800).at(1200, 1999)), of(1500, get(206, 10).at(0, 9)).by("b")), "possible other_version 1200..2000"},
		{"where there is one version only", none, nil, rs(get(200, 1200).cut(), of(2000, get(206, 800).at(1200, 1999)), of(2000, get(206, 10).at(0, 9)).by("b")), "complete range_union 2000..2000"},
		{"ranges asked for, and totals of two versions beside them", none, nil, rs(get(200, 1000).planned().by("b"), get(206, 500).at(0, 499), get(200, 800).planned().by("b"), get(206, 500).at(500, 999)), "possible other_version 500..1000"},
		{"an older version that the inventory does not have", 2000, nil, rs(get(200, 1000).object(1000)), "complete one_response 1000..1000"},
		{"planned: another version, or a page", none, nil, rs(get(200, 1000).planned(), get(200, 2000).planned().by("b")), "likely planned_size 0..1000"},
		{"it may be a page, so even if it finished it is not complete", none, nil, rs(get(200, 1000).planned().done(), get(200, 2000).planned().by("b")), "likely planned_size 1000..1000"},
		{"the larger one is", none, nil, rs(get(200, 2000).planned().done(), get(200, 1000).planned().by("b")), "complete one_response 2000..2000"},
		{"an inventory outweighs a plan", 2000, nil, rs(get(200, 1000).planned()), "possible other_version 0..1000"},
		{"Content-Range outweighs a plan", none, nil, rs(get(200, 1000).planned(), of(2000, get(206, 10).at(0, 9)).by("b")), "possible other_version 0..1000"},
		{"unless it knows that version too", none, nil, rs(get(200, 1000).planned().done(), of(1000, get(206, 10).at(0, 9)).by("b"), of(2000, get(206, 10).at(0, 9)).by("b")), "complete one_response 1000..1000"},
		{"a cut is as long as a version by chance", none, nil, rs(get(200, 1000), of(1000, get(206, 10).at(0, 9)).by("b"), of(2000, get(206, 10).at(0, 9)).by("c")), "possible other_version 1000..1000"},
		{"one byte less is a cut", none, nil, rs(get(200, 999), of(1000, get(206, 10).at(0, 9)).by("b"), of(2000, get(206, 10).at(0, 9)).by("c")), "partial aborted 999..999"},
		{"one byte more too", none, nil, rs(get(200, 1001), of(1000, get(206, 10).at(0, 9)).by("b"), of(2000, get(206, 10).at(0, 9)).by("c")), "partial aborted 1001..1001"},
		{"unless headers may be in it", none, nil, rs(get(200, 1001).unknown(), of(1000, get(206, 10).at(0, 9)).by("b"), of(20000, get(206, 10).at(0, 9)).by("c")), "possible other_version 0..1001"},
		{"a cut that the log shows", none, nil, rs(get(200, 1000).cut(), of(1000, get(206, 10).at(0, 9)).by("b"), of(2000, get(206, 10).at(0, 9)).by("c")), "partial aborted 1000..1000"},
	} {
		c.run(t)
	}
}
