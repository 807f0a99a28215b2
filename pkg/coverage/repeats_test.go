package coverage

import "testing"

// readLog counts how often lines were looked up.
type readLog struct {
	*testLog
	reads *int
}

func (l readLog) Sketch(line int64) (Sketch, int64, error) {
	*l.reads++
	return l.testLog.Sketch(line)
}

// repeated is a log that holds one block of lines again and again, with lines
// of its own before and behind, and part of the block at either end.
func repeated(block, times, before, behind int) []line {
	base := cuttable(block, "repeated")
	lines := cuttable(before, "before")
	lines = append(lines, base[block-block/3:]...)
	for range times {
		lines = append(lines, base...)
	}
	lines = append(lines, base[:block/2]...)
	return append(lines, cuttable(behind, "behind")...)
}

// TestRepeatsCountOnce: of a block that a log holds many times each line counts
// once, at the length of a run and beside it.
func TestRepeatsCountOnce(t *testing.T) {
	for _, block := range []int{16, 64, 65, 100, 300} {
		for _, times := range []int{1, 2, 3, 5, 20, 50} {
			lines := repeated(block, times, 10, 10)
			merged, _ := find(t, []*testLog{newTestLog(lines, 50, false)})
			seconds := map[int64]bool{}
			for _, c := range merged {
				for i := c.From; i < c.To; i++ {
					seconds[i] = true
				}
			}
			want := twin([][]line{lines})[0]
			for i := range int64(len(lines)) {
				if seconds[i] != want[i] {
					t.Fatalf("%d times %d lines: line %d: second copy %v, want %v", times, block, i, seconds[i], want[i])
				}
			}
		}
	}
}

// TestRepeatsLinear: a log with one block of lines a thousand times is read a
// few times, and not once for each of them.
func TestRepeatsLinear(t *testing.T) {
	reads := func(times int) int {
		n := 0
		log := readLog{newTestLog(repeated(64, times, 10, 10), 50, false), &n}
		var anchors, pairs []Item
		w := NewWinnow(1)
		for _, s := range log.sketches {
			anchors = w.Add(s, anchors)
		}
		sortItems(anchors)
		var p Pairs
		for _, a := range anchors {
			pairs = p.Add(a, pairs)
		}
		sortItems(pairs)
		runs := NewRuns(func(int32) Log { return log })
		for _, pair := range pairs {
			if err := runs.Add(pair); err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	if few, many := reads(100), reads(400); many > 6*few {
		t.Errorf("%d reads for 100 times, %d for 400", few, many)
	}
}
