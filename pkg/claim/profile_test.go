package claim

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func at(t *testing.T, text string) int64 {
	t.Helper()
	when, err := time.Parse("2006-01-02 15:04:05", text)
	if err != nil {
		t.Fatal(err)
	}
	return when.UnixMicro()
}

// got is a full answer to GET, of which the log says all.
func got(time int64) Event {
	return Event{Time: time, Get: true, Status: 200, Bytes: 1000, Size: 1000}
}

func audience(p Profile, events ...Event) Audience {
	c := NewCounting(p)
	for _, e := range events {
		c.Add(e)
	}
	return c.Sum()
}

// TestIABWindows is the table of section 5.5.1 of the IAB's guidelines, version
// 2.3. Its Monday is 2026-09-28.
func TestIABWindows(t *testing.T) {
	events := []Event{
		got(at(t, "2026-09-28 22:00:00")), got(at(t, "2026-09-29 03:00:00")),
		got(at(t, "2026-09-29 22:15:00")), got(at(t, "2026-09-30 23:15:00")),
	}
	for p, want := range map[Profile]string{
		IABCalendar:   "[true true false true]",
		IABFirstTouch: "[true false true true]",
		IABLastTouch:  "[true false false true]",
	} {
		if marks := fmt.Sprint(p.marks(events)); marks != want {
			t.Errorf("%s: %s, want %s", p, marks, want)
		}
	}
}

// TestIABUsers is the example of section 5.5.4: one episode fetched 10 times by
// 6 user agents behind one address within 24 hours is 6 downloads, 6 consumers.
func TestIABUsers(t *testing.T) {
	for _, p := range []Profile{IABCalendar, IABFirstTouch, IABLastTouch} {
		c := NewCounting(p)
		for i := range int32(10) {
			e := got(at(t, "2026-09-28 08:00:00") + int64(i)*3600*second)
			e.Agent = i % 6
			c.Add(e)
		}
		if sum := c.Sum(); sum != (Audience{6, 1, 6}) {
			t.Errorf("%s: %+v", p, sum)
		}
	}
}

// TestCounterDoubleClick is the example of the COUNTER Code of Practice: clicks
// at 10:01:00 and 10:01:29 are one action, at 10:01:00 and 10:01:35 two. Of
// three clicks each within 30 seconds of the one before, the last is kept.
func TestCounterDoubleClick(t *testing.T) {
	for _, c := range []struct {
		seconds []int64
		want    string
	}{
		{[]int64{0, 29}, "[false true]"},
		{[]int64{0, 35}, "[true true]"},
		{[]int64{0, 30}, "[false true]"},
		{[]int64{0, 31}, "[true true]"},
		{[]int64{0, 29, 35}, "[false false true]"},
		{[]int64{0, 29, 60}, "[false true true]"},
	} {
		var events []Event
		for _, s := range c.seconds {
			events = append(events, got(at(t, "2026-09-28 10:01:00")+s*second))
		}
		if marks := fmt.Sprint(Counter51.marks(events)); marks != c.want {
			t.Errorf("%v: %s, want %s", c.seconds, marks, c.want)
		}
	}
}

// TestProfileFilters says of one request alone which profiles count it.
func TestProfileFilters(t *testing.T) {
	with := func(change func(*Event)) Event {
		e := got(1)
		change(&e)
		return e
	}
	for _, c := range []struct {
		name              string
		e                 Event
		iab, counter, odl int64
	}{
		{"GET 200", with(func(*Event) {}), 1, 1, 1},
		{"HEAD or POST", with(func(e *Event) { e.Get = false }), 0, 0, 0},
		{"a bot", with(func(e *Event) { e.Bot = true }), 0, 0, 0},
		{"304", with(func(e *Event) { e.Status, e.Bytes = 304, -1 }), 0, 1, 1},
		{"206 of all", with(func(e *Event) { e.Status = 206 }), 1, 0, 1},
		{"206 of a part", with(func(e *Event) { e.Status, e.Bytes = 206, 999 }), 0, 0, 1},
		{"206 that was the whole", with(func(e *Event) { e.Status, e.Bytes, e.Whole = 206, 9, true }), 1, 0, 1},
		{"200 cut off", with(func(e *Event) { e.Bytes = 999 }), 0, 1, 1},
		{"200, size not known", with(func(e *Event) { e.Size, e.Whole = -1, true }), 1, 1, 1},
		{"200 cut off, size not known", with(func(e *Event) { e.Size = -1 }), 0, 1, 1},
		{"206, size not known", with(func(e *Event) { e.Status, e.Size = 206, -1 }), 0, 0, 1},
		{"bytes 0-1", with(func(e *Event) { e.Status, e.Bytes, e.Probe = 206, 2, true }), 0, 0, 0},
		{"404", with(func(e *Event) { e.Status = 404 }), 0, 0, 1},
	} {
		for _, p := range ProfileList() {
			want := map[Profile]int64{Counter51: c.counter, ODL: c.odl}
			n, ok := want[p]
			if !ok {
				n = c.iab
			}
			if sum := audience(p, c.e); sum != (Audience{n, n, n}) {
				t.Errorf("%s, %s: %+v, want %d", c.name, p, sum, n)
			}
		}
	}
}

// TestPieces: pieces are put together within a window, and one download that is
// taken in pieces is one.
func TestPieces(t *testing.T) {
	piece := func(time, start, bytes int64) Event {
		return Event{Time: time, Get: true, Status: 206, Start: start, Bytes: bytes, Size: 1000}
	}
	noon := at(t, "2026-09-28 12:00:00")
	for _, c := range []struct {
		name                    string
		events                  []Event
		calendar, firstT, lastT int64
	}{
		{"two halves", []Event{piece(noon, 0, 500), piece(noon+1, 500, 500)}, 1, 1, 1},
		{"a hole", []Event{piece(noon, 0, 500), piece(noon+1, 501, 499)}, 0, 0, 0},
		{"the end first, and more after", []Event{piece(noon, 500, 500), piece(noon+1, 0, 600), piece(noon+2, 0, 500), piece(noon+3, 500, 500)}, 1, 1, 1},
		{"the middle last", []Event{piece(noon, 0, 400), piece(noon+1, 700, 300), piece(noon+2, 400, 300)}, 1, 1, 1},
		{"halves on two days", []Event{piece(noon, 0, 500), piece(noon+13*3600*second, 500, 500)}, 0, 1, 1},
		{"halves over a day apart", []Event{piece(noon, 0, 500), piece(noon+25*3600*second, 500, 500)}, 0, 0, 0},
		{"places not known", []Event{piece(noon, -1, 500), piece(noon+1, -1, 500)}, 0, 0, 0},
		{"a 200 cut off and the rest", []Event{{Time: noon, Get: true, Status: 200, Bytes: 300, Size: 1000}, piece(noon+1, 300, 700)}, 1, 1, 1},
		{"24 hours apart to the second", []Event{got(noon), got(noon + 24*3600*second)}, 2, 1, 1},
		{"24 hours apart and more", []Event{got(noon), got(noon + 24*3600*second + 1)}, 2, 2, 2},
		{"a piece extends the last touch", []Event{got(noon), piece(noon+20*3600*second, 0, 5), got(noon + 40*3600*second)}, 2, 2, 1},
	} {
		for p, want := range map[Profile]int64{IABCalendar: c.calendar, IABFirstTouch: c.firstT, IABLastTouch: c.lastT} {
			if sum := audience(p, c.events...); sum.Downloads != want {
				t.Errorf("%s, %s: %+v, want %d", c.name, p, sum, want)
			}
		}
	}
}

// TestUnion holds the union of pieces against a map of bytes.
func TestUnion(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	whole := 0
	for range 3000 {
		size := int64(1 + r.IntN(12))
		var u union
		held := map[int64]bool{}
		for range 8 {
			start := int64(r.IntN(int(size)))
			e := Event{Status: 206, Start: start, Bytes: int64(r.IntN(int(size-start) + 1)), Size: size}
			for b := start; b < start+e.Bytes; b++ {
				held[b] = true
			}
			want := int64(len(held)) == size
			if got := u.add(&e); got != want {
				t.Fatalf("%+v of %d: whole %v, want %v", u.parts, size, got, want)
			}
			if want {
				whole++
				break // what comes after is of the next download
			}
		}
	}
	if whole < 1000 {
		t.Errorf("only %d were whole", whole)
	}
}

// TestPrefixes: the IAB's users are by the first 64 bits of an address, those of
// the others by the whole address. Clients of one prefix need not follow each
// other.
func TestPrefixes(t *testing.T) {
	var events []Event
	for client := range int32(4) {
		for recording := range int32(2) {
			e := got(at(t, "2026-09-28 12:00:00") + int64(client)*60*second)
			e.Client, e.Prefix, e.Recording = client, client%2, recording
			events = append(events, e)
		}
	}
	slicesByRecording := append(filter(events, 0), filter(events, 1)...)
	for p, want := range map[Profile]Audience{
		IABCalendar: {4, 2, 2}, IABFirstTouch: {4, 2, 2}, IABLastTouch: {4, 2, 2}, Counter51: {8, 2, 4}, ODL: {8, 2, 4},
	} {
		if sum := audience(p, slicesByRecording...); sum != want {
			t.Errorf("%s: %+v, want %+v", p, sum, want)
		}
	}
}

func filter(events []Event, recording int32) []Event {
	var out []Event
	for _, e := range events {
		if e.Recording == recording {
			out = append(out, e)
		}
	}
	return out
}

// TestODLDay: once per day of UTC.
func TestODLDay(t *testing.T) {
	events := []Event{got(at(t, "2026-09-28 00:00:00")), got(at(t, "2026-09-28 23:59:59")), got(at(t, "2026-09-29 00:00:00"))}
	if marks := fmt.Sprint(ODL.marks(events)); marks != "[true false true]" {
		t.Error(marks)
	}
	if d := dayOf(-1); d != -1 || dayOf(-day) != -1 || dayOf(-day-1) != -2 || dayOf(0) != 0 {
		t.Errorf("days before 1970: %d", d)
	}
}
