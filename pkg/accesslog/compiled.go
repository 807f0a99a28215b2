package accesslog

import (
	"bytes"
	"math"
	"strings"
)

// compiledParser reads lines by a compiled format.
//
// A line is a record only if it can be read in one way. Most fields end where
// their shape or a quote that no escaped text can hold says so. Of a text that
// may hold what stands behind it (a user name with spaces) all readings up to
// the next such quote are weighed: the one with the shortest and the one with
// the longest texts must be the same, and then there is no other.
type compiledParser struct {
	*compiled
	clock  clfClock
	local  localClock
	parts  parts
	other  parts // pieces that are passed over
	epoch  int64
	ident  []byte
	path   []byte // the target's path, decoded by the server
	query  []byte
	length int64 // Content-Length of the response

	target   []byte // scratch for a target put together
	texts    []byte // scratch for texts with JSON escapes
	ends     []int  // of the fields of a segment, texts the shortest
	longest  []int  // the same, texts the longest
	limit    int    // the segment's stop
	bareUser int    // where a bare "" stands, -1 if nowhere
	left     int    // how many steps the search may still take
	rescuing bool
}

func newCompiled(c *compiled, r Reading) Parser {
	return &compiledParser{compiled: c, local: localClock{zone: r.location()}, ends: make([]int, len(c.fields)), longest: make([]int, len(c.fields))}
}

// Parse implements Parser.
func (p *compiledParser) Parse(line []byte, r *Record) Reason {
	r.Reset()
	if p.late {
		p.parts, p.epoch, p.path, p.query, p.length = parts{}, NoTime, nil, nil, None
	}
	p.ident, p.texts = nil, p.texts[:0]
	if len(line) < len(p.first) || string(line[:len(p.first)]) != p.first {
		if strings.HasPrefix(p.first, string(line)) {
			return ReasonCutOff
		}
		return ReasonMissingFields
	}
	return p.run(0, len(p.first), line, r)
}

// run reads the line from field i on, which starts at pos.
func (p *compiledParser) run(i, pos int, line []byte, r *Record) Reason {
	for ; i < len(p.fields); i++ {
		f := &p.fields[i]
		var end int
		switch f.scan {
		case scanQuoted:
			n := closingQuote(line[pos:])
			if n < 0 {
				return p.cut(i, r)
			}
			if end = pos + n; n == 0 && f.user && p.isBareUser(f, line[pos:]) {
				end = pos + 2
			}
			if f.role == roleRequest && p.rescue && !p.rescuing && !p.requestEnds(i, line, end) {
				return p.unescaped(i, pos, end, line, r)
			}
		case scanShape:
			if end = f.shapeEnd(line, pos); end < 0 {
				return p.misfit(f, len(line)-pos, i, r)
			}
		case scanRest:
			end = len(line)
		case scanWidth:
			end = len(line) - f.tail
			if f.quoted {
				n := closingQuote(line[pos:])
				if n < 0 {
					return p.cut(i, r)
				}
				end = pos + n - f.tail
			}
			if f.user && p.isBareUser(f, line[pos:]) {
				end = pos + 2
			}
			if end < pos || end == pos && f.role == roleUser {
				return f.reason()
			}
		default:
			if reason := p.search(i, pos, line, r); reason != ReasonNone {
				return reason
			}
			i = f.segment
			f = &p.fields[i]
			pos = p.ends[i] + len(f.after)
			continue
		}
		next := end + len(f.after)
		if next > len(line) || string(line[end:next]) != f.after {
			return p.broken(i, pos, end, line, r)
		}
		if reason := p.set(f, line[pos:end:end], r); reason != ReasonNone {
			return reason
		}
		pos = next
	}
	if pos != len(line) {
		return ReasonBadTail
	}
	switch p.end {
	case roleBytes:
		r.NumberAtEnd = r.Bytes != None
	case roleSent:
		r.NumberAtEnd = r.Sent != None
	}
	return p.finish(r)
}

// isBareUser says whether text starts with the "" of an empty user and goes on
// as it should.
func (p *compiledParser) isBareUser(f *field, text []byte) bool {
	return len(text) >= 2 && text[0] == '"' && text[1] == '"' && bytes.HasPrefix(text[2:], []byte(f.after))
}

// shapeEnd is where a shape that ends by itself ends, -1 if it is another.
func (f *field) shapeEnd(line []byte, pos int) int {
	i := pos
	switch f.shape {
	case shapeCLF, shapeFixed:
		if len(line)-pos < f.width {
			return -1
		}
		return pos + f.width
	case shapeNumber:
		for i < len(line) && line[i]-'0' <= 9 {
			i++
		}
		if i == pos && i < len(line) && line[i] == '-' {
			i++
		}
	case shapeStatus:
		if len(line)-pos >= 3 && line[pos]-'0' <= 9 && line[pos+1]-'0' <= 9 && line[pos+2]-'0' <= 9 {
			return pos + 3
		}
		if pos < len(line) && line[pos] == '-' {
			return pos + 1
		}
		return -1
	case shapeDecimal:
		points := 0
		for i < len(line) && (line[i]-'0' <= 9 || line[i] == '.' && points == 0 && i > pos) {
			points += b2i(line[i] == '.')
			i++
		}
		if i == pos && i < len(line) && line[i] == '-' {
			i++
		}
	case shapeSign:
		if pos < len(line) && (strings.IndexByte(f.signs, line[pos]) >= 0 || f.maybe && line[pos] == '-' || f.empty && line[pos] == '-') {
			return pos + 1
		}
	case shapeList:
		i = listEnd(line, pos)
	default:
		i = wordEnd(line, pos)
	}
	if i == pos && !f.empty {
		return -1
	}
	return i
}

// wordEnd is the end of a word: a space, a control, or a quote that is not
// escaped.
func wordEnd(line []byte, i int) int {
	for i < len(line) && line[i] > ' ' && line[i] != '"' {
		if line[i] == '\\' && i+1 < len(line) && line[i+1] > ' ' {
			i++
		}
		i++
	}
	return i
}

// listEnd is the end of words joined with ", " and " : ".
func listEnd(line []byte, i int) int {
	for {
		start := i
		for i < len(line) && line[i] > ' ' && line[i] != '"' && line[i] != ',' {
			i++
		}
		if i == start {
			return i
		}
		switch rest := line[i:]; {
		case len(rest) >= 2 && rest[0] == ',' && rest[1] == ' ':
			i += 2
		case len(rest) >= 3 && rest[0] == ' ' && rest[1] == ':' && rest[2] == ' ':
			i += 3
		default:
			return i
		}
	}
}

// broken is a line that does not go on behind field i as the format does.
func (p *compiledParser) broken(i, pos, end int, line []byte, r *Record) Reason {
	f := &p.fields[i]
	rest := line[end:]
	if len(rest) >= len(f.after) || string(rest) != f.after[:len(rest)] {
		return f.reason()
	}
	if len(rest) == 0 {
		return p.cut(i, r) // the field itself may go on
	}
	if reason := p.set(f, line[pos:end:end], r); reason != ReasonNone {
		return reason
	}
	return p.cut(i+1, r)
}

// misfit is a field whose shape is another: perhaps the line ends before it.
func (p *compiledParser) misfit(f *field, rest, i int, r *Record) Reason {
	if rest == 0 || (f.shape == shapeCLF || f.shape == shapeFixed || f.shape == shapeStatus) && rest < max(f.width, 3) {
		return p.cut(i, r)
	}
	return f.reason()
}

// cut keeps a line that ends before field i is whole, if all that must be
// known stands before it. Where nothing is escaped a line's end says nothing.
func (p *compiledParser) cut(i int, r *Record) Reason {
	if i <= p.required || p.raw {
		return ReasonCutOff
	}
	r.Flags |= FlagCutOff
	return p.finish(r)
}

// reason says why a line is refused that does not fit the field.
func (f *field) reason() Reason {
	switch f.role {
	case roleClient, roleClientLast:
		return ReasonBadClient
	case roleTime, roleEpoch, roleMonth, rolePieces:
		return ReasonBadTime
	case roleHost, roleIdent, roleUser:
		return ReasonMissingFields
	case roleRequest, roleMethod, roleTarget, rolePath, rolePathQuery, roleQuery, roleProtocol:
		return ReasonBadRequest
	case roleStatus:
		return ReasonBadStatus
	case roleBytes:
		return ReasonBadBytes
	}
	return ReasonBadTail
}

// finish puts together what takes several fields.
func (p *compiledParser) finish(r *Record) Reason {
	r.Format = p.format
	if p.headless && !headFits(r.Client, p.ident, r.User) {
		return ReasonMissingFields
	}
	if !p.late {
		return ReasonNone
	}
	switch p.time {
	case timeLogged:
		r.Time += p.parts.micros
	case timeEpoch:
		if p.epoch == NoTime {
			return ReasonBadTime
		}
		r.Time = p.epoch + p.parts.micros
	case timePieces:
		if !p.parts.at(p.zoned, &p.local, r) {
			return ReasonBadTime
		}
	}
	if p.path != nil {
		p.target = appendEscapedPath(p.target[:0], p.path)
		if len(p.query) > 0 {
			if p.query[0] != '?' {
				p.target = append(p.target, '?')
			}
			p.target = append(p.target, p.query...)
		}
		r.Target = p.target
	}
	if p.length != None && r.Status == 200 && r.SizeFrom == TotalNone {
		r.ObjectSize, r.SizeFrom = p.length, TotalContentLength
	}
	return ReasonNone
}

// headFits refuses heads that are those of another format, or could be: see
// parseHead.
func headFits(client, ident, user []byte) bool {
	if len(client) > 0 && client[len(client)-1] == ',' {
		return false
	}
	if ident == nil && user == nil {
		return true
	}
	host, withPort := splitPort(client)
	named := !isAddress(host)
	space := bytes.IndexByte(user, ' ')
	if space >= 0 && ident != nil {
		return false
	}
	return !named || !withPort && (ident == nil || !isAddress(ident)) && (space != 1 || user[0] != '-')
}

// times multiplies, None where it does not fit.
func times(n, scale int64) int64 {
	if n == None || n > math.MaxInt64/scale {
		return None
	}
	return n * scale
}
