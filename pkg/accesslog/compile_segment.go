package accesslog

import "strings"

// segmentSteps tells the steps from field i to the end of its segment what makes
// sure that there is no other reading.
//
// A text that is searched ends at the first place where it could. Take a byte of
// the text behind it, its mark, and count: if the fields and texts from there to
// the segment's stop hold no more marks than those texts and the fields of fixed
// width must have, then it can end nowhere else. For say that it ended later. Then
// a mark of the text behind it stands before that later end (it is the first byte
// of that text, or no place between fits onto it), so one too few is left for the
// texts and fixed fields that must follow.
//
// moved: the stop may be that of a segment before. It gives the same for the next.
func (t *template) segmentSteps(steps []*step, i int, moved bool) bool {
	f, segment := &t.fields[i], steps[i:t.fields[i].segment+1]
	first, last := segment[0], segment[len(segment)-1]
	first.opens, first.quoted = true, f.quoted
	if last.at = f.quoteAt; last.op == stepQuoted {
		last.op = stepStop
	}
	if (last.op == stepStop || last.op == stepRest) && last.field.slashless {
		last.check, last.take = true, roleOther
	}
	last.ends = last.field.scan == scanSearch
	var told [256]bool
	blind := true
	for k, s := range segment {
		first.user = first.user || s.field.user
		if s.field.scan == scanSearch && s.op != stepInWord && s != last {
			if s.mark = markOf(s.field.after, segment[k+1:], &told); told[s.mark] || avoid(segment[k+1:], s.mark) {
				s.marks = -1 // a step before has told, or those behind hold none by themselves
			} else {
				s.marks = t.marksBehind(i+k, s.mark)
			}
			told[s.mark] = true
		}
		blind = blind && s.marks < 0 && s.noQuotes()
	}
	// Where no step needs the stop and none goes over a quote, it is not looked for.
	if end := f.segment + 1; blind && f.quoted && end < len(t.fields) && f.quoteAt == len(last.field.after)-1 && t.fields[end].scan == scanQuoted {
		steps[end].wary = first.user
		first.quoted, first.user = false, false
	}
	if first.opens = first.quoted || moved; first.quoted {
		moved = true
	} else if first.opens {
		moved = false
	}
	for _, s := range segment {
		if s.op == stepText && s.stops != nil && s.marks < 0 && !s.ends && !s.opens {
			s.op, s.empty = stepWord, true // it ends as a word does
			s.known()
		}
	}
	return moved
}

// markOf chooses a mark of the text behind a field: best one that need not be
// counted, then one that texts seldom hold.
func markOf(after string, behind []*step, told *[256]bool) byte {
	best, rank := after[0], 9
	for d := 0; d < len(after) && (d == 0 || !strings.HasPrefix(after[d:], after[:len(after)-d])); d++ {
		r := markRank(after[d])
		if told[after[d]] || without(behind, after[d]) {
			r = -1
		}
		if r < rank {
			best, rank = after[d], r
		}
	}
	return best
}

// marksBehind says how many marks must stand behind field i of a segment and its
// text.
func (t *template) marksBehind(i int, mark byte) (marks int) {
	f := &t.fields[i]
	count := func(text string) {
		for _, c := range []byte(text) {
			marks += b2i(c == mark)
		}
	}
	count(f.after[min(8, len(f.after)):]) // read by a step of its own
	for k := i + 1; k <= f.segment; k++ {
		g := &t.fields[k]
		text := g.after
		if k == f.segment {
			text = text[:f.quoteAt]
		}
		count(text)
		pieces := g.pieces
		if g.shape == shapeCLF {
			pieces = clfPieces
		}
		for _, p := range pieces {
			count(p.after)
		}
	}
	return marks
}

// markRank prefers marks that texts seldom hold.
func markRank(c byte) int {
	switch {
	case strings.IndexByte("\t|[]<>{};\"", c) >= 0:
		return 0
	case c == ' ':
		return 1
	}
	return 2
}

// without says whether steps hold no mark but those that they must: their quick
// reading ends before one, or can be made to give up there.
func without(steps []*step, mark byte) bool {
	letter := mark|0x20 >= 'a' && mark|0x20 <= 'z' || mark >= '0' && mark <= '9' || mark == '-' || mark == '+' || mark == '.'
	for _, s := range steps {
		ok := false
		switch s.op {
		case stepWord, stepMethod, stepProtocol, stepInWord, stepPath:
			ok = s.stops[mark]
		case stepText:
			ok = s.ends && s.mayAvoid(mark) || !s.ends && (s.field.after[0] == mark || s.stops != nil && s.stops[mark])
		case stepWidth, stepRest:
			ok = s.mayAvoid(mark)
		case stepStatus, stepNumber, stepDecimal, stepTime:
			ok = !letter
		case stepSign:
			ok = !s.stops[mark]
		case stepPieces:
			ok = !letter
			for _, p := range s.field.pieces {
				ok = ok && (mark != ' ' || !p.spaced)
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

func (s *step) mayAvoid(mark byte) bool { return s.avoid == 0 || s.avoid == mark }

// avoid makes steps hold no mark, if they can.
func avoid(steps []*step, mark byte) bool {
	if !without(steps, mark) {
		return false
	}
	for _, s := range steps {
		if s.op == stepWidth || s.op == stepRest || s.op == stepText && s.ends {
			s.avoid = mark
		}
	}
	return true
}

// noQuotes says whether a step's quick reading goes over no quote.
func (s *step) noQuotes() bool {
	switch s.op {
	case stepWord, stepMethod, stepProtocol, stepInWord, stepPath, stepWidth, stepStatus, stepNumber, stepDecimal, stepTime, stepPieces:
		return true
	case stepText:
		return s.stops != nil && !s.ends
	case stepSign:
		return !s.stops['"']
	}
	return false
}
