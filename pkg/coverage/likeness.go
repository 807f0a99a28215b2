package coverage

import (
	"cmp"
	"slices"
)

// LeastLikeness is how many equal lines at the begin or the end of a source are
// worth a word.
const LeastLikeness = 8

// How often the lines at one end of a source are looked up, and how many places
// are kept of them: a burst of equal lines stands for no other place.
const (
	mostLooks  = 64
	mostPlaces = 8
	mostLike   = 4096 // lines to each side: with more of more than one second, it is a copy
)

// Borders finds runs of equal lines at the begin or the end of sources that are
// too short, or have too few times, to be a copy for sure. It must see the lines
// of all sources.
type Borders struct {
	log    func(source int32) Log
	probes map[Key][]*probe
	bits   [1 << 16 / 64]uint64 // which of the first 16 bits of a key a probe has
	found  map[Item]Copy
}

// probe is LeastLikeness lines at an end of a source; pivot is the first of them
// that has a time.
type probe struct {
	source      int32
	line, pivot int64
	looks, kept int
}

// NewBorders takes both ends of the sources. Behind a first line or before a
// last one, which may be cut off, it begins once more.
func NewBorders(sources []int32, log func(source int32) Log) (*Borders, error) {
	b := &Borders{log: log, probes: map[Key][]*probe{}, found: map[Item]Copy{}}
	for _, source := range sources {
		end := log(source).Lines() - LeastLikeness
		lines := []int64{0, 1, end, end - 1}
		slices.Sort(lines)
		for _, line := range slices.Compact(lines) {
			if line < 0 || line > end {
				continue
			}
			if err := b.probe(source, line); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

func (b *Borders) probe(source int32, line int64) error {
	p := &probe{source: source, line: line, pivot: -1}
	r := reader{log: b.log(source)}
	var keys []Key
	for i := range int64(LeastLikeness) {
		s, err := r.from(line + i)
		if err != nil {
			return err
		}
		keys = append(keys, s.Key(0))
		if p.pivot < 0 && keys[i].time() != 0 {
			p.pivot = i
		}
	}
	if p.pivot < 0 {
		return nil
	}
	key := keys[p.pivot]
	if len(slices.Compact(keys)) == 1 { // the same line again and again stands for no place
		return nil
	}
	b.bits[key>>54] |= 1 << (key >> 48 & 63)
	b.probes[key] = append(b.probes[key], p)
	return nil
}

// Add takes the next lines of a source; first is the number of the first.
func (b *Borders) Add(source int32, first int64, s Sketch) error {
	for i := range s.Len() {
		key := s.Key(i)
		if b.bits[key>>54]&(1<<(key>>48&63)) == 0 {
			continue
		}
		for _, p := range b.probes[key] {
			if err := b.look(p, source, first+int64(i)-p.pivot); err != nil {
				return err
			}
		}
	}
	return nil
}

// look keeps the run that a probe is in, if its lines are at line too.
func (b *Borders) look(p *probe, source int32, line int64) error {
	within := source == p.source && line-p.line < LeastLikeness && p.line-line < LeastLikeness
	if within || line < 0 || p.looks >= mostLooks || p.kept >= mostPlaces {
		return nil
	}
	p.looks++
	later, of := Copy{Source: source, From: line}, Copy{Source: p.source, From: p.line}
	if cmp.Or(cmp.Compare(source, p.source), cmp.Compare(line, p.line)) < 0 {
		later, of = of, later
	}
	c := Copy{Source: later.Source, From: later.From, OfSource: of.Source, Of: of.From, Kind: Likeness}
	x, y := reader{log: b.log(c.Source)}, reader{log: b.log(c.OfSource)}
	n, err := same(&x, &y, c.From, c.Of, mostLike)
	if err != nil || n < LeastLikeness {
		return err
	}
	before, err := sameBefore(&x, &y, c.From, c.Of, mostLike)
	if err != nil {
		return err
	}
	c.To = c.From + n
	c.From, c.Of = c.From-before, c.Of-before
	if c.Source == c.OfSource { // a burst is like itself a little further on
		if times, err := moments(&x, c.From, n+before, 2); err != nil || times < 2 {
			return err
		}
	}
	p.kept++
	run := Item{uint64(c.Source)<<32 | uint64(c.OfSource), uint64(c.From - c.Of), uint64(c.To)}
	if known, ok := b.found[run]; !ok || c.From < known.From {
		b.found[run] = c
	}
	return nil
}

// Likenesses gives the runs found of which no line is in one of the copies that
// Union gave, sorted by source and line.
func (b *Borders) Likenesses(merged []Copy) ([]Copy, error) {
	var out []Copy
	for _, c := range b.found {
		if !touches(merged, c.Source, c.From, c.To) && !touches(merged, c.OfSource, c.Of, c.Of+c.To-c.From) {
			counts, err := Count(b.log(c.Source), c.From, c.To)
			if err != nil {
				return nil, err
			}
			c.Requests = counts[Request]
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Copy) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To),
			cmp.Compare(a.OfSource, b.OfSource), cmp.Compare(a.Of, b.Of))
	})
	return out, nil
}

// touches says whether one of the lines [from, to) of a source is in copies.
func touches(copies []Copy, source int32, from, to int64) bool {
	i, _ := slices.BinarySearchFunc(copies, from, func(c Copy, line int64) int {
		if c.Source != source {
			return cmp.Compare(c.Source, source)
		}
		if c.To <= line {
			return -1
		}
		return 1
	})
	return i < len(copies) && copies[i].Source == source && copies[i].From < to
}
