package pipeline

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/coverage"
)

// times collects in which minutes the rotation groups have lines, with the first
// and the last time in each. It is for one worker. Lines come nearly in the
// order of time, so that most cost a look at the minute before; a minute that
// was left is kept in a list, which is sorted and merged when it is full, and
// becomes a sorted run when that no longer helps.
type times struct {
	store  *spill.Store
	now    busyMinute // being collected
	lo     int64      // where it begins, in microseconds
	recent [64]busyMinute
	list   []busyMinute
	runs   [][]spill.Block
}

// busyMinute is a minute since the epoch in which a group has lines. The times
// are microseconds within it. group is the group's number, from 1; 0: none.
type busyMinute struct{ minute, group, first, last uint32 }

const (
	minuteUS    = 60e6
	lastMinute  = 1<<32 - 1
	timesFull   = 1 << 16 // minutes in the list
	timesBlock  = 4096    // minutes in a block of a run
	minuteBytes = 16
)

func newTimes(store *spill.Store) times {
	return times{store: store, list: make([]busyMinute, 0, timesFull)}
}

// add counts a line. A time before 1970, or far behind the year 9999, stands for
// no time that a server had.
func (m *times) add(group uint32, t int64) error {
	if uint64(t-m.lo) < minuteUS && group == m.now.group {
		us := uint32(t - m.lo)
		m.now.first, m.now.last = min(m.now.first, us), max(m.now.last, us)
		return nil
	}
	if t < 0 || t/minuteUS > lastMinute {
		return nil
	}
	return m.turn(group, t)
}

// turn goes over to another minute. Where lines of two minutes alternate, and
// where long transfers are logged late, it is one of those seen just before.
func (m *times) turn(group uint32, t int64) error {
	if m.now.group != 0 {
		m.recent[m.now.minute%uint32(len(m.recent))] = m.now
	}
	minute := uint32(t / minuteUS)
	m.lo = int64(minute) * minuteUS
	us := uint32(t - m.lo)
	was := m.recent[minute%uint32(len(m.recent))]
	if was.minute == minute && was.group == group {
		m.now = was
		m.now.first, m.now.last = min(was.first, us), max(was.last, us)
		return nil
	}
	m.now = busyMinute{minute, group, us, us}
	if was.group == 0 {
		return nil
	}
	return m.keep(was)
}

// keep puts a minute on the list.
func (m *times) keep(b busyMinute) error {
	if len(m.list) < timesFull {
		m.list = append(m.list, b)
		return nil
	}
	m.merge()
	if len(m.list) > timesFull/2 {
		if err := m.spill(); err != nil {
			return err
		}
	}
	m.list = append(m.list, b)
	return nil
}

// merge sorts the list and makes one of equal minutes.
func (m *times) merge() {
	slices.SortFunc(m.list, busyMinute.compare)
	kept := m.list[:0]
	for _, b := range m.list {
		if last := len(kept) - 1; last >= 0 && kept[last].compare(b) == 0 {
			kept[last].join(b)
		} else {
			kept = append(kept, b)
		}
	}
	m.list = kept
}

// compare orders by minute, then by group.
func (b busyMinute) compare(o busyMinute) int {
	return cmp.Compare(uint64(b.minute)<<32|uint64(b.group), uint64(o.minute)<<32|uint64(o.group))
}

func (b *busyMinute) join(o busyMinute) {
	b.first, b.last = min(b.first, o.first), max(b.last, o.last)
}

// spill makes a run of the list, which is sorted.
func (m *times) spill() error {
	var run []spill.Block
	var buf []byte
	for part := range slices.Chunk(m.list, timesBlock) {
		buf = buf[:0]
		for _, b := range part {
			for _, v := range [...]uint32{b.minute, b.group, b.first, b.last} {
				buf = binary.LittleEndian.AppendUint32(buf, v)
			}
		}
		block, err := m.store.Put(buf)
		if err != nil {
			return err
		}
		run = append(run, block)
	}
	m.runs, m.list = append(m.runs, run), m.list[:0]
	return nil
}

// flush ends the worker's part: all that was collected is in the list, sorted,
// or in runs.
func (m *times) flush() {
	for _, b := range append(m.recent[:], m.now) {
		if b.group != 0 {
			m.list = append(m.list, b)
		}
	}
	m.merge()
}

// timesCursor walks over the list, or over one run.
type timesCursor struct {
	store *spill.Store
	list  []busyMinute
	run   []spill.Block
	block []byte
	at    busyMinute
	err   error
}

func (c *timesCursor) Next() bool {
	if len(c.list) > 0 {
		c.at, c.list = c.list[0], c.list[1:]
		return true
	}
	if len(c.block) == 0 {
		if len(c.run) == 0 {
			return false
		}
		if c.block, c.err = c.store.Get(c.run[0]); c.err != nil {
			return false
		}
		c.run = c.run[1:]
		if len(c.block) == 0 || len(c.block)%minuteBytes != 0 {
			c.err = errors.New("a block of minutes is damaged")
			return false
		}
	}
	v := func(i int) uint32 { return binary.LittleEndian.Uint32(c.block[4*i:]) }
	c.at = busyMinute{v(0), v(1), v(2), v(3)}
	c.block = c.block[minuteBytes:]
	return true
}

func (c *timesCursor) Err() error { return c.err }

// silences puts the minutes of all workers together: the silences of each group;
// of each log that has several groups, by its number; and of all groups, which may
// be those of the only one. logs has the number of each group's log.
func silences(workers []*worker, logs []uint32) (each []coverage.Silences, of map[uint32]*coverage.Silences, all *coverage.Silences, err error) {
	groups := len(logs) - 1
	of = map[uint32]*coverage.Silences{}
	for group, log := range logs {
		if uint32(group) != log {
			of[log] = new(coverage.Silences)
		}
	}
	ofAny := map[uint32]*busyMinute{} // being put together: of these logs
	var cursors []*timesCursor
	for _, w := range workers {
		m := &w.times
		cursors = append(cursors, &timesCursor{list: m.list})
		for _, run := range m.runs {
			cursors = append(cursors, &timesCursor{store: m.store, run: run})
		}
	}
	merged := spill.NewMerge(cursors, func(a, b *timesCursor) bool { return a.at.compare(b.at) < 0 })
	each, all = make([]coverage.Silences, groups), new(coverage.Silences)
	var one, any busyMinute // being put together: of one group, and of all
	add := func(to *coverage.Silences, b busyMinute) {
		from := int64(b.minute) * minuteUS
		to.Add(from+int64(b.first), from+int64(b.last))
	}
	end := func() {
		if one.group != 0 {
			add(&each[one.group-1], one)
		}
	}
	for {
		c, ok := merged.Next()
		if !ok {
			break
		}
		b := c.at
		if one.group != 0 && one.compare(b) == 0 {
			one.join(b)
		} else {
			end()
			one = b
		}
		if log := logs[b.group]; of[log] != nil {
			if at := ofAny[log]; at != nil && at.minute == b.minute {
				at.join(b)
			} else {
				if at != nil {
					add(of[log], *at)
				}
				kept := b
				ofAny[log] = &kept
			}
		}
		switch {
		case groups == 1: // all are the one
		case any.group != 0 && any.minute == b.minute:
			any.join(b)
		default:
			if any.group != 0 {
				add(all, any)
			}
			any = b
		}
	}
	end()
	if any.group != 0 {
		add(all, any)
	}
	for log, at := range ofAny {
		add(of[log], *at)
	}
	if groups == 1 {
		all = &each[0]
	}
	return each, of, all, merged.Err()
}

// count takes a record's time: for the silences of its group, and for the clock
// of its source.
func (w *worker) count(j job, n int64) error {
	t := w.record.Time
	if t == accesslog.NoTime {
		return nil
	}
	w.clock.Time(t, n)
	return w.times.add(j.source.group, t)
}
