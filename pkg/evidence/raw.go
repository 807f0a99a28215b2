package evidence

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"sync/atomic"
)

// raw reads a source as it is stored, counts it and, for compressed sources,
// hashes it. The first error, io.EOF included, stays.
type raw struct {
	src  io.Reader
	head []byte       // read to tell the compression, not yet given
	n    atomic.Int64 // bytes read from src
	stop atomic.Bool  // reading is to end: the run was interrupted
	sum  hash.Hash    // nil: not hashed
	err  error

	ahead *ahead // reads ahead; only drain may look at sum and err then
}

var errStopped = errors.New("reading was stopped")

// peek reads the first bytes, at most n, and keeps them for Read.
func (r *raw) peek(n int) []byte {
	buf := make([]byte, n)
	have := 0
	for have < n && r.err == nil {
		k, _ := r.pull(buf[have:])
		have += k
	}
	r.head = buf[:have]
	return r.head
}

// startHash hashes from here on, and what was peeked. Call it before Read.
func (r *raw) startHash() {
	r.sum = sha256.New()
	r.sum.Write(r.head)
}

func (r *raw) Read(p []byte) (int, error) {
	if r.ahead != nil {
		return r.ahead.Read(p)
	}
	return r.read(p)
}

// readAhead reads, counts and hashes ahead from here on.
func (r *raw) readAhead(p pace) {
	r.ahead = readAhead(readFunc(r.read), new(notes), func() {}, p.count, p.stored, 1)
}

func (r *raw) read(p []byte) (int, error) {
	n := copy(p, r.head)
	r.head = r.head[n:]
	if n == len(p) {
		return n, nil
	}
	k, err := r.pull(p[n:])
	if n+k > 0 {
		err = nil
	}
	return n + k, err
}

func (r *raw) pull(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.stop.Load() {
		r.err = errStopped
		return 0, r.err
	}
	n, err := r.src.Read(p)
	r.n.Add(int64(n))
	if r.sum != nil {
		r.sum.Write(p[:n])
	}
	r.err = err
	return n, err
}

// drain reads what is left, so that count and hash cover all of it.
func (r *raw) drain() {
	if r.ahead != nil {
		r.ahead.stop()
	}
	r.head = nil
	if r.err != nil {
		return
	}
	buf := make([]byte, 64<<10)
	for r.err == nil {
		r.pull(buf)
	}
}
