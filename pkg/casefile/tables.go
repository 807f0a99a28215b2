package casefile

import (
	"fmt"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
)

// DownloadTable takes the downloads table, sorted by recording and client.
type DownloadTable struct{ table }

// Append writes one download.
func (t *DownloadTable) Append(d *download.Download) error {
	if !t.wanted() {
		return nil
	}
	g := t.cur
	g.bytes(d.Client)
	g.bytes(d.Recording)
	g.int64(d.Requests)
	g.int64(d.ContentRequests)
	g.time(d.FirstSeen)
	g.time(d.LastSeen)
	g.int64(d.Size.Bytes)
	g.string(d.Size.From.String())
	g.int64(d.BytesLower)
	g.int64(d.BytesUpper)
	g.string(d.Grade.String())
	g.string(d.Basis)
	g.int64(d.Transfers)
	g.bool(d.EarlierCopy, true)
	g.int64(d.UserAgents)
	g.int32(d.FirstSource, true)
	g.int64(d.FirstLine)
	return t.end()
}

// ClientTable takes the clients table, sorted by client.
type ClientTable struct{ table }

// Append writes one client.
func (t *ClientTable) Append(r *ClientRow) error {
	if !t.wanted() {
		return nil
	}
	g := t.cur
	g.bytes(r.Client)
	g.string(r.Prefix)
	g.string(r.Label)
	g.string(r.Tags)
	g.int64(r.Requests)
	g.int64(r.Listings)
	g.int64(r.Complete)
	g.int64(r.Likely)
	g.int64(r.Possible)
	g.int64(r.Partial)
	g.int64(r.Requested)
	g.int64(r.BytesUpper)
	g.time(r.FirstSeen)
	g.time(r.LastSeen)
	g.string(r.Behaviour)
	g.string(r.Place.Country)
	g.string(r.Place.City)
	g.int64(noneIfZero(int64(r.Place.ASN)))
	g.string(r.Place.Org)
	g.string(r.Place.DB)
	return t.end()
}

// RecordingTable takes the recordings table, sorted by recording.
type RecordingTable struct {
	table
	attributes int
}

// Append writes one recording. A row has one text per attribute; fewer mean
// that the rest are null.
func (t *RecordingTable) Append(r *RecordingRow) error {
	if !t.wanted() {
		return nil
	}
	if len(r.Attributes) > t.attributes {
		return t.failed(fmt.Errorf("recording %q has %d attributes for %d columns", r.Recording, len(r.Attributes), t.attributes))
	}
	g := t.cur
	g.bytes(r.Recording)
	g.int64(r.Size)
	g.string(r.SizeFrom)
	g.int64(r.ClientsComplete)
	g.int64(r.ClientsLikely)
	g.int64(r.ClientsAny)
	g.time(r.FirstDownload)
	g.time(r.LastDownload)
	g.int64(r.ListedTo)
	for i := range t.attributes {
		if i < len(r.Attributes) {
			g.bytes(r.Attributes[i])
		} else {
			g.bytes(nil)
		}
	}
	return t.end()
}

// ListingTable takes the listings table, sorted by directory and client.
type ListingTable struct{ table }

// Append writes one listing.
func (t *ListingTable) Append(r *ListingRow) error {
	if !t.wanted() {
		return nil
	}
	g := t.cur
	g.bytes(r.Client)
	g.bytes(r.Directory)
	g.int64(r.Requests)
	g.time(r.FirstSeen)
	g.time(r.LastSeen)
	g.int64(r.NamesExposed)
	return t.end()
}

// SourceTable takes the sources table, sorted by source.
type SourceTable struct{ table }

// Append writes one source.
func (t *SourceTable) Append(r *SourceRow) error {
	if !t.wanted() {
		return nil
	}
	g := t.cur
	g.int32(r.Source, true)
	g.string(r.Path)
	g.int64(r.Bytes)
	g.string(r.SHA256)
	g.int64(r.StreamBytes)
	g.string(r.StreamSHA256)
	g.string(r.Format)
	g.string(r.Meaning)
	g.string(r.MeaningWhy)
	for _, n := range [...]int64{r.Lines, r.Requests, r.Other, r.Rejected, r.Comments, r.Blank, r.Duplicates} {
		g.int64(n)
	}
	g.time(r.FirstTime)
	g.time(r.LastTime)
	g.string(r.Error)
	return t.end()
}

// RejectTable takes the rejects table, sorted by source and line.
type RejectTable struct{ table }

// Append writes one rejected line.
func (t *RejectTable) Append(r *RejectRow) error {
	if !t.wanted() {
		return nil
	}
	g := t.cur
	g.int32(r.Source, true)
	g.int64(r.Line)
	g.int64(r.Offset)
	g.int64(r.Length)
	g.string(r.Reason)
	g.bytes(r.Raw)
	return t.end()
}

// AgentTable takes the agents table, sorted by user agent, null first.
type AgentTable struct{ table }

// Append writes one user agent.
func (t *AgentTable) Append(r *AgentRow) error {
	if !t.wanted() {
		return nil
	}
	g := t.cur
	g.bytes(r.UserAgent)
	g.int64(r.Clients)
	g.int64(r.Requests)
	g.string(r.Tags)
	return t.end()
}

// GapTable takes the gaps table, sorted by group and begin.
type GapTable struct{ table }

// Append writes one gap.
func (t *GapTable) Append(r *GapRow) error {
	if !t.wanted() {
		return nil
	}
	g := t.cur
	g.bytes([]byte(r.Group))
	g.time(r.From)
	g.time(r.To)
	g.int64(r.Expected)
	g.string(r.Why)
	g.string(r.Explained)
	return t.end()
}

// OverlapTable takes the overlaps table, sorted by source and first line.
type OverlapTable struct{ table }

// Append writes one overlap.
func (t *OverlapTable) Append(r *OverlapRow) error {
	if !t.wanted() {
		return nil
	}
	g := t.cur
	g.int32(r.Source, true)
	g.int64(r.FromLine)
	g.int64(r.ToLine)
	g.int32(r.OfSource, true)
	g.int64(r.OfLine)
	g.int64(r.Lines)
	g.bool(r.Merged, true)
	g.string(r.Why)
	return t.end()
}

func noneIfZero(n int64) int64 {
	if n == 0 {
		return accesslog.None
	}
	return n
}
