package pipeline

import (
	"bytes"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/coverage"
	"github.com/logrecount/recount/pkg/recording"
	"github.com/logrecount/recount/pkg/request"
)

// worker reads chunks: lines into records, records into requests, requests
// into batches. It is for one goroutine and allocates nothing per line.
type worker struct {
	hashes   *spill.Store // of lines
	requests *spill.Store
	matcher  *recording.Matcher
	listed   *recording.Cursor // over the inventory, to learn from its sizes; nil: that comes after the scan
	clients  client.Canonicalizer
	batch    *request.Batch
	most     int // bytes that a batch may grow to
	room     int // runs that this worker should make at most
	runs     []run
	rejects  rejects
	times    times
	clock    coverage.Clock
	stats    []*stats // by source id - 1, of its arrival; nil: nothing seen of it
	sizes    *bodySizes
	progress *progress
	own      chan job // chunks that are for this worker alone
	bound    int      // sources whose chunks are; see scanner.bind
	shown    bool     // the requests table is written, so texts that only it shows are carried

	source  *source // whose parser is at hand
	parser  accesslog.Parser
	format  *accesslog.Format // of the line before in this chunk
	form    *form             // its counts, so that a line costs no look-up
	number  uint8             // its number among the source's
	record  accesslog.Record
	request request.Request
	scratch []byte
	sketch  coverage.Sketch // of the lines of the chunk at hand
}

func newWorker(a *analysis, m *recording.Matcher) *worker {
	w := &worker{
		hashes: a.hashes, requests: a.requests, matcher: m, listed: a.scanCursor(), batch: request.NewBatch(min(smallBatch, a.budget.batch)),
		rejects: rejects{store: a.store}, times: newTimes(a.store), sizes: new(bodySizes), progress: a.watch, own: make(chan job),
		most: a.budget.batch, room: roomFor(&a.budget), shown: a.writer.Wants(casefile.TableRequests),
	}
	w.batch.OrderSources(a.arrivals.compare)
	return w
}

// statsOf gives the counts of a source.
func (w *worker) statsOf(id int32) *stats {
	for int(id) > len(w.stats) {
		w.stats = append(w.stats, nil)
	}
	st := w.stats[id-1]
	if st == nil {
		fresh := newStats()
		st = &fresh
		w.stats[id-1] = st
	}
	return st
}

// chunk reads one chunk.
func (w *worker) chunk(j job) error {
	if w.source != j.source && !j.chunk.InLong && len(j.chunk.Data) > 0 { // before the first lines, the format is not known yet
		w.source, w.parser = j.source, j.source.newParser()
	}
	st := w.statsOf(j.source.ID)
	w.format = nil
	requests, rejected, lines := st.requests, st.rejected, st.lines
	err := w.lines(j, st)
	j.piece.lines, j.piece.clock = st.lines-lines, w.clock.End()
	if err == nil {
		err = w.rejects.flush(j.piece)
	}
	if err == nil {
		err = w.keepSketch(j)
	}
	if err == nil {
		err = w.matcher.Err()
	}
	w.progress.requests.Add(st.requests - requests)
	w.progress.rejects.Add(st.rejected - rejected)
	return err
}

// lines reads a chunk's lines. Each is counted once, under what it came to.
func (w *worker) lines(j job, st *stats) error {
	if j.chunk.InLong {
		if j.chunk.Long == nil {
			return nil
		}
		st.lines++
		long := j.chunk.Long
		w.sketch = w.sketch.AddLong(long.Head, long.Length, !unterminated(j.chunk))
		return w.reject(j, st, 1, long.Offset, long.Length, long.Head, accesslog.ReasonTooLong)
	}
	lines := accesslog.NewLines(j.chunk.Data)
	for n := int64(1); ; n++ {
		line, ok := lines.Next()
		if !ok {
			return nil
		}
		st.lines++
		st.cut = st.cut || !line.Terminated
		text := accesslog.SkipMark(line.Text)
		nul := len(text) > 0 && text[0] == 0
		if nul {
			text = accesslog.SkipNUL(text)
		}
		w.sketch = w.sketch.Add(text, line.Start, line.Terminated)
		reason := accesslog.ReasonUnknownFormat
		switch {
		case len(line.Text) > accesslog.MaxLine:
			reason = accesslog.ReasonTooLong
		case len(text) == 0 && nul:
			reason = accesslog.ReasonNULBytes
		case accesslog.Blank(text):
			st.blank++
			w.sketch.Set(coverage.Blank, accesslog.NoTime)
			continue
		case w.parser == nil:
		case accesslog.Comment(text):
			if d, ok := w.parser.(accesslog.Director); ok {
				d.Directive(text)
			}
			st.comments++
			w.sketch.Set(coverage.Comment, accesslog.NoTime)
			continue
		default:
			reason = w.parser.Parse(text, &w.record)
		}
		if reason == accesslog.ReasonNone && w.record.TextAtEnd && !line.Terminated {
			reason = accesslog.ReasonCutOff // the client or the target may be a part of it
		}
		if reason == accesslog.ReasonNone {
			if nul {
				w.record.Flags |= accesslog.FlagNULBytes
			}
			w.correct(j.source)
			if err := w.count(j, n); err != nil {
				return err
			}
			w.take(&j, st, n, line)
			if !w.batch.Full() {
				continue
			}
			if err := w.flushBatch(); err != nil {
				return err
			}
			continue
		}
		if reason == accesslog.ReasonHeader {
			st.comments++
			w.sketch.Set(coverage.Comment, accesslog.NoTime)
			continue
		}
		st.beginsCut = st.beginsCut || n == 1 && j.chunk.Offset == 0 && w.parser != nil && reason != accesslog.ReasonTooLong && !nul
		if err := w.reject(j, st, n, j.chunk.Offset+int64(line.Start), int64(len(line.Text)), line.Text, reason); err != nil {
			return err
		}
	}
}

// correct takes what the server's clock was ahead, by the user's word, off a
// record's time. From here on nobody knows of it.
func (w *worker) correct(s *source) {
	if s.ahead != 0 && w.record.Time != accesslog.NoTime {
		w.record.Time -= s.ahead
	}
}

// take counts a record, and makes it a request if it concerns a recording or a
// listing.
func (w *worker) take(j *job, st *stats, n int64, line *accesslog.Line) {
	r := &w.record
	if !line.Terminated && r.NumberAtEnd {
		if j.damaged || r.Format != j.source.reading.Main {
			cutNumber(r)
		} else {
			r.Flags |= accesslog.FlagUnterminated
		}
	}
	if r.Flags != 0 {
		st.flags(r.Flags)
	}
	if r.Format != w.format {
		w.format, w.form, w.number = r.Format, st.form(r.Format), j.source.formatNumber(r.Format)
	}
	w.form.records++
	st.time(r)
	match := w.match(r.Target)
	if match.Kind == recording.None {
		st.other++
		w.sketch.Set(coverage.Other, r.Time)
		return
	}
	st.requests++
	w.sketch.Set(coverage.Request, r.Time)
	w.fill(j, n, line, match)
	learn(st, w.form, w.listed, &w.request)
	w.sizes.add(&w.request)
	w.batch.Add(&w.request)
}

// cutNumber drops a number that runs into the cut of its source.
func cutNumber(r *accesslog.Record) {
	r.Flags |= accesslog.FlagCutOff
	if r.Sent != accesslog.None {
		r.Sent = accesslog.None
		return
	}
	r.Bytes = accesslog.None
}

func (w *worker) match(target []byte) *recording.Match {
	if bytes.IndexByte(target, '\\') >= 0 {
		w.scratch = accesslog.Unescape(w.scratch[:0], target)
		target = w.scratch
	}
	return w.matcher.Match(target)
}

// fill makes the request of a record.
func (w *worker) fill(j *job, n int64, line *accesslog.Line, m *recording.Match) {
	r, q := &w.record, &w.request
	name, _ := w.clients.Client(r.Client)
	q.Source, q.Line, q.Offset = j.source.ID, n, j.chunk.Offset+int64(line.Start)
	q.TimeStart, q.TimeEnd = span(r)
	q.UTCOffsetMin = r.UTCOffsetMin
	q.Client, q.Recording, q.Protocol, q.Agent = name, m.Path, r.Protocol, r.Agent
	q.Status, q.Bytes, q.Sent, q.ObjectSize, q.SizeFrom = r.Status, r.Bytes, r.Sent, r.ObjectSize, r.SizeFrom
	q.Meaning, q.Format = j.source.meaningOf(r.Format), w.number
	q.RangeStart, q.RangeEnd, q.RangeFrom = r.RangeStart, r.RangeEnd, r.RangeFrom
	q.Finished, q.DurationUS, q.Flags = r.Finished, r.DurationUS, r.Flags
	if w.shown {
		q.Forwarded, q.Method, q.URL, q.Referrer, q.User = r.Forwarded, r.Method, r.Target, r.Referrer, r.User
		if q.Host = m.Host; q.Host == nil {
			q.Host = r.Host
		}
	}
	if r.MethodUnknown() {
		q.Flags |= accesslog.FlagMethodUnknown
	}
	q.Kind = request.KindOf(r, m.Kind == recording.Directory)
}

// span is the start and the end of a request, as far as the record tells. Where
// the format does not say which its time is, it is taken for the start.
func span(r *accesslog.Record) (start, end int64) {
	start, end = accesslog.NoTime, accesslog.NoTime
	if r.Time == accesslog.NoTime {
		return start, end
	}
	known := r.DurationUS != accesslog.None
	if r.Format.TimeAt == accesslog.TimeAtEnd {
		if known {
			start = r.Time - r.DurationUS
		}
		return start, r.Time
	}
	if known {
		end = r.Time + r.DurationUS
	}
	return r.Time, end
}

func (w *worker) reject(j job, st *stats, n, offset, length int64, head []byte, reason accesslog.Reason) error {
	st.rejected++
	return w.rejects.add(j.piece, n, offset, length, reason, head)
}

// flushBatch turns the batch into a sorted run.
func (w *worker) flushBatch() error {
	if w.batch.Len() == 0 {
		return nil
	}
	var r run
	err := r.take(w.requests, w.batch)
	w.runs = append(w.runs, r)
	w.batch.SetLimit(grown(len(w.runs), w.room, w.most))
	return err
}

// A batch that fits the cache is sorted and encoded in two thirds of the time that
// one of 20 MiB takes. But each batch becomes a run, and of runs only so many are
// merged side by side: in the memory there is, and out of the cache (of 55 million
// lines merging 705 runs took 6.1 seconds of the processor, and 516 took 5.6).
const (
	smallBatch = 4 << 20
	manyRuns   = 800
	runBytes   = cursorBytes + 16<<10 // with its block
)

// roomFor is how many of the runs that are merged side by side are one worker's.
func roomFor(b *budget) int {
	return max(int(min(b.cursors/runBytes, manyRuns)), fewest) / b.workers
}

// grown is how large a batch may be when so many runs are made: the fewer are left
// of the room for runs, the larger.
func grown(runs, room, most int) int {
	if runs >= room {
		return most
	}
	return int(min(int64(smallBatch)*int64(room)/int64(room-runs), int64(most)))
}

// flush ends the worker's part of the scan.
func (w *worker) flush() error {
	if err := w.flushBatch(); err != nil {
		return err
	}
	w.batch, w.sketch, w.matcher = nil, nil, nil                // large, and not needed any more
	w.record, w.request = accesslog.Record{}, request.Request{} // likewise the chunk that they borrow from
	return w.times.flush()
}
