package spill

// sortedRun is the blocks of one sorted run.
type sortedRun []Block

// tiers holds sorted runs. As soon as there are fanIn of one tier they become
// one of the next, so that however many runs are added, few are read side by
// side: fanIn for each tier, of which n runs make log n. Each item is written
// once per tier.
type tiers struct{ runs [][]sortedRun }

// fanIn is how many runs are merged at once. With blocks of 32 KiB they take 2
// MiB while they are read.
const fanIn = 64

// add takes one more run. merge makes one run of many.
func (t *tiers) add(r sortedRun, merge func([]sortedRun) (sortedRun, error)) (err error) {
	for tier := 0; ; tier++ {
		if tier == len(t.runs) {
			t.runs = append(t.runs, nil)
		}
		t.runs[tier] = append(t.runs[tier], r)
		if len(t.runs[tier]) < fanIn {
			return nil
		}
		if r, err = merge(t.runs[tier]); err != nil {
			return err
		}
		t.runs[tier] = nil
	}
}

// all lists the runs.
func (t *tiers) all() (all []sortedRun) {
	for _, runs := range t.runs {
		all = append(all, runs...)
	}
	return all
}

// runWriter makes a run of what is written into buf.
type runWriter struct {
	store *Store
	run   sortedRun
	buf   []byte
}

// blockTarget is the size at which a block of a run is closed.
const blockTarget = 32 << 10

// ended puts the block away if it is large enough, and says so: the next item
// begins another one.
func (w *runWriter) ended() (bool, error) {
	if len(w.buf) < blockTarget {
		return false, nil
	}
	return true, w.flush()
}

func (w *runWriter) flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	b, err := w.store.Put(w.buf)
	w.run, w.buf = append(w.run, b), w.buf[:0]
	return err
}

// runReader gives the blocks of a run, one after the other. They are valid until
// the next one.
type runReader struct {
	blocks Reader
	run    sortedRun
	rest   []byte // of the block at hand
	err    error
}

// more reads the next block if the one at hand is at its end; false at the end
// of the run or on an error. fresh is true at the begin of a block.
func (r *runReader) more() (fresh, ok bool) {
	for len(r.rest) == 0 {
		if len(r.run) == 0 {
			return false, false
		}
		if r.rest, r.err = r.blocks.Get(r.run[0]); r.err != nil {
			return false, false
		}
		r.run, fresh = r.run[1:], true
	}
	return fresh, true
}

// release gives back the room of runs.
func (s *Store) release(runs []sortedRun) {
	for _, run := range runs {
		for _, b := range run {
			s.Release(b)
		}
	}
}
