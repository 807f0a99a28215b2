package coverage

// A source that was copied while it was written, or cut to a size, ends or
// begins within a line. Behind or before a run that is a copy, such a line is
// one too: it is a part of the line that stands at the same place of the other
// source. Whichever source comes first, it is the whole line that counts.
//
// That one is a part of the other is known by 64 bytes: the first ones of a line
// that is cut at its end, the last ones of one that is cut at its begin, and by
// the time, if both have one. A shorter piece is left alone.

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
	if !p.cut || short >= long {
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
	known, of := part.head(0), whole.head(0)
	if kind == CutBegin {
		known, of = part.tail(0), whole.tail(0)
	}
	if t := part.Key(0).time(); known == 0 || known != of || t != 0 && t != whole.Key(0).time() {
		return nil
	}
	r.Copies = append(r.Copies, Copy{Source: p.source, From: p.line, To: p.line + 1, OfSource: q.source, Of: q.line, Kind: kind})
	return nil
}

// length is that of the line with its terminator.
func (p *place) length() (int64, error) {
	from, to, err := p.log.log.Extent(p.line)
	return to - from, err
}
