package pipeline

import (
	"fmt"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// sizeCheck compares what one source logged for full responses with the sizes
// of the inventory. It shows when the size field cannot mean what it is taken
// for.
type sizeCheck struct {
	compared    int64 // full responses for recordings whose size is known beforehand
	over        int64 // of them, logged with more bytes than the recording has
	equal       int64
	least, most int64 // by how much they were over
}

// add counts one request.
func (c *sizeCheck) add(r *request.Request, size download.Size) {
	if size.From != download.SizeInventory || r.Kind != request.KindContent || r.Status != 200 || r.Bytes == accesslog.None || r.Flags&accesslog.FlagCoded != 0 {
		return
	}
	c.compared++
	switch over := r.Bytes - size.Bytes; {
	case over == 0:
		c.equal++
	case over > 0:
		c.merge(&sizeCheck{over: 1, least: over, most: over})
	}
}

// merge adds the counts of another part.
func (c *sizeCheck) merge(o *sizeCheck) {
	if o.over > 0 {
		if c.over == 0 || o.least < c.least {
			c.least = o.least
		}
		c.most = max(c.most, o.most)
	}
	c.compared += o.compared
	c.over += o.over
	c.equal += o.equal
}

// remark says what the comparison shows against the meaning that is assumed,
// or for one where none is; empty if nothing. Half of the responses must show
// it: the rest may have been cut.
func (c *sizeCheck) remark(meaning string) string {
	switch {
	case 2*c.over > c.compared && meaning != accesslog.MeaningAcceptedWithHeaders.String():
		return fmt.Sprintf("%d of %d full responses log more bytes than the inventory has for the recording (by %d to %d): that fits the bytes meaning accepted_with_headers, not %s",
			c.over, c.compared, c.least, c.most, meaning)
	case 2*c.equal > c.compared && meaning == accesslog.MeaningAcceptedWithHeaders.String():
		return fmt.Sprintf("%d of %d full responses log exactly as many bytes as the inventory has for the recording: that does not fit the bytes meaning accepted_with_headers", c.equal, c.compared)
	}
	return ""
}
