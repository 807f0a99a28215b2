package request

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// Batch collects requests with their own dictionary of texts. Add copies what
// it keeps. When it is full it is flushed: sorted, encoded into blocks, and
// empty again. It is for one goroutine.
type Batch struct {
	limit   int                  // bytes
	sources func(a, b int32) int // their order
	rows    []row
	data    []byte // of all rows, one behind the other
	texts   texts
	recent  [numTexts]uint32 // index of the last text of each kind, which most often comes again
	order   []pathKey        // one per row
	spare   []pathKey        // for sorting
	enc     encoder
}

// row is what the requests for one recording are sorted by, beside the client.
// All else of a request stands in one piece of Batch.data, so that encoding it,
// in another order than it came, waits for the memory once and not three times:
//
//	its recording
//	its client, as in a block
//	a byte that says how long the numbers of its key are, and these (appendKey)
//	a byte with one bit for each other text that is there, then of each such
//	    its index in Batch.texts, 4 bytes
//	its other numbers (appendNumbers)
//
// Recording and client are not in the dictionary: most come once or twice, and
// looking each up in a table larger than the cache cost as much as all else.
type row struct {
	time, offset int64
	source       int32
}

// The texts of a request beside its recording and client, in their order in
// a batch and in a block.
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

// text gives one of a request's texts. A list of all would be made for each
// request, in memory that the processor then waits for.
func (r *Request) text(kind int) *[]byte {
	switch kind {
	case textURL:
		return &r.URL
	case textAgent:
		return &r.Agent
	case textReferrer:
		return &r.Referrer
	case textMethod:
		return &r.Method
	case textHost:
		return &r.Host
	case textProtocol:
		return &r.Protocol
	case textUser:
		return &r.User
	}
	return &r.Forwarded
}

// samePath stands for the index of a URL that is the recording's path.
const samePath = ^uint32(0)

// rowSize is what a row costs in memory beside its data and texts: itself, and
// its key twice.
const rowSize = 72

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
	return len(b.rows)*rowSize+len(b.data)+len(b.texts.arena) >= b.limit
}

// Add adds a copy of r.
func (b *Batch) Add(r *Request) {
	key := pathKey{row: uint32(len(b.rows)), path: uint32(len(b.data))}
	b.rows = append(b.rows, row{time: r.Time(), offset: r.Offset, source: r.Source})
	data := append(b.data, r.Recording...)
	key.pathEnd = uint32(len(data))
	data = appendClient(data, r.Client)
	at := len(data)
	data = appendKey(append(data, 0), r)
	data[at] = byte(len(data) - at - 1)
	at = len(data)
	data = append(data, 0)
	var has byte
	if r.URL != nil {
		i := samePath
		if !bytes.Equal(r.URL, r.Recording) {
			i = b.textIndex(textURL, r.URL)
		}
		has |= 1 << textURL
		data = binary.LittleEndian.AppendUint32(data, i)
	}
	for kind := textURL + 1; kind < numTexts; kind++ {
		if text := *r.text(kind); text != nil {
			has |= 1 << kind
			data = binary.LittleEndian.AppendUint32(data, b.textIndex(kind, text))
		}
	}
	data[at] = has
	b.data = appendNumbers(data, r)
	key.end = uint32(len(b.data))
	b.order = append(b.order, key)
}

// textIndex finds a text's index, first where it most often is: as in the
// request before.
func (b *Batch) textIndex(kind int, text []byte) uint32 {
	if i := b.recent[kind]; i != 0 && bytes.Equal(text, b.texts.at(i)) {
		return i
	}
	i := b.texts.index(text)
	b.recent[kind] = i
	return i
}

// path is the recording of a row.
func (b *Batch) path(k pathKey) []byte { return b.data[k.path:k.pathEnd:k.pathEnd] }

// client is the client of a row; empty for none.
func (b *Batch) client(k pathKey) []byte {
	rest := b.data[k.pathEnd:k.end]
	n, from := clientLen(rest)
	return rest[from : from+n]
}

// What the part of a pathKey says when the rows are sorted: whether the path is
// that of the row before, so that nobody has to look at the paths again.
const (
	newPath = iota
	samePathAgain
)

// sort puts the rows' order into b.order: by recording, and those of one
// recording by client, time, source and offset.
func (b *Batch) sort() { b.sortPaths(b.order, 0, b.sortSame) }

// sortRuns sorts keys whose paths are in order within each path.
func (b *Batch) sortRuns(keys []pathKey, same func(keys []pathKey)) {
	for len(keys) > 0 {
		path, n := b.path(keys[0]), 1
		for n < len(keys) && bytes.Equal(b.path(keys[n]), path) {
			n++
		}
		same(keys[:n])
		keys = keys[n:]
	}
}

// sortSame sorts the requests for one recording.
func (b *Batch) sortSame(keys []pathKey) {
	switch {
	case len(keys) >= fewPaths:
		b.sortClients(keys)
	case len(keys) > 1:
		slices.SortFunc(keys, b.compareSame)
	}
	for i := range keys {
		keys[i].part = samePathAgain
	}
	keys[0].part = newPath
}

// sortClients sorts the many requests for one recording, such as a page that
// lists others: by client as by path, with the clients in the place of the paths
// for as long.
func (b *Batch) sortClients(keys []pathKey) {
	size := keys[0].pathEnd - keys[0].path
	for i := range keys {
		k := &keys[i]
		n, from := clientLen(b.data[k.pathEnd:k.end])
		k.path = k.pathEnd + uint32(from)
		k.pathEnd = k.path + uint32(n)
	}
	b.sortPaths(keys, 0, func(keys []pathKey) { slices.SortFunc(keys, b.compareTimes) })
	for i := range keys {
		k := &keys[i]
		k.pathEnd = k.path - uint32(clientFrom(int(k.pathEnd-k.path)))
		k.path = k.pathEnd - size
	}
}

// compareSame compares two requests for the same recording.
func (b *Batch) compareSame(x, y pathKey) int {
	if c := bytes.Compare(b.client(x), b.client(y)); c != 0 {
		return c
	}
	return b.compareTimes(x, y)
}

// compareTimes compares two requests of one client for the same recording.
func (b *Batch) compareTimes(x, y pathKey) int {
	p, q := &b.rows[x.row], &b.rows[y.row]
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
	b.rows, b.data, b.order = b.rows[:0], b.data[:0], b.order[:0]
	b.texts.reset()
	b.recent = [numTexts]uint32{}
	return err
}
