package request

import (
	"bytes"
	"cmp"
	"slices"
)

// Batch collects requests with their own dictionary of texts. Add copies what
// it keeps. When it is full it is flushed: sorted, encoded into blocks, and
// empty again. It is for one goroutine.
type Batch struct {
	limit   int                  // bytes
	sources func(a, b int32) int // their order
	rows    []row
	names   []byte // recording and client of all rows, one behind the other
	texts   texts
	recent  [numTexts]uint32 // index of the last text of each kind, which most often comes again
	numbers []byte           // of all rows, encoded

	order []pathKey
	spare []pathKey // for sorting
	enc   encoder
}

// row is a Request in a batch: its texts as indexes into the dictionary, its
// numbers encoded, and what it is sorted by. It holds no pointers, so the
// collector passes it over.
//
// Recording and client are not in the dictionary: most come once or twice, and
// looking each up in a table larger than the cache cost as much as all else.
type row struct {
	path, pathEnd uint32 // in Batch.names
	clientEnd     uint32 // the client stands behind the path; 0: none
	from, to      uint32 // in Batch.numbers
	source        int32
	text          [numTexts]uint32
	time          int64
	offset        int64
}

// The texts of a request beside its recording and client, in their order in
// row.text and in a block.
const (
	textURL = iota
	textAgent
	textReferrer
	textMethod
	textHost
	textProtocol
	textUser
	textForwarded
	numTexts
)

const _ = uint(8 - numTexts) // a block has a byte of bits for them

// texts lists a request's texts in that order.
func (r *Request) texts() [numTexts]*[]byte {
	return [numTexts]*[]byte{&r.URL, &r.Agent, &r.Referrer, &r.Method, &r.Host, &r.Protocol, &r.User, &r.Forwarded}
}

// samePath stands in row.text for a URL that is the recording's path.
const samePath = ^uint32(0)

// rowSize is about what a row costs in memory with its part of the sort's
// space, beside texts and numbers.
const rowSize = 110

// NewBatch makes a batch that is full at about limit bytes.
func NewBatch(limit int) *Batch {
	b := &Batch{limit: limit, sources: cmp.Compare[int32]}
	b.texts.reset()
	return b
}

// SetLimit changes at how many bytes the batch is full.
func (b *Batch) SetLimit(limit int) { b.limit = limit }

// OrderSources says how the numbers of sources are compared, where not by size.
func (b *Batch) OrderSources(compare func(a, b int32) int) { b.sources = compare }

// Len is how many requests the batch holds.
func (b *Batch) Len() int { return len(b.rows) }

// Full says whether the batch should be flushed before more is added.
func (b *Batch) Full() bool {
	return len(b.rows)*rowSize+len(b.names)+len(b.texts.arena)+len(b.numbers) >= b.limit
}

// Add adds a copy of r.
func (b *Batch) Add(r *Request) {
	b.rows = append(b.rows, row{source: r.Source, time: r.Time(), offset: r.Offset, path: uint32(len(b.names)), from: uint32(len(b.numbers))})
	w := &b.rows[len(b.rows)-1]
	b.names = append(b.names, r.Recording...)
	w.pathEnd = uint32(len(b.names))
	if r.Client != nil {
		b.names = append(b.names, r.Client...)
		w.clientEnd = uint32(len(b.names))
	}
	w.text[textAgent] = b.textIndex(textAgent, r.Agent)
	w.text[textReferrer] = b.textIndex(textReferrer, r.Referrer)
	w.text[textMethod] = b.textIndex(textMethod, r.Method)
	w.text[textHost] = b.textIndex(textHost, r.Host)
	w.text[textProtocol] = b.textIndex(textProtocol, r.Protocol)
	w.text[textUser] = b.textIndex(textUser, r.User)
	w.text[textForwarded] = b.textIndex(textForwarded, r.Forwarded)
	if r.URL != nil && bytes.Equal(r.URL, r.Recording) {
		w.text[textURL] = samePath
	} else {
		w.text[textURL] = b.textIndex(textURL, r.URL)
	}
	b.numbers = appendNumbers(b.numbers, r)
	w.to = uint32(len(b.numbers))
}

// textIndex finds a text's index, first where it most often is: as in the
// request before.
func (b *Batch) textIndex(kind int, text []byte) uint32 {
	if text == nil {
		return 0
	}
	if i := b.recent[kind]; i != 0 && bytes.Equal(text, b.texts.at(i)) {
		return i
	}
	i := b.texts.index(text)
	b.recent[kind] = i
	return i
}

// path is the recording of a row.
func (b *Batch) path(k pathKey) []byte { return b.names[k.path:k.pathEnd:k.pathEnd] }

// client is the client of a row, nil for none.
func (b *Batch) client(r *row) []byte {
	if r.clientEnd == 0 {
		return nil
	}
	return b.names[r.pathEnd:r.clientEnd:r.clientEnd]
}

// What the part of a pathKey says when the rows are sorted: whether the path is
// that of the row before, so that nobody has to look at the paths again.
const (
	newPath = iota
	samePathAgain
)

// sort puts the rows' order into b.order: by recording, and those of one
// recording by client, time, source and offset.
func (b *Batch) sort() {
	b.order = slices.Grow(b.order[:0], len(b.rows))
	for i := range b.rows {
		b.order = append(b.order, pathKey{row: uint32(i), path: b.rows[i].path, pathEnd: b.rows[i].pathEnd})
	}
	b.sortPaths(b.order, 0)
	for from := 0; from < len(b.order); {
		path := b.path(b.order[from])
		to := from + 1
		for to < len(b.order) && bytes.Equal(b.path(b.order[to]), path) {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(b.order[from:to], b.compareSame)
		}
		b.order[from].part = newPath
		for i := from + 1; i < to; i++ {
			b.order[i].part = samePathAgain
		}
		from = to
	}
}

// compareSame compares two requests for the same recording.
func (b *Batch) compareSame(x, y pathKey) int {
	p, q := &b.rows[x.row], &b.rows[y.row]
	if c := bytes.Compare(b.client(p), b.client(q)); c != 0 {
		return c
	}
	if p.time != q.time {
		return cmp.Compare(p.time, q.time)
	}
	if p.source != q.source {
		return b.sources(p.source, q.source)
	}
	return cmp.Compare(p.offset, q.offset)
}

// Flush sorts the requests, gives them to put as encoded blocks in order, and
// empties the batch. block is valid until put returns; first is the recording
// of its first request.
func (b *Batch) Flush(put func(block, first []byte) error) error {
	b.sort()
	err := b.enc.encode(b, put)
	b.rows, b.names, b.numbers = b.rows[:0], b.names[:0], b.numbers[:0]
	b.texts.reset()
	b.recent = [numTexts]uint32{}
	return err
}
