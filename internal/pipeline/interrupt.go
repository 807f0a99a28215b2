package pipeline

import (
	"context"
	"io"
)

// interruptible reads from r until ctx is cancelled. A read of standard input
// may block for ever, and no close ends it, so it is left to a goroutine of its
// own, which a cancelled run leaves behind.
type interruptible struct {
	ctx  context.Context
	r    io.Reader
	buf  []byte
	rest []byte
	done chan readResult
	err  error
}

type readResult struct {
	n   int
	err error
}

func newInterruptible(ctx context.Context, r io.Reader) *interruptible {
	return &interruptible{ctx: ctx, r: r, buf: make([]byte, 64<<10), done: make(chan readResult, 1)}
}

func (i *interruptible) Read(p []byte) (int, error) {
	if len(i.rest) == 0 && i.err == nil {
		go func() {
			n, err := i.r.Read(i.buf)
			i.done <- readResult{n, err}
		}()
		select {
		case <-i.ctx.Done():
			i.err = i.ctx.Err()
			return 0, i.err
		case got := <-i.done:
			i.rest, i.err = i.buf[:got.n], got.err
		}
	}
	n := copy(p, i.rest)
	i.rest = i.rest[n:]
	if n > 0 {
		return n, nil
	}
	return 0, i.err
}
