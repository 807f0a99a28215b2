package trace

import (
	"fmt"
	"time"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
)

// comparison compares what a case says with what its requests give.
type comparison struct{ found []string }

func (c *comparison) numbers(column string, was, again int64) {
	if was != again {
		c.differ(column, number(was), number(again))
	}
}

func (c *comparison) times(column string, was, again int64) {
	if was != again {
		c.differ(column, clock(was), clock(again))
	}
}

func (c *comparison) texts(column, was, again string) {
	if was != again {
		c.differ(column, was, again)
	}
}

func (c *comparison) differ(column, was, again string) {
	c.found = append(c.found, fmt.Sprintf("%s: the case says %s, its requests give %s", column, was, again))
}

// differences compares a download of the case with the same one graded again.
func differences(was, again *download.Download) []string {
	var c comparison
	c.numbers("requests", was.Requests, again.Requests)
	c.numbers("content_requests", was.ContentRequests, again.ContentRequests)
	c.times("first_seen", was.FirstSeen, again.FirstSeen)
	c.times("last_seen", was.LastSeen, again.LastSeen)
	c.numbers("size", was.Size.Bytes, again.Size.Bytes)
	c.texts("size_from", was.Size.From.String(), again.Size.From.String())
	c.numbers("bytes_lower", was.BytesLower, again.BytesLower)
	c.numbers("bytes_upper", was.BytesUpper, again.BytesUpper)
	c.texts("completeness", was.Grade.String(), again.Grade.String())
	c.texts("basis", was.Basis, again.Basis)
	c.numbers("transfers", was.Transfers, again.Transfers)
	c.texts("earlier_copy", fmt.Sprint(was.EarlierCopy), fmt.Sprint(again.EarlierCopy))
	c.numbers("user_agents", was.UserAgents, again.UserAgents)
	c.numbers("first_source", int64(was.FirstSource), int64(again.FirstSource))
	c.numbers("first_line", was.FirstLine, again.FirstLine)
	return c.found
}

// listingDifferences compares a row of the listings table with what the
// requests give.
func listingDifferences(was, again *casefile.ListingRow) []string {
	var c comparison
	c.numbers("requests", was.Requests, again.Requests)
	c.times("first_seen", was.FirstSeen, again.FirstSeen)
	c.times("last_seen", was.LastSeen, again.LastSeen)
	return c.found
}

// number writes a number that may be accesslog.None.
func number(n int64) string {
	if n == accesslog.None {
		return "nothing"
	}
	return fmt.Sprint(n)
}

// clock writes a time in UTC.
func clock(t int64) string {
	if t == accesslog.NoTime {
		return "no time"
	}
	return time.UnixMicro(t).UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}
