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
	clock      clfClock
	local      localClock
	parts      parts
	last       [lastTimeLen]byte // the text of the last time, if its pieces stood together
	lastTime   int64
	lastOffset int16
	lastFlags  Flags
	lastKnown  bool  // last and what it came to are of one time
	same       bool  // this line's time is the last
	other      parts // pieces that are passed over
	epoch      int64
	ident      []byte
	path       []byte // the target's path, decoded by the server
	query      []byte
	length     int64 // Content-Length of the response

	target   []byte // scratch for a target put together
	texts    []byte // scratch for texts with JSON escapes
	ends     []int  // of the fields of a segment, texts the shortest
	longest  []int  // the same, texts the longest
	kept     []int  // of a first reading
	from     int    // the first field of the segment
	limit    int    // the segment's stop
	bareUser int    // where a bare "" stands, -1 if nowhere
	left     int    // how many steps the search may still take
	request  int    // where the request starts
	attempt  Record // of unescaped
	rescuing bool   // in unescaped
}

// lastTimeLen is the longest text of a time that is kept.
const lastTimeLen = 40

func newCompiled(c *compiled, r Reading) Parser {
	return &compiledParser{compiled: c, local: localClock{zone: r.location()}, ends: make([]int, len(c.fields)), longest: make([]int, len(c.fields)), kept: make([]int, len(c.fields))}
}

// Parse implements Parser.
func (p *compiledParser) Parse(line []byte, r *Record) Reason {
	r.Reset()
	if p.late {
		p.parts, p.epoch, p.path, p.query, p.length = parts{}, NoTime, nil, nil, None
	}
	p.ident, p.texts = nil, p.texts[:0]
	if len(line) < len(p.first) || string(line[:len(p.first)]) != p.first {
		if len(line) < len(p.first) && p.first[:len(line)] == string(line) {
			return ReasonCutOff
		}
		return ReasonMissingFields
	}
	if p.head > 0 {
		if end := p.readHead(line, r); end > 0 {
			return p.run(p.head, end, line, r)
		}
	}
	return p.run(0, len(p.first), line, r)
}

// readHead reads "client - - [time" and what stands behind it, which is how
// nearly every line of nearly every format begins, at once. It gives where the
// next field starts, 0 if the line begins otherwise.
func (p *compiledParser) readHead(line []byte, r *Record) int {
	i := 0
	for i < len(line) && line[i] > ' ' && line[i] != '"' && line[i] != '\\' {
		i++
	}
	const between = " - - ["
	start := i + len(between)
	end := start + clfTimeLen
	f := &p.fields[p.head-1]
	next := end + len(f.after)
	if next > len(line) || i == 0 || string(line[i:start]) != between || !f.follows(line[end:next]) || line[i-1] == ',' || i == 1 && line[0] == '-' {
		return 0
	}
	var ok bool
	if r.Time, r.UTCOffsetMin, ok = p.clock.parse(line[start:end]); !ok {
		return 0
	}
	r.Client = line[:i:i]
	return next
}

// run reads the line from field i on, which starts at pos. What nearly every
// line of nearly every format has is read here, the rest in functions.
func (p *compiledParser) run(i, pos int, line []byte, r *Record) Reason {
	for ; i < len(p.fields); i++ {
		f := &p.fields[i]
		var (
			end    int
			number int64
		)
		switch f.scan {
		case scanQuoted:
			n := bytes.IndexByte(line[pos:], '"')
			if n > 0 && line[pos+n-1] == '\\' {
				n = closingQuote(line[pos:])
			}
			if n < 0 {
				return p.cut(i, r)
			}
			if end = pos + n; n == 0 && f.user && p.isBareUser(f, line[pos:]) {
				end = pos + 2
			}
		case scanNumber:
			end = pos
			for end < len(line) && line[end]-'0' <= 9 {
				number = number*10 + int64(line[end]-'0')
				end++
			}
			if n := end - pos; n == 0 || n > 18 { // "-", or perhaps too large
				if end = f.shapeEnd(line, pos); end < 0 {
					return p.misfit(i, pos, line, r)
				}
				var ok bool
				if number, ok = clfNumber(line[pos:end]); !ok {
					return f.reason()
				}
			}
		case scanWord:
			end = pos
			for end < len(line) && line[end] > ' ' && line[end] != '"' && line[end] != '\\' {
				end++
			}
			if end == pos || end < len(line) && line[end] == '\\' {
				if end = f.shapeEnd(line, pos); end < 0 {
					return p.misfit(i, pos, line, r)
				}
			}
		case scanShape:
			if end = f.shapeEnd(line, pos); end < 0 {
				return p.misfit(i, pos, line, r)
			}
		case scanRest:
			if end = len(line); !p.raw && !f.user && closingQuote(line[pos:]) >= 0 {
				return f.reason() // the server escapes quotes: a line of another format
			}
		case scanWidth:
			// Fields of fixed width stand between here and the stop, and
			// they hold no quotes: so where they follow a "-" and the quote
			// follows them, that is the stop.
			if stop := pos + 1 + f.tail; f.quoted && stop < len(line) && line[pos] == '-' && line[stop] == '"' {
				end = pos + 1
				break
			}
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
			if reason, done := p.search(i, pos, line, r); done {
				return reason
			}
			i = f.segment
			f = &p.fields[i]
			pos = p.ends[i] + len(f.after)
			continue
		}
		next := end + len(f.after)
		if next > len(line) || !f.follows(line[end:next]) {
			return p.broken(i, pos, end, line, r)
		}
		v := line[pos:end:end]
		switch f.role {
		case roleSkip:
			if f.shape == shapeFixed && !p.other.read(f.pieces, v) {
				return f.reason()
			}
		case roleTime:
			var ok bool
			if r.Time, r.UTCOffsetMin, ok = p.clock.parse(v); !ok {
				return ReasonBadTime
			}
		case roleRequest:
			p.request = pos
			if p.unlike {
				v = p.plain(v)
			}
			splitRequest(v, r)
		case roleStatus:
			if len(v) == 3 {
				if r.Status = statusOf(v[0]-'0', v[1]-'0', v[2]-'0'); r.Status < 0 {
					return ReasonBadStatus
				}
			}
		case roleBytes:
			r.Bytes = number
		case roleSent:
			r.Sent = number
		case roleReferrer:
			if r.Referrer = absent(v); p.unlike {
				r.Referrer = p.value(v)
			}
		case roleAgent:
			if r.Agent = absent(v); p.unlike {
				r.Agent = p.value(v)
			}
		default:
			if reason := p.set(f, v, r); reason != ReasonNone {
				return reason
			}
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

// follows says whether text, which is as long, is what stands behind the field.
// It is one to three bytes nearly always, and a call would cost more.
func (f *field) follows(text []byte) bool {
	switch len(text) {
	case 0:
		return true
	case 1:
		return text[0] == f.bytes[0]
	case 2:
		return text[0] == f.bytes[0] && text[1] == f.bytes[1]
	case 3:
		return text[0] == f.bytes[0] && text[1] == f.bytes[1] && text[2] == f.bytes[2]
	}
	return string(text) == f.after
}

// clfNumber reads digits, or None of "-" and the empty text.
func clfNumber(v []byte) (int64, bool) {
	if len(v) == 0 || v[0] == '-' {
		return None, true
	}
	return digits(v)
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
		switch {
		case !p.rescue || p.rescuing:
		case f.role == roleRequest:
			return p.unescaped(i, pos, line, r)
		case f.role == roleStatus && i > 0 && p.fields[i-1].role == roleRequest:
			return p.unescaped(i-1, p.request, line, r)
		}
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
func (p *compiledParser) misfit(i, pos int, line []byte, r *Record) Reason {
	f, rest := &p.fields[i], len(line)-pos
	if rest == 0 || (f.shape == shapeCLF || f.shape == shapeFixed || f.shape == shapeStatus) && rest < max(f.width, 3) {
		return p.cut(i, r)
	}
	if f.role == roleStatus && p.rescue && !p.rescuing && i > 0 && p.fields[i-1].role == roleRequest {
		return p.unescaped(i-1, p.request, line, r)
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
		if p.same {
			r.Time, r.UTCOffsetMin = p.lastTime, p.lastOffset
			r.Flags |= p.lastFlags
			break
		}
		if !p.parts.at(p.zoned, &p.local, r) {
			return ReasonBadTime
		}
		p.lastTime, p.lastOffset, p.lastFlags, p.lastKnown = r.Time, r.UTCOffsetMin, r.Flags&FlagAmbiguousTime, true
	}
	if p.path != nil {
		p.target = appendLoggedPath(p.target[:0], p.path)
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
