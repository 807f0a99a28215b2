package pipeline

import (
	"context"
	"errors"
	"io"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/evidence"
)

// Detected is what a sample of one source showed. The sample is the one by
// which an analysis decides.
type Detected struct {
	Path        string
	Compression string // "" where there is none
	Detection   accesslog.Detection
	Explanation accesslog.Explanation
	Sample      int64    // bytes of the stream that were looked at
	Whole       bool     // that is all of it
	Err         string   // why it could not be read, or not wholly
	Notes       []string // remarks that are no damage
}

// Detect looks at a sample of every source and says how it would be read. stdin
// is read where evidence holds "-". unread lists what is no source, and why.
func Detect(ctx context.Context, handedIn []string, stdin io.Reader) (list []*Detected, unread []string, err error) {
	set, err := evidence.Find(handedIn)
	if err != nil {
		return nil, nil, err
	}
	buf := make([]byte, 0, accesslog.ChunkCap)
	for _, src := range set.Sources {
		d := detectSource(ctx, src, stdin, buf)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		list = append(list, d)
	}
	for _, u := range set.Unread {
		unread = append(unread, u.Path+": "+u.Reason)
	}
	return list, unread, nil
}

func detectSource(ctx context.Context, src evidence.Source, stdin io.Reader, buf []byte) *Detected {
	d := &Detected{Path: src.Path}
	if src.Stdin() && stdin != nil { // without one Open says so
		stdin = newInterruptible(ctx, stdin)
	}
	r, err := src.Open(stdin)
	if err != nil {
		d.Err = err.Error()
		return d
	}
	defer r.Close()
	d.Compression = r.Compression()
	chunks := accesslog.NewChunker(r)
	for ctx.Err() == nil {
		chunk, err := chunks.Next(buf)
		if err != nil {
			d.Whole = errors.Is(err, io.EOF)
			if !d.Whole {
				d.Err = err.Error()
			}
			break
		}
		d.Sample = chunk.Offset + int64(len(chunk.Data))
		d.Whole = chunk.Last
		if isSample(chunk) {
			d.Detection = accesslog.Detect(chunk.Data)
			d.Explanation = d.Detection.Explain(chunk.Data)
			break
		}
	}
	if d.Whole {
		if err := r.Damage(); err != nil {
			d.Err = err.Error()
		}
		d.Notes = r.Warnings()
	}
	return d
}

// isSample says whether the format of a source is detected by this chunk: the
// first with whole lines.
func isSample(c accesslog.Chunk) bool { return !c.InLong && len(c.Data) > 0 }
