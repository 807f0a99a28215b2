package evidence

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/logrecount/recount/internal/inflate"
)

// members unpacks the members of a gzip file side by side, where several lie
// whole in the buffer of the input: bgzip writes members of at most 64 KiB, and
// so does the access_log of nginx with "gzip", unless told otherwise (buffer of
// 64k; nginx.org, ngx_http_log_module).
//
// A gzip file does not say where its members end. What looks like the header of
// the next one is taken for the end, and what comes out is given only if it is
// exactly what the member's trailer says: length and checksum. Anything else is
// left to be read in sequence, so no damage is seen here.
type members struct {
	z     []*inflate.Members // one for each core
	given int                // members that were right
	wrong int                // guesses that were wrong
}

// maxWrong is how many wrong guesses end the guessing: stored data full of
// headers, as in a gzip of gzip files, must not be unpacked again and again.
const maxWrong = 8

// minMember is less than the shortest gzip member has: 10 bytes of header, 2 of
// data, 8 of trailer (RFC 1952 2.3).
const minMember = 18

// member is one member in the buffer, and where to put what is in it.
type member struct {
	in, out []byte
	right   bool // in is one member, with exactly out in it
}

// unpack fills p with the members that stand at the beginning of the input, as
// far as they are whole, right, and fit. It returns the bytes of p and the
// number of members, and passes over these.
func (m *members) unpack(in *input, p []byte) (n, count int) {
	if m.wrong >= maxWrong {
		return 0, 0
	}
	// Standard input may give no more for long, and filling a buffer that is half
	// full moves what is in it: once for each member, if that is all that is taken.
	size := in.br.Size()
	if n := in.br.Buffered(); in.again == nil || n >= size/2 {
		size = n
	}
	window, _ := in.br.Peek(size)
	list := split(window, p)
	if len(list) < 2 {
		return 0, 0
	}
	m.each(list)
	size = 0
	for _, e := range list {
		if !e.right {
			m.wrong++
			break
		}
		n += len(e.out)
		size += len(e.in)
		count++
	}
	in.br.Discard(size)
	m.given += count
	return n, count
}

// split gives the members that begin the window, up to the first that has no
// header behind it in the window or does not fit in what is left of p.
func split(window, p []byte) (list []*member) {
	for {
		size := nextMember(window)
		if size < 0 {
			return list
		}
		n := int64(binary.LittleEndian.Uint32(window[size-4:])) // RFC 1952 2.3.1, ISIZE
		if n > int64(len(p)) {
			return list
		}
		list = append(list, &member{in: window[:size], out: p[:n]})
		window, p = window[size:], p[n:]
	}
}

// nextMember is the distance to the next header of a gzip member, -1 if there
// is none in the window.
func nextMember(window []byte) int {
	for at := minMember; at < len(window); at++ {
		i := bytes.Index(window[at:], gzipMagic)
		if i < 0 || at+i+magicLen > len(window) {
			return -1
		}
		at += i
		// The upper flags are reserved; the extra flags of deflate are 0, 2 or 4;
		// of operating systems there are 14, and unknown (RFC 1952 2.3.1).
		flags, extra, system := window[at+3], window[at+8], window[at+9]
		if flags < 0x20 && extra&^6 == 0 && (system < 14 || system == 255) {
			return at
		}
	}
	return -1
}

// each unpacks every member, on all cores.
func (m *members) each(list []*member) {
	for len(m.z) < runtime.GOMAXPROCS(0) {
		m.z = append(m.z, new(inflate.Members))
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for _, z := range m.z[:min(len(m.z), len(list))] {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(list) {
					return
				}
				list[i].right = z.Decode(list[i].in, list[i].out)
			}
		})
	}
	wg.Wait()
}
