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
func Detect(ctx context.Context, handedIn []string, stdin io.Reader, o DetectOptions) (list []*Detected, unread []string, err error) {
	set, err := evidence.Find(handedIn)
	if err != nil {
		return nil, nil, err
	}
	a := &analysis{options: Options{Formats: o.Formats, Servers: o.Servers}, set: set}
	if err := a.checkSettings(); err != nil {
		return nil, nil, err
	}
	d := detector{options: o, stdin: stdin, buf: make([]byte, 0, accesslog.ChunkCap)}
	for _, file := range set.Sources {
		unread = append(unread, d.file(ctx, file)...)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
	}
	list = d.list
	for _, u := range set.Unread {
		unread = append(unread, u.Path+": "+u.Reason)
	}
	return list, unread, nil
}

// DetectOptions is what the user says of formats, as in Options.
type DetectOptions struct {
	Formats []PerSource
	Servers []*ServerConfig
}

type detector struct {
	options DetectOptions
	stdin   io.Reader
	buf     []byte
	list    []*Detected
}

// file looks at what one file holds: more than one source if it is an archive,
// of which it gives what was not read.
func (d *detector) file(ctx context.Context, file evidence.Source) (unread []string) {
	stdin := d.stdin
	if file.Stdin() && stdin != nil { // without one Contents says so
		stdin = newInterruptible(ctx, stdin)
	}
	c, err := file.Contents(stdin)
	if err != nil {
		d.list = append(d.list, &Detected{Path: file.Path, Err: err.Error()})
		return nil
	}
	defer c.Close()
	defer context.AfterFunc(ctx, c.Stop)()
	for ctx.Err() == nil {
		src, r, err := c.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			d.list = append(d.list, &Detected{Path: src.Path, Err: err.Error()})
			continue
		}
		d.list = append(d.list, d.source(ctx, src, r))
	}
	if ar := c.Archive(); ar != nil {
		if ar.Damage != nil {
			unread = append(unread, ar.Path+": "+ar.Damage.Error())
		}
		for _, u := range ar.Problems {
			unread = append(unread, u.Path+": "+u.Reason)
		}
	}
	return unread
}

func (d *detector) detect(src evidence.Source, sample []byte) accesslog.Detection {
	found := accesslog.Detect(sample, given(d.options.Servers)...)
	if name, ok := lastMatch(d.options.Formats, src); ok {
		found.Reading, _ = accesslog.ReadingByName(name) // checkSettings has seen it
	}
	return found
}

func (t *detector) source(ctx context.Context, src evidence.Source, r *evidence.Reader) *Detected {
	d := &Detected{Path: src.Path}
	d.Compression = r.Compression()
	chunks := accesslog.NewChunker(r)
	for ctx.Err() == nil {
		chunk, err := chunks.Next(t.buf)
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
			d.Detection = t.detect(src, chunk.Data)
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
