package coverage

import "testing"

func TestSeconds(t *testing.T) {
	var s Seconds
	if s.Has(0) {
		t.Error("none has 0")
	}
	for _, r := range [][2]int64{{10, 20}, {20, 30}, {50, 60}} {
		s.Add(r[0], r[1])
	}
	if len(s.from) != 2 {
		t.Errorf("%d stretches", len(s.from))
	}
	for offset := range int64(70) {
		if want := offset >= 10 && offset < 30 || offset >= 50 && offset < 60; s.Has(offset) != want {
			t.Errorf("%d: %v", offset, s.Has(offset))
		}
	}
}
