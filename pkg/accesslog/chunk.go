package accesslog

import (
	"bytes"
	"fmt"
	"io"
)

const (
	// MaxLine is the longest line that is read, in bytes without its
	// terminator. A longer one is a reject with reason too_long.
	MaxLine = 1 << 20
	// RejectHead is how many bytes of a reject are kept.
	RejectHead = 1 << 10
	// ChunkSize is how many bytes a chunk aims at. It is a constant so that
	// nothing depends on the machine; 512 KiB stay in a core's second-level
	// cache between the hash and the parse.
	ChunkSize = 512 << 10
	// ChunkCap is the capacity that a buffer for chunks needs: the rest of
	// the chunk before (a line that is not yet too long, with CR and LF),
	// and the new bytes.
	ChunkCap = MaxLine + 2 + ChunkSize
)

// Chunk is a piece of a source's stream. Data may be empty: where a line is
// longer than ChunkSize but not yet too long, and at the very end.
type Chunk struct {
	Data   []byte // whole lines; the very last may lack its LF. In a piece of a long line: any bytes
	Offset int64  // of Data in the decompressed stream
	Last   bool   // the stream ends here

	InLong bool      // Data is a piece of a line longer than MaxLine and holds no lines to read
	Long   *LongLine // set on the piece in which the long line ends
}

// LongLine is a line longer than MaxLine.
type LongLine struct {
	Offset int64
	Length int64  // without its terminator
	Head   []byte // the first RejectHead bytes
}

// Chunker cuts one source's stream into chunks, in order. Every byte of the
// stream is in exactly one chunk.
type Chunker struct {
	r      io.Reader
	offset int64  // of the next chunk
	rest   []byte // the begin of a line, read but not yet given
	long   *LongLine
	eof    bool
	end    error // why the stream ended, given after its last chunk
	lastCR bool  // the last byte of a long line so far is a CR
}

// NewChunker reads from r, which is expected to take reads of many KiB well.
func NewChunker(r io.Reader) *Chunker { return &Chunker{r: r} }

// Next gives the next chunk in buf, which must have a capacity of ChunkCap or
// more and stays the caller's. After the chunk that is Last it returns io.EOF,
// or the error of the reader: the bytes before a damage are given first.
func (c *Chunker) Next(buf []byte) (Chunk, error) {
	if cap(buf) < ChunkCap {
		return Chunk{}, fmt.Errorf("accesslog: buffer of %d bytes, need %d", cap(buf), ChunkCap)
	}
	if c.eof {
		return Chunk{}, c.end
	}
	buf = buf[:len(c.rest)+ChunkSize]
	n := copy(buf, c.rest)
	c.rest = c.rest[:0]
	buf = buf[:c.fill(buf, n)]
	if c.long != nil {
		return c.nextOfLong(buf), nil
	}
	return c.nextLines(buf), nil
}

// fill reads into buf from n on until it is full or the stream ends. It is not
// io.ReadFull, whose io.ErrUnexpectedEOF for a short last read is also what a
// truncated gzip member gives.
func (c *Chunker) fill(buf []byte, n int) int {
	for empty := 0; n < len(buf) && !c.eof; {
		m, err := c.r.Read(buf[n:])
		n += m
		switch {
		case err != nil:
			c.eof, c.end = true, err
		case m > 0:
			empty = 0
		default:
			if empty++; empty == 100 {
				c.eof, c.end = true, io.ErrNoProgress
			}
		}
	}
	return n
}

// nextLines gives the whole lines of buf and keeps the rest.
func (c *Chunker) nextLines(buf []byte) Chunk {
	end := bytes.LastIndexByte(buf, '\n') + 1
	if len(buf)-end > MaxLine+1 { // one more for a CR whose LF is still to come
		return c.beginLong(buf)
	}
	if c.eof {
		end = len(buf)
	}
	return c.emit(buf, end)
}

// beginLong begins a long line. There is no LF in buf: what is kept from one
// chunk to the next and a chunk's new bytes are each no longer than a line may
// be, so a line that is too long fills buf from its start.
func (c *Chunker) beginLong(buf []byte) Chunk {
	c.long = &LongLine{Offset: c.offset, Head: append([]byte(nil), buf[:RejectHead]...)}
	return c.nextOfLong(buf)
}

// The reasoning in beginLong needs this.
const _ = uint(MaxLine - ChunkSize - 1)

// nextOfLong gives the next piece of a long line, and ends it at its LF.
func (c *Chunker) nextOfLong(buf []byte) Chunk {
	i := bytes.IndexByte(buf, '\n')
	end := i + 1
	if i < 0 {
		end = len(buf)
	}
	line := buf[:end]
	if i >= 0 {
		line = buf[:i]
	}
	c.long.Length += int64(len(line))
	if len(line) > 0 {
		c.lastCR = line[len(line)-1] == '\r'
	}
	ended := i >= 0 || c.eof
	eof := c.eof
	c.eof = eof && end == len(buf)
	ch := c.emit(buf, end)
	ch.InLong = true
	if ended {
		if c.lastCR {
			c.long.Length--
		}
		ch.Long, c.long, c.lastCR = c.long, nil, false
	}
	if eof && !c.eof {
		c.r = endReader{c.end}
	}
	return ch
}

// emit gives buf[:end] as a chunk and keeps buf[end:].
func (c *Chunker) emit(buf []byte, end int) Chunk {
	ch := Chunk{Data: buf[:end:end], Offset: c.offset, Last: c.eof}
	c.rest = append(c.rest[:0], buf[end:]...)
	c.offset += int64(end)
	return ch
}

// endReader stands for a stream whose end was already met.
type endReader struct{ err error }

func (r endReader) Read([]byte) (int, error) { return 0, r.err }
