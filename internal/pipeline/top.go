package pipeline

import (
	"bytes"
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/download"
)

// topClients is how many clients the summary names.
const topClients = 10

func clientRow(name []byte, t *clientTotal) casefile.ClientRow {
	row := casefile.ClientRow{
		Client: name, Requests: t.requests, Listings: t.listings,
		Complete: t.grades[download.GradeComplete], Likely: t.grades[download.GradeLikely],
		Possible: t.grades[download.GradePossible], Partial: t.grades[download.GradePartial],
		Requested: t.requested, BytesUpper: t.upper, Tags: t.tags.String(),
	}
	if t.open > 0 {
		row.BytesUpper = accesslog.None
	}
	row.FirstSeen, row.LastSeen = t.times()
	return row
}

// tookMore orders clients by what they took: by recordings possible or better,
// then by the surer ones, by requests, and by name.
func tookMore(a, b casefile.ClientRow) int {
	for _, d := range []int64{
		b.Complete + b.Likely + b.Possible - a.Complete - a.Likely - a.Possible,
		b.Complete - a.Complete, b.Likely - a.Likely, b.Partial - a.Partial, b.Requests - a.Requests,
	} {
		switch {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
	}
	return bytes.Compare(a.Client, b.Client)
}

// topList is the clients that took most, in that order.
type topList []casefile.ClientRow

// add takes a client, whose name is borrowed, if it is among those that took most.
func (l *topList) add(row *casefile.ClientRow) {
	if len(*l) == topClients && tookMore(*row, (*l)[topClients-1]) > 0 {
		return
	}
	keep := *row
	keep.Client = bytes.Clone(row.Client)
	*l = append(*l, keep)
	slices.SortFunc(*l, tookMore)
	*l = (*l)[:min(len(*l), topClients)]
}

// topRows are the clients that took most, for the summary.
func (a *analysis) topRows(top topList) ([]casefile.TopClient, error) {
	rows := []casefile.TopClient{}
	for _, c := range top {
		if err := a.place(&c); err != nil {
			return nil, err
		}
		rows = append(rows, casefile.TopClient{
			Client: string(c.Client), Label: c.Label, Country: c.Place.Country, Org: c.Place.Org,
			Complete: c.Complete, Likely: c.Likely, Possible: c.Possible, Partial: c.Partial,
			Requested: c.Requested, Requests: c.Requests, FirstSeen: stamp(c.FirstSeen), LastSeen: stamp(c.LastSeen),
		})
	}
	return rows, nil
}

// place finds where a client's address is.
func (a *analysis) place(row *casefile.ClientRow) (err error) {
	if addr, ok := client.Addr(row.Client); ok {
		row.Place, err = a.places.Lookup(addr)
	}
	return err
}
