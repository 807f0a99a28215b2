package pipeline

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/logrecount/recount/pkg/coverage"
)

// arrivals numbers the sources in the order in which they become known. Files
// are read side by side, and how many sources an archive holds is known when it
// was read, so that this order is another one each time. While files are scanned,
// sources and rotation groups go by these numbers; then settle gives them those
// that the case has.
type arrivals struct {
	mu      sync.Mutex
	sources []*source
	groups  map[string]uint32
	places  atomic.Pointer[[]place] // by source id - 1; those that are in it do not change

	ids     []int32  // once all is settled: of sources, by the id of their arrival
	ofGroup []uint32 // likewise: by the number of a rotation group, that of its arrival
}

// place is where a source stands in the evidence: the number of its file, and
// its own among the file's sources.
type place struct{ file, member int }

func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(p.file, o.file), cmp.Compare(p.member, o.member))
}

// add numbers a source and its rotation group. It may be called from any
// goroutine.
func (a *arrivals) add(s *source, at place) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sources = append(a.sources, s)
	s.arrival = int32(len(a.sources))
	s.ID = s.arrival
	var places []place
	if known := a.places.Load(); known != nil {
		places = *known
	}
	places = append(places, at)
	a.places.Store(&places)
	if a.groups == nil {
		a.groups = map[string]uint32{}
	}
	name := coverage.PlaceOf(s.Path).Group
	if a.groups[name] == 0 {
		a.groups[name] = uint32(len(a.groups) + 1)
	}
	s.group = a.groups[name]
}

// compare is the order of two sources in the evidence, by the ids of their
// arrival. It may be called from any goroutine.
func (a *arrivals) compare(source, other int32) int {
	places := *a.places.Load()
	return places[source-1].compare(places[other-1])
}

// settle numbers the sources and their rotation groups in the order of the
// evidence, when all files were read.
func (a *analysis) settle() {
	arrived := &a.arrivals
	a.sources = slices.SortedFunc(slices.Values(arrived.sources), func(s, o *source) int { return arrived.compare(s.arrival, o.arrival) })
	arrived.ids = make([]int32, len(a.sources)+1)
	arrived.ofGroup = make([]uint32, len(arrived.groups)+1)
	for i, s := range a.sources {
		s.ID = int32(i + 1)
		arrived.ids[s.arrival] = s.ID
		group := s.group
		a.rotate(s)
		arrived.ofGroup[s.group] = group
	}
}
