package accesslog

import (
	"bytes"
	"encoding/binary"
)

// http11 is HTTP/1.1, of which HTTP/1.0 is one bit away.
const http11 = 'H' | 'T'<<8 | 'T'<<16 | 'P'<<24 | '/'<<32 | '1'<<40 | '.'<<48 | '1'<<56

// head reads a client, "-" for ident and user and a time, with what stands
// between, and gives where it ends, 0 if the line goes on otherwise. Nearly every
// line of nearly every format begins so, and one step for four fields saves a
// tenth of the time for a line.
func (p *compiledParser) head(s *step, line []byte, pos int, r *Record) int {
	end := plainWord(line, pos, s.seps)
	from := end + s.n
	to := from + s.width
	if to+8 > len(line) || end-pos <= 1 || !s.stands(binary.LittleEndian.Uint64(line[end:])) || !s.then.stands(binary.LittleEndian.Uint64(line[to:])) {
		return 0
	}
	if s.marks >= 0 && !s.unmarked(line, end, len(line)) {
		return 0
	}
	r.Client = line[pos:end:end]
	ok := false
	if s.then.op == stepPieces {
		ok = p.pieces.read(s.then.field, line[from:to], p.zoned, r)
	} else {
		r.Time, r.UTCOffsetMin, ok = p.clock.parse(line[from:to])
	}
	if !ok {
		return 0
	}
	return to + s.then.n
}

// stands says whether the text behind a field stands at the begin of eight bytes:
// one number is compared, a call would cost more.
func (s *step) stands(eight uint64) bool { return eight&s.mask == s.want }

// follows says whether the text behind a field stands at end.
func (s *step) follows(line []byte, end int) bool {
	return end+s.n <= len(line) && s.stands(eightAt(line, end))
}

// wordEnd finds the first byte that could end a word, limit if there is none.
func (s *step) wordEnd(line []byte, pos, limit int) int {
	if s.seps != 0 {
		return min(plainWord(line, pos, s.seps), limit)
	}
	stops := s.stops
	for pos < limit && !stops[line[pos]] {
		pos++
	}
	return pos
}

// stop finds the end of the segment that begins at pos, -1 if there may be two.
func (s *step) stop(line []byte, pos int) int {
	if !s.quoted {
		return len(line)
	}
	n := bytes.IndexByte(line[pos:], '"')
	if n < 0 || n > 0 && line[pos+n-1] == '\\' {
		return -1
	}
	if n += pos; s.user && (n+1 == len(line) || line[n+1] == '"') {
		return -1 // or it is the first of the "" of an empty user
	}
	return n
}

// searched finds the end of a text or word that nothing but the format ends, -1
// if there may be another.
func (s *step) searched(line []byte, pos, stop int) int {
	end := pos
	switch {
	case pos > stop:
		return -1
	case s.ends && s.op == stepText:
		if end = stop - s.at; end < pos || s.avoid != 0 && bytes.IndexByte(line[pos:end], s.avoid) >= 0 {
			return -1
		}
		return end
	case s.stops != nil: // a word, or a short text
		end = s.wordEnd(line, pos, stop)
	default:
		if end += bytes.IndexByte(line[pos:stop], s.sep); end < pos {
			return -1
		}
	}
	if s.op == stepInWord && (end == pos || end == stop || s.again(line, end, stop)) {
		return -1
	}
	if s.marks >= 0 && !s.unmarked(line, end, stop) {
		return -1
	}
	return end
}

// unmarked says whether no field behind end holds a mark: see segmentSteps.
func (s *step) unmarked(line []byte, end, stop int) bool {
	return end+s.n <= stop && bytes.Count(line[end+s.n:stop], []byte{s.mark}) == s.marks
}

// again says whether the text behind a part of a word, which ends there, may
// stand in the same word again.
func (s *step) again(line []byte, end, stop int) bool {
	rest := line[end+1 : stop]
	if word := bytes.IndexByte(rest, ' '); word >= 0 {
		rest = rest[:word]
	}
	return bytes.IndexByte(rest, s.sep) >= 0 && (len(s.field.after) == 1 || bytes.Contains(line[end+1:stop], s.field.bytes))
}

// scaled is a number of a unit in microseconds, None where it does not fit.
func (s *step) scaled(n int64) int64 {
	if n > s.most || n == None {
		return None
	}
	return n * s.scale
}

// decimal reads digits, a point and up to six digits behind it, or "-", and gives
// the number in microseconds and its end, -1 if it is none.
func (s *step) decimal(line []byte, pos int) (n int64, end int) {
	n, end = someDigits(line, pos)
	switch {
	case end-pos > 18:
		return None, -1
	case end == pos:
		if end < len(line) && line[end] == '-' {
			return None, end + 1
		}
		if !s.empty {
			return None, -1
		}
		return None, end
	}
	micros := int64(0)
	if end < len(line) && line[end] == '.' {
		end++
		scale := int64(1e6)
		for end < len(line) && line[end]-'0' <= 9 {
			if scale /= 10; scale == 0 {
				return None, -1
			}
			micros += int64(line[end]-'0') * scale
			end++
		}
	}
	if n = s.scaled(n); n != None {
		n += micros
	}
	return n, end
}
