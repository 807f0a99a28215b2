package accesslog

import (
	"encoding/binary"
	"strings"
)

// quickSteps makes the steps of the quick reading and gives the first. It gives
// nil for the few formats in which a list must be searched.
func (t *template) quickSteps() *step {
	steps := make([]*step, len(t.fields))
	for i := range t.fields {
		if steps[i] = t.stepOf(&t.fields[i]); steps[i] == nil {
			return nil
		}
	}
	moved := false // a segment before has moved the stop from the line's end
	for i := 0; i < len(steps); i++ {
		if f := &t.fields[i]; f.scan == scanSearch {
			moved = t.segmentSteps(steps, i, moved)
			i = f.segment
		}
	}
	first := new(step)
	last := first
	add := func(s *step) { last.next, last = s, s }
	for i, s := range steps {
		if head, last := t.head(steps, i); head != nil && s.seps != 0 {
			head.seps, head.then = s.seps, steps[last]
			add(head)
		}
		if dashes, last := t.dashes(steps, i); dashes != nil {
			dashes.then = steps[last]
			add(dashes)
		}
		if f := &t.fields[i]; f.role == roleStatus && f.after == " " && i+1 < len(t.fields) && t.fields[i+1].role == roleBytes {
			add(&step{op: stepStatusSize, marks: -1, then: steps[i+1]})
		}
		add(s)
		for after := s.behind(t.fields[i].after); after != ""; {
			literal := &step{op: stepLiteral, marks: -1}
			after = literal.behind(after)
			add(literal)
		}
	}
	return together(first.next)
}

// together puts the steps side by side, in their order: a sixth off the cost of a
// line of many fields when measured.
func together(first *step) *step {
	var steps []*step
	place := map[*step]int{}
	for s := first; s != nil; s = s.next {
		place[s] = len(steps)
		steps = append(steps, s)
	}
	row := make([]step, len(steps))
	for i, s := range steps {
		row[i] = *s
		if s.next != nil {
			row[i].next = &row[i+1]
		}
		if s.then != nil {
			row[i].then = &row[place[s.then]]
		}
	}
	return &row[0]
}

// behind sets the text behind the field, and gives what of it is too long.
func (s *step) behind(after string) (rest string) {
	s.n = min(8, len(after))
	var want, mask [8]byte
	for i := range s.n {
		want[i], mask[i] = after[i], 0xff
	}
	s.want, s.mask = binary.LittleEndian.Uint64(want[:]), binary.LittleEndian.Uint64(mask[:])
	s.sep = want[0]
	return after[s.n:]
}

// text is the text behind.
func (s *step) text() string {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], s.want)
	return string(b[:s.n])
}

// stepOf makes the step of a field, nil if it has none.
func (t *template) stepOf(f *field) *step {
	s := &step{role: f.role, take: f.role, empty: f.empty, unlike: t.raw || t.json, field: f, scale: max(f.scale, 1), marks: -1}
	s.most = mostTimes(s.scale)
	switch {
	case f.http && f.scan == scanQuoted:
		s.op, s.stops = stepWord, f.wordStops() // HTTP/1.1: short
	case (f.role == rolePath || f.role == rolePathQuery) && !s.unlike && f.scan != scanWidth && f.after != "" && (f.after[0] <= ' ' || f.after[0] == '"'):
		s.op, s.stops = stepPath, f.wordStops()
	case f.scan == scanQuoted:
		s.op = stepQuoted
	case f.scan == scanRest:
		s.op = stepRest
	case f.scan == scanWidth && f.role == roleHost && f.after[0] == ' ':
		s.op, s.stops, s.empty = stepWord, f.wordStops(), true // short, too
		s.stops['/'] = s.stops['/'] || f.slashless
	case f.scan == scanWidth:
		s.op, s.quoted, s.at = stepWidth, f.quoted, f.tail
	case f.scan == scanSearch && f.shape == shapeList:
		return nil
	case f.scan == scanSearch && f.shape == shapeWord:
		s.op, s.stops = stepInWord, f.wordStops()
	case f.scan == scanSearch:
		s.op = stepText
		switch f.role {
		case roleQuery, roleProtocol, roleUser, roleClientLast, roleHost, roleForwarded, roleRange, roleContentLength:
			s.stops = f.wordStops() // short: a search by a call would cost more
			s.stops['/'] = s.stops['/'] || f.slashless
		}
	case f.shape == shapeWord:
		s.op, s.stops = stepWord, f.wordStops()
	case f.shape == shapeStatus:
		s.op = stepStatus
	case f.shape == shapeNumber:
		s.op = stepNumber
	case f.shape == shapeDecimal:
		s.op = stepDecimal
	case f.shape == shapeCLF:
		s.op = stepTime
	case f.shape == shapeFixed && f.alone:
		s.op = stepPieces
	case f.shape == shapeSign && f.fixed():
		s.op, s.stops = stepSign, new([256]bool)
		for _, c := range []byte(f.signs) {
			s.stops[c] = true
		}
	default:
		s.op = stepShape
	}
	if s.op != stepSign && s.op != stepPath && s.stops != nil && s.stops[' '] && !s.stops['/'] {
		s.seps = uint64(' ') * ones
		if f.after != "" {
			s.seps = uint64(f.after[0]) * ones
		}
	}
	s.known()
	s.takes()
	return s
}

// known chooses a step for what a word or text nearly always is.
func (s *step) known() {
	switch {
	case s.field.after != "" && strings.IndexByte("GETHP/1.0", s.field.after[0]) >= 0: // they may hold what ends them
	case s.op == stepWord && s.role == roleMethod:
		s.op = stepMethod
	case s.op == stepWord && s.role == roleProtocol:
		s.op = stepProtocol
	case s.op == stepWord && s.role == roleContentLength:
		s.op = stepNumber
	case s.op == stepQuoted && (s.role == roleRange || s.role == roleContentRange):
		s.op = stepQuotedDash
	}
	if s.op >= stepMethod {
		s.take = roleSkip // it takes it by itself
	}
}

// takes says what is done with the text of a field.
func (s *step) takes() {
	f := s.field
	s.check = f.scan >= scanWidth && s.stops == nil && (f.slashless || f.http)
	switch s.take {
	case roleSkip, roleClient, roleIdent, roleUser, roleRequest, roleTarget, rolePath, rolePathQuery, roleQuery, roleProtocol, roleReferrer, roleAgent, roleHost, roleRange, roleContentRange, roleContentLength, roleJoined, roleClientLast:
	default:
		s.take = roleOther
	}
	switch {
	case s.op >= stepMethod:
		s.take = roleSkip
	case s.take == roleSkip && (s.check || s.op == stepShape && f.shape == shapeFixed):
		s.take = roleOther
	}
}

// wordStops are the bytes that end a word, or make the line one that is read with
// care.
func (f *field) wordStops() *[256]bool {
	stops := &[256]bool{' ': f.shape == shapeWord || f.http, '"': true, '\\': true}
	if f.after != "" {
		stops[f.after[0]] = true
	}
	return stops
}

// head makes a step that reads a client, field i, with the dashes and the time
// behind it at once, and says what the last of these fields is.
func (t *template) head(steps []*step, i int) (*step, int) {
	if steps[i].op != stepWord || t.fields[i].role != roleClient || i+1 == len(steps) {
		return nil, 0
	}
	s, last, between := &step{op: stepHead, marks: -1}, i+1, t.fields[i].after
	if dashes, user := t.dashes(steps, i+1); dashes != nil {
		s.mark, s.marks = dashes.mark, dashes.marks
		between += dashes.text()
		last = user + 1
	}
	time := &t.fields[last]
	if s.width = time.width; s.behind(between) != "" || len(time.after) > 8 || steps[last].op != stepPieces && (steps[last].op != stepTime || time.role != roleTime) {
		return nil, 0
	}
	return s, last
}

// dashes makes a step that reads "-" for ident and user, fields i and i+1, or for
// the user alone, field i, at once, and says what the last of them is. What stands
// behind the user is a text that no user can hold in this place, or fields of fixed
// width and a quote: if the steps behind read those there, it is the user.
func (t *template) dashes(steps []*step, i int) (*step, int) {
	s, user, before := &step{op: stepDashes, marks: -1}, i, ""
	if t.fields[i].role == roleIdent && i+1 < len(steps) && steps[i].op == stepWord {
		user, before = i+1, "-"+t.fields[i].after
	} else if i > 0 && t.fields[i-1].role == roleIdent {
		return nil, 0 // the ident's has it
	}
	f, of := &t.fields[user], steps[user]
	if f.role != roleUser || f.last || of.op != stepWord && (of.op != stepWidth || !f.quoted) && (of.op != stepText || f.quoted || of.opens || of.ends) {
		return nil, 0
	}
	if s.mark, s.marks = of.mark, of.marks; !t.json && !t.raw {
		before += "-"
	}
	if s.behind(before+f.after) != "" {
		return nil, 0
	}
	return s, user
}
