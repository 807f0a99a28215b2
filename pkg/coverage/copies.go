package coverage

import (
	"cmp"
	"math"
	"slices"
)

// Copy is a run of lines that stands elsewhere too, line for line. Lines are
// numbered from 0; To is the one behind the last.
type Copy struct {
	Source   int32
	From, To int64
	OfSource int32
	Of       int64 // the line that From is a copy of
	Kind     Kind
	Requests int64 // of a Likeness: requests among its lines
}

// Kind says what makes a Copy one.
type Kind uint8

// The kinds.
const (
	Run      Kind = iota // at least LeastLines lines over at least LeastTimes times
	Stream               // the whole source, as another one
	CutEnd               // the last line, cut off behind a run; the other one is whole
	CutBegin             // the first line, cut off before a run; the other one is whole
	Likeness             // less than a run: not merged
)

// Pairs makes pairs of places that may be copies, out of anchors that come
// sorted. Where an anchor stands at very many places, each is paired with the
// first and the last of those before it only, so that there are at most so many
// times as many pairs as anchors.
type Pairs struct {
	hash        uint64
	first, last []Item
}

const (
	firstPlaces = 4
	lastPlaces  = 4
)

const bias = 1 << 63 // keeps the order of signed numbers

// Add takes the next anchor and appends its pairs to items: the later source
// and the earlier one, by how many lines the place is behind the other, and the
// place in the later source. Sorted so, pairs of one run stand together, and those
// of a source with itself before all others of that source.
func (p *Pairs) Add(anchor Item, items []Item) []Item {
	if anchor[0] != p.hash {
		p.hash, p.first, p.last = anchor[0], p.first[:0], p.last[:0]
	}
	for _, list := range [2][]Item{p.first, p.last} {
		for _, of := range list {
			sources := anchor[1] << 32 // with itself
			if anchor[1] != of[1] {
				sources |= of[1]
			}
			items = append(items, Item{sources, anchor[2] - of[2] + bias, anchor[2]})
		}
	}
	switch {
	case len(p.first) < firstPlaces:
		p.first = append(p.first, anchor)
	case len(p.last) < lastPlaces:
		p.last = append(p.last, anchor)
	default:
		p.last = append(p.last[:0], p.last[1:]...)
		p.last = append(p.last, anchor)
	}
	return items
}

// Runs finds the runs that sorted pairs belong to, and keeps those that are
// copies. It reads each run once.
type Runs struct {
	Copies []Copy // see First
	Cuts   []Copy // lines that were cut off beside them

	log  func(source int32) Log
	x, y reader // of the later source and the earlier one
	pair Item
	done int64 // line of the later source up to which the pairs of one shift were looked at

	within []Copy // runs of the later source that repeat it itself, see implied
	across []Copy // runs of the later source and the earlier one, see implied
}

// NewRuns reads sources by their id.
func NewRuns(log func(source int32) Log) *Runs { return &Runs{log: log} }

// Add takes the next pair.
func (r *Runs) Add(pair Item) error {
	source, of := int32(pair[0]>>32), int32(uint32(pair[0]))
	if of == 0 {
		of = source
	}
	if r.x.log == nil || pair[0] != r.pair[0] {
		if pair[0]>>32 != r.pair[0]>>32 {
			r.within = r.within[:0]
		}
		r.x, r.y = reader{log: r.log(source)}, reader{log: r.log(of)}
		r.across = r.across[:0]
	}
	if pair[0] != r.pair[0] || pair[1] != r.pair[1] {
		r.done = 0
	}
	r.pair = pair
	line := int64(pair[2])
	if line < r.done {
		return nil
	}
	shift := int64(pair[1] - bias)
	if source == of && r.implied(line, shift) || source != of && r.impliedAcross(line, shift) {
		return nil
	}
	after, err := same(&r.x, &r.y, line, line-shift, math.MaxInt64)
	if err != nil {
		return err
	}
	before, err := sameBefore(&r.x, &r.y, line, line-shift, line-r.done)
	if err != nil {
		return err
	}
	r.done = line + max(after, 1)
	from, n := line-before, before+after
	if n < LeastLines {
		return nil
	}
	if times, err := moments(&r.x, from, n, LeastTimes); err != nil || times < LeastTimes {
		return err
	}
	run := Copy{Source: source, From: from, To: from + n, OfSource: of, Of: from - shift}
	r.Copies = append(r.Copies, run)
	switch {
	case source == of && len(r.within) < mostWithin:
		r.within = append(r.within, run)
	case source != of && len(r.across) < mostAcross:
		r.across = append(r.across, run)
	}
	return r.cuts(source, of, from, from-shift, n)
}

// mostWithin is how many runs that repeat their own source are remembered: the
// nearest repeats come first, and they are few. mostAcross is how many of two
// sources.
const (
	mostWithin = 16
	mostAcross = 64
)

// implied passes over a run of a source that repeats itself, if a nearer repeat
// has tied its lines already. In a source that holds one block of lines a
// thousand times, each line is a copy of the one a block before, and so of those
// two, three and more blocks before; a run for each of them would be read to the
// end. Within the lines that repeat every s lines, the run for a multiple of s
// begins and ends where this periodic stretch lets it, so it ties nothing new.
func (r *Runs) implied(line, shift int64) bool {
	for i := range r.within {
		c := &r.within[i]
		if s := c.From - c.Of; shift%s == 0 && line < c.To && line-shift >= c.Of {
			r.done = c.To
			return true
		}
	}
	return false
}

// impliedAcross passes over a run of two sources that each hold one block of
// lines many times, if another run of theirs has tied its lines already: that run
// moved by d lines, where the later source repeats itself every so many lines that
// d is a multiple of it. Line t is then a copy of line t-d, and that one of the
// earlier source's line. Where t or t-d leaves the repeats, or t-d the other run,
// this one ends as well, since there the lines differ from what stands at the same
// place of the repeats; unless repeats and run end at one place, which says nothing
// of what is behind it, and then it is read. So nothing new is tied, and the lines
// that were cut off at its ends are known from the other two runs.
func (r *Runs) impliedAcross(line, shift int64) bool {
	for i := range r.within {
		c := &r.within[i]
		if line < c.Of || line >= c.To {
			continue
		}
		for k := range r.across {
			o := &r.across[k]
			d := shift - (o.From - o.Of) // not negative: pairs come by their shift
			at := line - d
			if d%(c.From-c.Of) != 0 || at < max(c.Of, o.From) || at >= min(c.To, o.To) {
				continue
			}
			if d > 0 && o.From != c.Of && o.To+d != c.To {
				r.done = min(o.To+d, c.To)
				return true
			}
		}
	}
	return false
}

// Union makes copies of all kinds disjoint and sorts them by source and line, so
// that each line is in one of them at most. What it is given is not used again.
func Union(copies []Copy) []Copy {
	slices.SortFunc(copies, func(a, b Copy) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To),
			cmp.Compare(a.OfSource, b.OfSource), cmp.Compare(a.Of, b.Of), cmp.Compare(a.Kind, b.Kind))
	})
	var out []Copy
	for _, c := range copies {
		if n := len(out); n > 0 && out[n-1].Source == c.Source && c.From < out[n-1].To {
			c.Of += out[n-1].To - c.From
			c.From = out[n-1].To
		}
		if c.From < c.To {
			out = append(out, c)
		}
	}
	return out
}
