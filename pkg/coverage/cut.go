package coverage

// A source that was copied while it was written, or cut to a size, ends or
// begins within a line. Behind or before a run that is a copy, such a line is
// one too: it is a part of the line that stands at the same place of the other
// source. Whichever source comes first, it is the whole line that counts.
//
// That one is a part of the other is known by 64 bytes: the first ones of a line
// that is cut at its end, the last ones of one that is cut at its begin, and by
// the time, if both have one. A shorter piece is left alone. A last line that
// lacks nothing but its terminator is known by its text.

// cuts looks at the lines behind and before a run of n lines.
func (r *Runs) cuts(source, of int32, a, b, n int64) error {
	x, y := &r.x, &r.y
	if a+n < x.log.Lines() && b+n < y.log.Lines() {
		openX := x.log.Open() && a+n == x.log.Lines()-1
		openY := y.log.Open() && b+n == y.log.Lines()-1
		if err := r.cut(place{source, a + n, x, openX}, place{of, b + n, y, openY}, CutEnd); err != nil {
			return err
		}
	}
	if a > 0 && b > 0 {
		return r.cut(place{source, a - 1, x, a == 1}, place{of, b - 1, y, b == 1}, CutBegin)
	}
	return nil
}

// place is a line of a source.
type place struct {
	source int32
	line   int64
	log    *reader
	cut    bool // it may be a part of a line
}

// cut marks one of two lines as a part of the other, if it is: the shorter one.
func (r *Runs) cut(p, q place, kind Kind) error {
	if !p.cut && !q.cut {
		return nil
	}
	long, err := q.length()
	if err != nil {
		return err
	}
	short, err := p.length()
	if err != nil {
		return err
	}
	if short > long || !p.cut {
		p, q = q, p
		short, long = long, short
	}
	if !p.cut || short > long {
		return nil
	}
	part, err := p.log.from(p.line)
	if err != nil {
		return err
	}
	whole, err := q.log.from(q.line)
	if err != nil {
		return err
	}
	if short == long && part.Key(0)&hashMask != (whole.Key(0)^open)&hashMask || short < long && !isPart(part, whole, kind) {
		return nil
	}
	r.Cuts = append(r.Cuts, Copy{Source: p.source, From: p.line, To: p.line + 1, OfSource: q.source, Of: q.line, Kind: kind})
	return nil
}

// isPart says whether the first of one sketch may be a part of the first line of
// another.
func isPart(part, whole Sketch, kind Kind) bool {
	known, of := part.head(0), whole.head(0)
	if kind == CutBegin {
		known, of = part.tail(0), whole.tail(0)
	}
	t := part.Key(0).time()
	return known != 0 && known == of && (t == 0 || t == whole.Key(0).time())
}

// length is that of the line's text.
func (p *place) length() (int64, error) {
	from, to, err := p.log.log.Extent(p.line)
	if err != nil {
		return 0, err
	}
	s, err := p.log.from(p.line)
	if err != nil {
		return 0, err
	}
	return s.length(0, to-from), nil
}
