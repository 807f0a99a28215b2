package coverage

// Log gives the lines of one source as they were sketched. Lines are numbered
// from 0 here. A sketch that it gave stays valid.
type Log interface {
	// Lines is how many lines the source has.
	Lines() int64
	// Open says whether its last line has no terminator.
	Open() bool
	// Sketch gives the sketch that line is in, and the number of its first line.
	Sketch(line int64) (s Sketch, first int64, err error)
	// Extent is where a line begins and where it ends with its terminator, in
	// bytes from the begin of the stream.
	Extent(line int64) (from, to int64, err error)
}

// reader reads lines of a log and keeps the sketch at hand.
type reader struct {
	log    Log
	sketch Sketch
	first  int64
}

// from gives the rest of a sketch, from a line on. The log must have the line.
func (r *reader) from(line int64) (Sketch, error) {
	if i := line - r.first; i >= 0 && i < int64(r.sketch.Len()) {
		return r.sketch.From(i), nil
	}
	var err error
	if r.sketch, r.first, err = r.log.Sketch(line); err != nil {
		r.sketch = nil
		return nil, err
	}
	return r.sketch.From(line - r.first), nil
}

// same counts the equal lines of two logs from a and b on, about most at most.
func same(x, y *reader, a, b, most int64) (n int64, err error) {
	for n < most && a+n < x.log.Lines() && b+n < y.log.Lines() {
		p, err := x.from(a + n)
		if err != nil {
			return n, err
		}
		q, err := y.from(b + n)
		if err != nil {
			return n, err
		}
		m := min(p.Len(), q.Len())
		for i := range m {
			if p.Key(i) != q.Key(i) {
				return n + int64(i), nil
			}
		}
		n += int64(m)
	}
	return n, nil
}

// sameBefore counts the equal lines of two logs before a and b, at most most.
func sameBefore(x, y *reader, a, b, most int64) (n int64, err error) {
	for n < min(a, b, most) {
		p, err := x.from(a - n - 1)
		if err != nil {
			return n, err
		}
		q, err := y.from(b - n - 1)
		if err != nil {
			return n, err
		}
		if p.Key(0) != q.Key(0) {
			break
		}
		n++
	}
	return n, nil
}

// moments counts distinct times of n lines from line on, and stops at enough.
func moments(r *reader, line, n int64, enough int) (times int, err error) {
	var seen [LeastTimes]uint16
	for end := line + n; line < end && times < enough; {
		s, err := r.from(line)
		if err != nil {
			return times, err
		}
		m := min(int64(s.Len()), end-line)
		for i := range int(m) {
			t := s.Key(i).time()
			if t == 0 || t == seen[0] || t == seen[1] {
				continue
			}
			seen[times] = t
			if times++; times == enough {
				break
			}
		}
		line += m
	}
	return times, nil
}

// Count counts the lines of each class in [from, to).
func Count(log Log, from, to int64) (counts [1 << classBits]int64, err error) {
	r := reader{log: log}
	for from < to {
		s, err := r.from(from)
		if err != nil {
			return counts, err
		}
		m := min(int64(s.Len()), to-from)
		for i := range int(m) {
			counts[s.Key(i).Class()]++
		}
		from += m
	}
	return counts, nil
}
