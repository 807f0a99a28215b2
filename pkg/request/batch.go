package request

import (
	"bytes"
	"cmp"
	"slices"
)

// Batch collects requests with their own dictionary of texts. Add copies what
// it keeps. When it is full it is sorted and encoded into blocks, and used
// again. It is for one goroutine.
type Batch struct {
	limit int // bytes
	rows  []row
	texts texts

	recent [numTexts]uint32 // index of the last text of each kind, which most often comes again

	numbers []byte // of all rows, encoded

	rank  []uint32
	order []sortKey
	index []textKey
	enc   encoder
}

// row is a Request in a batch: its texts as indexes into the dictionary, its
// numbers encoded, and what it is sorted by. It holds no pointers, so the
// collector passes it over.
type row struct {
	text     [numTexts]uint32
	source   int32
	from, to uint32 // in Batch.numbers
	time     int64
	offset   int64
}

// The texts of a request, in their order in row.text and in a block.
const (
	textRecording = iota
	textClient
	textURL
	textAgent
	textReferrer
	textMethod
	textHost
	textProtocol
	textUser
	textForwarded
	numTexts
)

// firstInline is the first text that a block refers to by index; the recording
// before it is stored in order.
const firstInline = textClient

// texts lists a request's texts in that order.
func (r *Request) texts() [numTexts]*[]byte {
	return [numTexts]*[]byte{&r.Recording, &r.Client, &r.URL, &r.Agent, &r.Referrer, &r.Method, &r.Host, &r.Protocol, &r.User, &r.Forwarded}
}

// rowSize is about what a row costs in memory with its part of the sort's
// space, beside texts and numbers.
const rowSize = 160

// NewBatch makes a batch that is full at about limit bytes.
func NewBatch(limit int) *Batch {
	b := &Batch{limit: limit}
	b.texts.reset()
	return b
}

// Len is how many requests the batch holds.
func (b *Batch) Len() int { return len(b.rows) }

// Full says whether the batch should be flushed before more is added.
func (b *Batch) Full() bool {
	return len(b.rows)*rowSize+len(b.texts.arena)+len(b.numbers) >= b.limit
}

// Add adds a copy of r.
func (b *Batch) Add(r *Request) {
	w := row{source: r.Source, time: r.Time(), offset: r.Offset, from: uint32(len(b.numbers))}
	for i, text := range r.texts() {
		w.text[i] = b.textIndex(i, *text, &w.text)
	}
	b.numbers = appendNumbers(b.numbers, r)
	w.to = uint32(len(b.numbers))
	b.rows = append(b.rows, w)
}

// textIndex finds a text, first where it most often is: the URL is the
// recording's path, and the rest as in the request before.
func (b *Batch) textIndex(kind int, text []byte, row *[numTexts]uint32) uint32 {
	if text == nil {
		return 0
	}
	if kind == textURL && bytes.Equal(text, b.texts.at(row[textRecording])) {
		return row[textRecording]
	}
	if i := b.recent[kind]; i != 0 && bytes.Equal(text, b.texts.at(i)) {
		return i
	}
	i := b.texts.index(text)
	b.recent[kind] = i
	return i
}

// sortKey orders rows: recording and client by their rank among the batch's
// texts, then time, source and offset.
type sortKey struct {
	recording, client uint32
	row               int32
	time              int64
}

// sort puts the rows' order into b.order.
func (b *Batch) sort() {
	b.rankTexts(textRecording)
	b.order = b.order[:0]
	for i := range b.rows {
		r := &b.rows[i]
		b.order = append(b.order, sortKey{recording: b.rank[r.text[textRecording]], row: int32(i), time: r.time})
	}
	b.rankTexts(textClient)
	for i := range b.rows {
		b.order[i].client = b.rank[b.rows[i].text[textClient]]
	}
	slices.SortFunc(b.order, b.compare)
}

func (b *Batch) compare(x, y sortKey) int {
	if x.recording != y.recording {
		return cmp.Compare(x.recording, y.recording)
	}
	if x.client != y.client {
		return cmp.Compare(x.client, y.client)
	}
	if x.time != y.time {
		return cmp.Compare(x.time, y.time)
	}
	p, q := &b.rows[x.row], &b.rows[y.row]
	if p.source != q.source {
		return cmp.Compare(p.source, q.source)
	}
	return cmp.Compare(p.offset, q.offset)
}

// rankTexts puts the rank in byte order of each text of one kind into b.rank.
func (b *Batch) rankTexts(kind int) {
	b.index = b.index[:0]
	b.rank = slices.Grow(b.rank[:0], b.texts.len())[:b.texts.len()]
	clear(b.rank)
	for i := range b.rows {
		if t := b.rows[i].text[kind]; b.rank[t] == 0 {
			b.rank[t] = 1 // seen
			b.index = append(b.index, textKey{text: t})
		}
	}
	b.texts.sort(b.index, 0)
	for i := range b.index {
		b.rank[b.index[i].text] = uint32(i)
	}
}

// Flush sorts the requests, gives them to put as encoded blocks in order, and
// empties the batch. block is valid until put returns; first is the recording
// of its first request.
func (b *Batch) Flush(put func(block, first []byte) error) error {
	b.sort()
	err := b.enc.encode(b, put)
	b.rows, b.numbers = b.rows[:0], b.numbers[:0]
	b.texts.reset()
	b.recent = [numTexts]uint32{}
	return err
}
