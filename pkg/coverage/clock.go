package coverage

import "slices"

// A step back of the clock is found where 32 lines in a row, in the order of
// their source, are all earlier than the middle one of 32 lines before, by more
// than ten minutes. One old line is normal: Apache stamps the start of a request
// and writes its line at the end. Ten minutes, because servers write late in
// bulk too: nginx keeps lines for minutes (access_log ... buffer flush), and 32
// transfers may end in a row that all took longer. A smaller step moves no
// request into another session or day.
const (
	stepLines = 32
	stepLeast = 10 * minute
	stepsKept = 4 // of a piece; the rest is counted
)

// Step is a place in a source where its time goes back.
type Step struct {
	Line     int64 // of the first of the 32 lines that are earlier
	From, To int64 // about the last time before and the first behind
}

// Trace is what the clock of one piece of a source did: enough to tell whether
// it steps at the piece's borders.
type Trace struct {
	blocks int
	head   [2]stepBlock // its first blocks of lines
	level  int64        // the middle time at its end
	peak   int64        // the latest time of the block before
	steps  []Step
	count  int // of steps, those kept and the rest
}

// stepBlock is 32 lines in a row.
type stepBlock struct {
	line, latest, middle int64
	early                int64 // a quarter of the lines are earlier
}

// Clock follows the times of one piece after the other. It is for one
// goroutine; the zero value is ready.
type Clock struct {
	times [stepLines]int64
	n     int
	line  int64
	trace Trace
}

// Time takes the time of a line and the line's number in its piece.
func (c *Clock) Time(t, line int64) {
	if c.n == 0 {
		c.line = line
	}
	c.times[c.n] = t
	if c.n++; c.n == stepLines {
		c.block()
	}
}

// End ends a piece. Up to 31 lines at its end do not make a block and say
// nothing.
func (c *Clock) End() Trace {
	trace := c.trace
	c.n, c.trace = 0, Trace{}
	return trace
}

func (c *Clock) block() {
	b := stepBlock{line: c.line, latest: slices.Max(c.times[:])}
	b.middle, b.early = b.latest, b.latest
	if b.latest-slices.Min(c.times[:]) > minute { // else which of them is the middle one is all the same
		slices.Sort(c.times[:])
		b.middle, b.early = c.times[stepLines/2], c.times[stepLines/4]
	}
	c.n = 0
	t := &c.trace
	switch {
	case t.blocks == 0:
		t.level = b.middle
	case b.latest < t.level-stepLeast:
		t.step(b)
	case b.middle >= t.level-stepLeast:
		t.level = b.middle
	} // else the block holds both sides of a step, maybe: the next one shows
	t.peak = b.latest
	if t.blocks < len(t.head) {
		t.head[t.blocks] = b
	}
	t.blocks++
}

func (t *Trace) step(b stepBlock) {
	if t.count++; len(t.steps) < stepsKept {
		t.steps = append(t.steps, Step{Line: b.line, From: t.peak, To: b.early})
	}
	t.level = b.middle
}

// Steps puts the traces of a source's pieces together, in their order; line
// turns a line number of piece i into one of the source. It gives the steps, as
// far as they were kept, and how many there are.
func Steps(traces []*Trace, line func(i int, n int64) int64) (steps []Step, count int) {
	var before Trace // its level is that of all pieces so far
	for i, t := range traces {
		if t.blocks == 0 {
			continue
		}
		inner, twice := t.steps, 0
		if before.blocks > 0 {
			seen := before.count
			low := before.level - stepLeast
			switch {
			case t.head[0].latest < low:
				before.step(t.head[0])
			case t.head[0].middle < low && t.blocks > 1 && t.head[1].latest < low:
				before.peak = t.head[0].latest
				before.step(t.head[1])
				if len(inner) > 0 && inner[0].Line == t.head[1].line {
					inner, twice = inner[1:], 1 // the piece has found it too
				}
			}
			if before.count > seen {
				s := before.steps[len(before.steps)-1]
				s.Line = line(i, s.Line)
				steps = append(steps, s)
				count++
			}
		}
		for _, s := range inner {
			s.Line = line(i, s.Line)
			steps = append(steps, s)
		}
		count += t.count - twice
		before = Trace{blocks: 1, level: t.level, peak: t.peak}
	}
	return steps, count
}
