package pipeline

import (
	"encoding/binary"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/coverage"
)

// times collects in which minutes the rotation groups have lines, with the first
// and the last time in each. It is for one worker. Lines come nearly in the
// order of time, so that most cost a look at the minute before.
type times struct {
	now    busyMinute // being collected
	lo     int64      // where it begins, in microseconds
	recent [64]busyMinute
	left   *spill.Fold[stretch] // minutes that were left, by timesKey
	key    []byte
}

// busyMinute is a minute since the epoch in which a group has lines. group is the
// group's number, from 1; 0: none.
type busyMinute struct {
	minute, group uint32
	stretch
}

// stretch is the first and the last time within a minute, in microseconds. The
// last is kept one higher, so that the zero value has no time.
type stretch struct{ first, last uint32 }

const (
	minuteUS   = 60e6
	lastMinute = 1<<32 - 1
	timesLimit = 2 << 20 // bytes of minutes that a worker holds
)

func newTimes(store *spill.Store) times {
	return times{left: spill.NewFold(store, timesLimit, stretchCodec)}
}

// timesKey is the key of a minute and a group, in the order of minutes.
func timesKey(dst []byte, minute, group uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(dst, minute), group)
}

var stretchCodec = spill.Codec[stretch]{
	Append: func(dst []byte, s *stretch) []byte {
		return binary.AppendUvarint(binary.AppendUvarint(dst, uint64(s.first)), uint64(s.last))
	},
	Read: func(src []byte, s *stretch) {
		first, k := binary.Uvarint(src)
		last, _ := binary.Uvarint(src[k:])
		*s = stretch{uint32(first), uint32(last)}
	},
	Merge: (*stretch).join,
}

// join widens a stretch to hold another one.
func (s *stretch) join(o *stretch) {
	if s.last == 0 {
		*s = *o
		return
	}
	s.first, s.last = min(s.first, o.first), max(s.last, o.last)
}

// add counts a line. A time before 1970, or far behind the year 9999, stands for
// no time that a server had.
func (m *times) add(group uint32, t int64) error {
	if uint64(t-m.lo) < minuteUS && group == m.now.group {
		us := uint32(t - m.lo)
		m.now.first, m.now.last = min(m.now.first, us), max(m.now.last, us+1)
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
	m.now = busyMinute{minute, group, stretch{us, us + 1}}
	if was.minute == minute && was.group == group {
		m.now.join(&was.stretch)
		return nil
	}
	return m.keep(was)
}

// keep keeps a minute that was left.
func (m *times) keep(b busyMinute) error {
	if b.group == 0 {
		return nil
	}
	m.key = timesKey(m.key[:0], b.minute, b.group)
	s, _, err := m.left.At(m.key)
	if err == nil {
		s.join(&b.stretch)
	}
	return err
}

// flush ends the worker's part: all that was collected is in the fold.
func (m *times) flush() error {
	for _, b := range append(m.recent[:], m.now) {
		if err := m.keep(b); err != nil {
			return err
		}
	}
	return nil
}

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
	var folds []*spill.Fold[stretch]
	for _, w := range workers {
		folds = append(folds, w.times.left)
	}
	each, all = make([]coverage.Silences, groups), new(coverage.Silences)
	var any busyMinute // being put together: of all groups
	add := func(to *coverage.Silences, b *busyMinute) {
		from := int64(b.minute) * minuteUS
		to.Add(from+int64(b.first), from+int64(b.last)-1)
	}
	err = spill.Each(folds, func(key []byte, s *stretch) error {
		b := busyMinute{binary.BigEndian.Uint32(key), binary.BigEndian.Uint32(key[4:]), *s}
		add(&each[b.group-1], &b)
		if log := logs[b.group]; of[log] != nil {
			if at := ofAny[log]; at != nil && at.minute == b.minute {
				at.join(s)
			} else {
				if at != nil {
					add(of[log], at)
				}
				kept := b
				ofAny[log] = &kept
			}
		}
		switch {
		case groups == 1: // all are the one
		case any.group != 0 && any.minute == b.minute:
			any.join(s)
		default:
			if any.group != 0 {
				add(all, &any)
			}
			any = b
		}
		return nil
	})
	if any.group != 0 {
		add(all, &any)
	}
	for log, at := range ofAny {
		add(of[log], at)
	}
	if groups == 1 {
		all = &each[0]
	}
	return each, of, all, err
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
