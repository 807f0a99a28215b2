package evidence

import (
	"io"
	"sync"
)

// pace says how far is read ahead of whoever takes the bytes.
type pace struct {
	after  int64 // decompressed bytes that are given before: who wants only the beginning shall not have more read
	count  int   // buffers of each kind; 0: nothing is read ahead
	size   int   // bytes of a buffer for decompressed bytes
	stored int   // bytes of a buffer for stored bytes
}

var standardPace = pace{after: 512 << 10, count: 3, size: 1 << 20, stored: 128 << 10}

// ahead reads in a goroutine of its own, a few buffers ahead of Read. Bytes,
// notes and the error come out in the order in which they went in, so it does
// not show in what is given that it is there.
type ahead struct {
	said  notes // what was noted while the bytes were read that Read has given
	full  chan block
	free  chan []byte
	quit  chan struct{}
	leave func() // closes quit: the goroutine ends after its read under way. Any goroutine may call it, and again
	now   block
}

// block is what was read into a buffer, or a part of that.
type block struct {
	data []byte
	said notes  // noted by the read that gave the first bytes of data
	buf  []byte // to be used again once data was given; nil: the next block is in it too
	err  error  // after data
}

// enough is when a buffer is full: the room that is left is worth less than
// having it passed on.
func enough(size int) int { return size - size/16 }

// readAhead begins to read r, whose notes go to said, and passes on every
// buffer that has enough bytes in it. From here on r and said belong to the
// goroutine, which calls done when it has read for the last time.
func readAhead(r io.Reader, said *notes, done func(), count, size, enough int) *ahead {
	a := &ahead{full: make(chan block, count), free: make(chan []byte, count), quit: make(chan struct{})}
	a.leave = sync.OnceFunc(func() { close(a.quit) })
	for range count {
		a.free <- nil // made when needed
	}
	go func() {
		defer close(a.full)
		defer done()
		for {
			select {
			case buf := <-a.free:
				if buf == nil {
					buf = make([]byte, size)
				}
				if !a.fill(buf, enough, r, said) {
					return
				}
			case <-a.quit:
				return
			}
		}
	}()
	return a
}

// fill reads enough into buf, and reports whether there may be more to read. A
// note cuts a block: who reads hears of it with the bytes that came with it, as
// if nothing were read ahead.
func (a *ahead) fill(buf []byte, enough int, r io.Reader, said *notes) bool {
	b := block{buf: buf}
	from, to := 0, 0
	for b.err == nil && to < enough {
		select {
		case <-a.quit:
			return false
		default:
		}
		var n int
		n, b.err = read(r, buf[to:])
		if more := said.take(); !more.none() {
			if to > from && !a.hand(block{data: buf[from:to], said: b.said.take()}) {
				return false
			}
			from = to
			b.said.add(more)
		}
		to += n
	}
	b.data = buf[from:to]
	return a.hand(b) && b.err == nil
}

// hand gives a block to Read, unless nobody reads any more.
func (a *ahead) hand(b block) bool {
	select {
	case a.full <- b:
		return true
	case <-a.quit:
		return false
	}
}

// Read gives the next bytes and, when there are none, the error.
func (a *ahead) Read(p []byte) (int, error) {
	for len(a.now.data) == 0 {
		if a.now.err != nil {
			return 0, a.now.err
		}
		if a.now.buf != nil {
			a.free <- a.now.buf
		}
		select {
		case b, ok := <-a.full:
			if !ok {
				b.err = errStopped
			}
			a.now = b
		case <-a.quit:
			a.now = block{err: errStopped}
		}
		a.said.add(a.now.said)
	}
	n := copy(p, a.now.data)
	a.now.data = a.now.data[n:]
	return n, nil
}

// stop ends the goroutine and waits for it. What it has read further is lost.
func (a *ahead) stop() {
	a.leave()
	for range a.full {
	}
}

// read gives bytes or an error, and no longer neither.
func read(r io.Reader, p []byte) (n int, err error) {
	for range 100 {
		if n, err = r.Read(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}
