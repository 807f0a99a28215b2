package accesslog

import (
	"bytes"
	"encoding/binary"
)

// readQuick reads a line of which every field ends at the first place where it
// could and at no other. It gives false for any other line, of which r then holds
// a part; run reads those, and would read this one in the same way. Nearly every
// line is read here, each byte looked at once or twice and without a search: the
// formats that need one took three to ten times as long by it when measured.
func (p *compiledParser) readQuick(line []byte, r *Record) bool {
	pos, stop := len(p.first), len(line)
	if p.unlike && bytes.IndexByte(line, '\\') >= 0 {
		return false // it is to be written otherwise
	}
	for s := p.quick; s != nil; s = s.next {
		end := pos
		switch s.op {
		case stepDashes:
			if pos+8 <= len(line) && s.stands(binary.LittleEndian.Uint64(line[pos:])) && (s.marks < 0 || s.unmarked(line, pos, len(line))) {
				pos += s.n
				s = s.then
			}
			continue
		case stepHead:
			if at := p.head(s, line, pos, r); at > 0 {
				pos, s = at, s.then
			}
			continue
		case stepWord:
			if s.seps != 0 {
				end = plainWord(line, pos, s.seps)
			} else {
				end = s.wordEnd(line, pos, len(line))
			}
			if end == pos && !s.empty {
				return false
			}
		case stepQuotedDash:
			if end++; end < len(line) && line[pos] == '-' && line[end] == '"' {
				break
			}
			end = pos
			fallthrough
		case stepQuoted:
			n := bytes.IndexByte(line[pos:], '"')
			if n > 0 && line[pos+n-1] == '\\' {
				n = closingQuote(line[pos:])
			}
			if n < 0 || n == 0 && (s.wary || s.field.user) {
				return false
			}
			end = pos + n
		case stepMethod:
			if end = pos + 3; end >= len(line) || line[pos] != 'G' || line[pos+1] != 'E' || line[pos+2] != 'T' || line[end] != s.sep {
				if end = s.wordEnd(line, pos, len(line)); end == pos || !isMethod(line[pos:end]) {
					return false
				}
			}
			r.Method = absent(line[pos:end:end])
		case stepProtocol:
			if end = pos + 8; end >= len(line) || binary.LittleEndian.Uint64(line[pos:])|1<<56 != http11 || line[end] != s.sep {
				if end = s.wordEnd(line, pos, len(line)); end == pos && !s.empty {
					return false
				}
			}
			r.Protocol = absent(line[pos:end:end])
		case stepStatusSize:
			if pos+4 >= len(line) {
				continue
			}
			a, b, c := line[pos]-'0', line[pos+1]-'0', line[pos+2]-'0'
			n, last := someDigits(line, pos+4)
			if line[pos+4] == '-' {
				n, last = None, pos+5
			}
			if size := last - pos - 4; a == 0 || a > 9 || b > 9 || c > 9 || line[pos+3] != ' ' || size == 0 || size > 18 {
				continue // the steps behind it read them
			}
			r.Status, r.Bytes = int16(a)*100+int16(b)*10+int16(c), n
			end, s = last, s.then
		case stepStatus:
			if pos+3 > len(line) {
				return false
			}
			if a, b, c := line[pos]-'0', line[pos+1]-'0', line[pos+2]-'0'; a > 0 && a <= 9 && b <= 9 && c <= 9 {
				if end = pos + 3; s.role == roleStatus {
					r.Status = int16(a)*100 + int16(b)*10 + int16(c)
				}
			} else if end = pos + 1; line[pos] != '-' {
				return false
			}
		case stepNumber:
			var n int64
			if n, end = someDigits(line, pos); end == pos {
				if n = None; end < len(line) && line[end] == '-' {
					end++
				} else if !s.empty {
					return false
				}
			}
			if end-pos > 18 {
				return false
			}
			switch n = s.scaled(n); s.role {
			case roleBytes:
				r.Bytes = n
			case roleSent:
				r.Sent = n
			case roleDuration:
				r.DurationUS = n
			case roleContentLength:
				p.length = n
			case roleEpoch:
				if r.Time = n; n == None {
					return false
				}
			}
		case stepTime:
			if end += clfTimeLen; end > len(line) {
				return false
			}
			if s.role == roleTime {
				var ok bool
				if r.Time, r.UTCOffsetMin, ok = p.clock.parse(line[pos:end]); !ok {
					return false
				}
			} else if _, _, ok := p.skipped.parse(line[pos:end]); !ok {
				return false
			}
		case stepPieces:
			if end += s.field.width; end > len(line) || !p.pieces.read(s.field, line[pos:end], p.zoned, r) {
				return false
			}
		case stepPath:
			if s.opens {
				if stop = s.stop(line, pos); stop < 0 {
					return false
				}
			}
			special := firstSpecial(line, pos)
			for end = special; end < len(line) && !s.stops[line[end]]; end++ {
			}
			if s.marks >= 0 && !s.unmarked(line, end, stop) {
				return false
			}
			p.setPath(s.field, absent(line[pos:end:end]), end == special, r)
		case stepText, stepInWord:
			if s.opens {
				if stop = s.stop(line, pos); stop < 0 {
					return false
				}
			}
			if end = s.searched(line, pos, stop); end < 0 {
				return false
			}
		case stepStop:
			if end = stop; end < pos {
				return false
			}
		case stepWidth:
			end = len(line) - s.at
			if s.quoted {
				n := bytes.IndexByte(line[pos:], '"')
				if n <= 0 || line[pos+n-1] == '\\' {
					return false
				}
				end = pos + n - s.at
			}
			if end < pos || s.avoid != 0 && bytes.IndexByte(line[pos:end], s.avoid) >= 0 {
				return false
			}
		case stepDecimal:
			var n int64
			if n, end = s.decimal(line, pos); end < 0 {
				return false
			}
			switch s.role {
			case roleDuration:
				r.DurationUS = n
			case roleEpoch:
				if r.Time = n; n == None {
					return false
				}
			}
		case stepSign:
			if end == len(line) || !s.stops[line[end]] {
				return false
			}
			if end++; s.role == roleConnection {
				if r.Finished = FinishedYes; line[pos] == 'X' {
					r.Finished = FinishedNo
				}
			}
		case stepRest:
			if end = len(line); s.field.shape == shapeText && !s.field.user && bytes.IndexByte(line[pos:], '"') >= 0 || s.avoid != 0 && bytes.IndexByte(line[pos:], s.avoid) >= 0 {
				return false
			}
		case stepShape:
			if end = s.field.shapeEnd(line, pos); end < 0 {
				return false
			}
		}
		if end+8 <= len(line) {
			if !s.stands(binary.LittleEndian.Uint64(line[end:])) {
				return false
			}
		} else if !s.follows(line, end) {
			return false
		}
		if s.take != roleSkip && !p.taken(s, line[pos:end:end], r) {
			return false
		}
		pos = end + s.n
	}
	return pos == len(line)
}
