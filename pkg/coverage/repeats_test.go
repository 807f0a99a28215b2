package coverage

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

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
		return readRuns(t, []readLog{log}, &n)
	}
	if few, many := reads(100), reads(400); many > 6*few {
		t.Errorf("%d reads for 100 times, %d for 400", few, many)
	}
}

// TestRepeatsOfTwoCountOnce: of two logs that hold one block of lines many times,
// each line counts once: with lines of their own before, behind and between, cut
// at either end, and with a third log beside them.
func TestRepeatsOfTwoCountOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for range 300 {
		block := []int{16, 40, 64, 65, 100}[rng.IntN(5)]
		base := cuttable(block, "repeated")
		var logs [][]line
		for i := range 2 + rng.IntN(2) {
			var lines []line
			for part := range 1 + rng.IntN(3) {
				own := cuttable(rng.IntN(3)*rng.IntN(20), "own")
				for k := range own {
					own[k].text += fmt.Sprintf(" %d %d", rng.IntN(2)*i, part) // no part of another line
				}
				lines = append(lines, own...)
				lines = append(lines, base[rng.IntN(block):]...)
				for range rng.IntN(12) {
					lines = append(lines, base...)
				}
				lines = append(lines, base[:rng.IntN(block)]...)
			}
			logs = append(logs, lines)
		}
		var in []*testLog
		for _, lines := range logs {
			in = append(in, newTestLog(lines, 50, false))
		}
		merged, _ := find(t, in)
		seconds := make([]map[int64]bool, len(logs))
		for i := range seconds {
			seconds[i] = map[int64]bool{}
		}
		for _, c := range merged {
			for i := c.From; i < c.To; i++ {
				seconds[c.Source-1][i] = true
			}
		}
		for i, want := range twin(logs) {
			for k := range int64(len(logs[i])) {
				if seconds[i][k] != want[k] {
					t.Fatalf("block of %d lines, log %d of %d, line %d of %d: second copy %v, want %v", block, i, len(logs), k, len(logs[i]), seconds[i][k], want[k])
				}
			}
		}
	}
}

// TestRepeatsOfTwoLinear: two logs with one block of lines a thousand times each
// are read a few times.
func TestRepeatsOfTwoLinear(t *testing.T) {
	reads := func(times int) int {
		n := 0
		logs := []readLog{
			{newTestLog(repeated(64, times, 10, 10), 50, false), &n},
			{newTestLog(repeated(64, times, 7, 20), 50, false), &n},
		}
		return readRuns(t, logs, &n)
	}
	if few, many := reads(100), reads(400); many > 6*few {
		t.Errorf("%d reads for 100 times, %d for 400", few, many)
	}
}

// readRuns finds the runs of logs and gives how often lines were looked up.
func readRuns(t *testing.T, logs []readLog, n *int) int {
	var anchors, pairs []Item
	for i, log := range logs {
		w := NewWinnow(int32(i+1), 0)
		for _, s := range log.sketches {
			anchors = w.Add(s, anchors)
		}
	}
	sortItems(anchors)
	var p Pairs
	for _, a := range anchors {
		pairs = p.Add(a, pairs)
	}
	sortItems(pairs)
	*n = 0
	runs := NewRuns(func(source int32) Log { return logs[source-1] })
	for _, pair := range pairs {
		if err := runs.Add(pair); err != nil {
			t.Fatal(err)
		}
	}
	return *n
}
