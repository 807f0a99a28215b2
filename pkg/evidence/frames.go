package evidence

import (
	"bytes"
	"io"
	"runtime"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// frames decodes the frames of a zstd file side by side, a few ahead of the one
// that is given: pzstd, `zstd` of several files, the seekable format and logs
// that were appended to each other have many.
//
// What comes out of a frame is given only if nothing at all is wrong with it.
// Anything else is put back to be read in sequence, so no damage is seen here.
//
// A frame is taken if there is no more in it than maxFrame: what pzstd writes at
// its usual level is 8 MiB each (4 windows; contrib/pzstd/Pzstd.cpp of zstd), at
// high ones more; and if its stored bytes are no more than maxStored, which those
// of a log are by far. Nor is it taken if there is much more in it than was given
// so far: who wants only the beginning of a file shall not have all of it read. So
// the first never is.
type frames struct {
	in    *input
	width int           // jobs at once
	run   int           // a job has further frames if it has not so many bytes, neither stored nor in them
	z     *zstd.Decoder // nil until it is needed
	queue []*frameJob   // in the order of the file
	free  []*frameJob
	stuck bool  // the next frame is one to be read in sequence
	vain  int64 // bytes decoded, or moved, in vain: not more than were given
	given int   // frames that were given
}

const (
	maxFrame  = 8 << 20   // bytes in a frame that is taken
	maxStored = 2 << 20   // its stored bytes
	smallJob  = 256 << 10 // smaller frames are decoded in runs
	mostJobs  = 2         // for each both are in memory; what two give, 2.3 GB/s, SHA-256 does not take
)

// frameJob is a frame, or a run of small ones, being decoded.
type frameJob struct {
	in   []byte
	list []oneOfRun
	buf  []byte        // to decode into
	done chan struct{} // has an element when decoding has ended, and what is below may be read
	out  []byte        // in the frames before the first that is wrong, as far as not given
	used int           // bytes of in that these frames have
}

type oneOfRun struct{ in, out int } // stored bytes; the most that can be in them

func newFrames(in *input) *frames {
	return &frames{in: in, width: min(runtime.GOMAXPROCS(0), mostJobs), run: smallJob}
}

// usable: with one core it makes nothing faster, and on standard input the next
// bytes of a frame may be long in coming.
func (f *frames) usable() bool { return f.width > 1 && f.in.again != nil }

// read gives what is in the next frames, if they can be decoded side by side.
// Call it between two frames. After 0 the input stands before a frame, or
// something else, that is to be read in sequence.
func (f *frames) read(p []byte) int {
	if !f.usable() {
		return 0
	}
	for {
		f.fill()
		if len(f.queue) == 0 {
			return 0
		}
		j := f.queue[0]
		if j.done != nil {
			<-j.done
			j.done = nil
		}
		if n := copy(p, j.out); n > 0 {
			j.out = j.out[n:]
			return n
		}
		if j.used < len(j.in) {
			f.giveUp()
			return 0
		}
		f.queue = f.queue[1:]
		f.given += len(j.list)
		f.free = append(f.free, j)
	}
}

// sequence says that a frame is about to be read in sequence.
func (f *frames) sequence() { f.stuck = false }

// fill begins to decode the next frames, as many as there is room for.
func (f *frames) fill() {
	for !f.stuck && len(f.queue) < f.width && f.in.out.n > 0 && f.vain <= f.in.out.n {
		j := new(frameJob)
		if last := len(f.free) - 1; last >= 0 {
			j, f.free = f.free[last], f.free[:last]
		}
		j.in, j.list = j.in[:0], j.list[:0]
		size := 0
		for size < f.run && len(j.in) < f.run && !f.stuck {
			size += f.take(j)
		}
		if len(j.list) == 0 {
			f.free = append(f.free, j)
			return
		}
		f.start(j, size)
	}
}

// take reads one whole frame into the job, and says how much can be in it. If it
// is not to be decoded here it is put back, and the frames are stuck.
func (f *frames) take(j *frameJob) int {
	from := len(j.in)
	limit := min(f.in.out.n+maxBlock, maxFrame)
	stored := min(limit, maxStored)
	var w frameWalk
	for {
		part := w.next(f.in.br)
		at := len(j.in)
		if part == 0 {
			size := int(w.most())
			j.list = append(j.list, oneOfRun{at - from, size})
			return size
		}
		// The decoder makes room for what a frame claims to hold.
		ok := part > 0 && int64(at-from)+part <= stored && w.most() <= limit && w.size <= limit
		if ok {
			j.in = slices.Grow(j.in, int(part))[:at+int(part)]
			n, err := io.ReadFull(f.in.br, j.in[at:])
			j.in = j.in[:at+n]
			ok = err == nil
		}
		if !ok {
			f.stuck = true
			if len(j.in) > from {
				f.vain += f.in.back(bytes.Clone(j.in[from:]))
				j.in = j.in[:from]
			}
			return 0
		}
	}
}

// start decodes the job, of at most size bytes, in a goroutine that ends when
// that is done.
func (f *frames) start(j *frameJob, size int) {
	if f.z == nil {
		f.z, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(f.width),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	}
	// With a few bytes of room at the end the decoder is faster.
	if n := size + 64; cap(j.buf) < n {
		j.buf = make([]byte, 0, n)
	}
	j.done = make(chan struct{}, 1)
	f.queue = append(f.queue, j)
	go func() {
		j.decode(f.z)
		j.done <- struct{}{}
	}()
}

func (j *frameJob) decode(z *zstd.Decoder) {
	j.out, j.used = j.buf[:0], 0
	for _, e := range j.list {
		at := len(j.out)
		// What it appends to is empty, or it would decode elsewhere and copy.
		out, err := z.DecodeAll(j.in[j.used:j.used+e.in], j.buf[at:at])
		if err != nil || len(out) > e.out {
			return
		}
		j.out = j.buf[:at+len(out)]
		j.used += e.in
	}
}

// giveUp puts back everything from the first frame that is wrong on.
func (f *frames) giveUp() {
	var stored [][]byte
	for i, j := range f.queue {
		if i > 0 {
			<-j.done
			j.done, j.used = nil, 0
		}
		stored = append(stored, j.in[j.used:])
		for _, e := range j.list {
			f.vain += int64(e.out)
		}
	}
	f.vain += f.in.back(stored...)
	f.queue = nil // what it has is to be read again, or to be let go
}

// close waits for the goroutines.
func (f *frames) close() {
	for _, j := range f.queue {
		if j.done != nil {
			<-j.done
		}
	}
	f.queue = nil
	if f.z != nil {
		f.z.Close()
	}
}
