package coverage

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

// stream is n twins, one behind the other, four a second, of two clients in turn.
func stream(n int) []Twin {
	var list []Twin
	for i := range int64(n) {
		list = append(list, Twin{Number: i, Offset: i * 100, Line: i + 1, Second: i / 4, Client: uint32(i % 2), Sole: true, Sizes: SizesNear, OfOffset: i * 120, OfLine: i + 5})
	}
	return list
}

// TestFollower: which requests make a run, and what makes a doubt.
func TestFollower(t *testing.T) {
	for _, c := range []struct {
		name  string
		n     int
		edit  func(list []Twin) []Twin
		runs  string // offsets of their ends
		doubt string // a part of it
	}{
		{"least", 64, nil, "0-6300", ""},
		{"too short", 63, nil, "", "no run"},
		{"two seconds", 64, func(l []Twin) []Twin {
			for i := range l {
				l[i].Second = int64(i / 40)
			}
			return l
		}, "", "no run"},
		{"three seconds", 64, func(l []Twin) []Twin {
			for i := range l {
				l[i].Second = int64(i / 30)
			}
			return l
		}, "0-6300", ""},
		{"equal ones prove nothing", 100, func(l []Twin) []Twin {
			for i := range 37 {
				l[i*2].Sole = false
			}
			return l
		}, "", "no run"},
		{"one is missing in the middle", 128, func(l []Twin) []Twin { return slices.Delete(l, 63, 64) }, "6400-12700", "other requests"},
		{"two runs and one that is missing", 600, func(l []Twin) []Twin { return slices.Delete(l, 300, 301) }, "0-29900 30100-59900", ""},
		{"two runs and three that are missing", 600, func(l []Twin) []Twin { return slices.Delete(l, 300, 303) }, "0-29900 30300-59900", "other requests"},
		{"what is missing outside does not matter", 200, func(l []Twin) []Twin {
			for i := range l {
				l[i].Number += 5000
			}
			return l
		}, "0-19900", ""},
		{"many short runs", 400, func(l []Twin) []Twin {
			for i := range l {
				l[i].Number += int64(max(i-100, 0) / 10) // from the hundredth on, each tenth is missing
			}
			return l
		}, "0-10900", "other requests"},
		{"one client", 100, func(l []Twin) []Twin {
			for i := range l {
				l[i].Client = 7
			}
			return l
		}, "0-9900", "one client"},
		{"hardly anybody but one client", 100, func(l []Twin) []Twin {
			for i := range l {
				l[i].Client = uint32(max(i, 84)) // 85 and 15 others
			}
			return l
		}, "0-9900", "one client"},
		{"enough others", 100, func(l []Twin) []Twin {
			for i := range l {
				l[i].Client = uint32(max(i, 83) / 90)
			}
			l[0].Client, l[1].Client, l[2].Client, l[3].Client, l[4].Client, l[5].Client = 7, 7, 8, 9, 10, 11 // with ten at the end
			return l
		}, "0-9900", ""},
		{"very many clients", 100, func(l []Twin) []Twin {
			for i := range l {
				l[i].Client = uint32(i)
			}
			return l
		}, "0-9900", ""},
		{"one client each", 200, func(l []Twin) []Twin {
			for i := range l {
				l[i].Client = uint32(i / 100)
				l[i].Number += int64(i / 100)
			}
			return l
		}, "0-9900 10000-19900", "other requests"}, // one in 201
		{"sizes", 100, func(l []Twin) []Twin {
			for i := range 51 {
				l[i].Sizes = SizesFar
			}
			return l
		}, "0-9900", "sizes"},
		{"no sizes", 100, func(l []Twin) []Twin {
			for i := range l {
				l[i].Sizes = SizesNotBoth
			}
			return l
		}, "0-9900", ""},
		{"out of turn nearby", 200, func(l []Twin) []Twin {
			for i := 0; i+7 < len(l); i += 8 {
				l[i].OfOffset, l[i+7].OfOffset = l[i+7].OfOffset, l[i].OfOffset
			}
			return l
		}, "0-19900", ""},
		{"out of turn far away", 200, func(l []Twin) []Twin {
			for i := 100; i < len(l); i++ {
				l[i].OfOffset += 2 * turnBytes
			}
			l[150].OfOffset = 0
			l[150].Second = 0
			return l
		}, "0-14900", "other requests"},
		{"out of turn far away, at the same time", 200, func(l []Twin) []Twin {
			for i := range l {
				l[i].OfOffset += 2 * turnBytes * int64(i%3)
			}
			for i := range l {
				l[i].Second = int64(i / 100)
			}
			l[199].Second = 2
			return l
		}, "0-19900", ""},
	} {
		list := stream(c.n)
		if c.edit != nil {
			list = c.edit(list)
		}
		var f Follower
		for i := range list {
			f.Add(&list[i])
		}
		found := f.End()
		var runs []string
		for _, r := range found.Runs {
			runs = append(runs, fmt.Sprintf("%d-%d", r.From, r.To))
		}
		if got := strings.Join(runs, " "); got != c.runs {
			t.Errorf("%s: runs %q, want %q", c.name, got, c.runs)
		}
		if got := found.Doubt(); !strings.Contains(got, c.doubt) || (got == "") != (c.doubt == "") {
			t.Errorf("%s: doubt %q, want %q", c.name, got, c.doubt)
		}
		for _, tw := range list {
			in := slices.ContainsFunc(found.Runs, func(r TwinRun) bool { return r.From <= tw.Offset && tw.Offset <= r.To })
			if found.Holds(tw.Offset) != in {
				t.Errorf("%s: Holds(%d) = %v", c.name, tw.Offset, !in)
			}
		}
	}
}

// TestCompareTells: what proves more goes before what tells more.
func TestCompareTells(t *testing.T) {
	plain := Tells{Meaning: accesslog.MeaningAcceptedBody, Content: 100, Partial: 10, Sizes: 100, Agents: 100}
	with := func(edit func(*Tells)) Tells {
		c := plain
		edit(&c)
		return c
	}
	for i, c := range []struct {
		a, b  Tells
		order int
		what  string
	}{
		{plain, plain, 0, ""},
		{with(func(t *Tells) { t.Finished = 100; t.Meaning = accesslog.MeaningUnknown; t.Agents = 0 }), plain, -1, "whether a transfer finished"},
		{with(func(t *Tells) { t.Finished = 49 }), plain, 0, ""},
		{with(func(t *Tells) { t.Sizes = 0; t.Finished = 100 }), plain, 1, "a size"},
		{with(func(t *Tells) { t.Meaning = accesslog.MeaningPlanned; t.Both = 100 }), plain, -1, "both the planned size and what was sent"},
		{with(func(t *Tells) { t.Meaning = accesslog.MeaningAcceptedWithHeaders; t.Ranges = 10 }), plain, 1, "what its size field counts"},
		{with(func(t *Tells) { t.Ranges = 10 }), plain, -1, "the place of pieces"},
		{with(func(t *Tells) { t.Totals = 100 }), plain, -1, "the size of the whole"},
		{with(func(t *Tells) { t.Agents = 0; t.Duration = 100 }), plain, 1, "the user agent"},
		{with(func(t *Tells) { t.Duration = 100 }), plain, -1, "how long it took"},
		{Tells{}, plain, 1, "a size"},
	} {
		if order, what := CompareTells(&c.a, &c.b); order != c.order || what != c.what {
			t.Errorf("%d: %d %q, want %d %q", i, order, what, c.order, c.what)
		}
		if order, what := CompareTells(&c.b, &c.a); order != -c.order || what != c.what {
			t.Errorf("%d turned: %d %q", i, order, what)
		}
	}
	for m := accesslog.MeaningUnknown; m <= accesslog.MeaningTransferred; m++ {
		if int(m) >= len(worth) || m != accesslog.MeaningUnknown && worth[m] == 0 {
			t.Errorf("%s has no rank", m)
		}
	}
}

// TestCompareSizes: a body is near to itself with headers and with TLS.
func TestCompareSizes(t *testing.T) {
	for _, c := range []struct {
		a, b int64
		want Sizes
	}{
		{accesslog.None, 5, SizesNotBoth}, {5, accesslog.None, SizesNotBoth}, {0, 0, SizesNear}, {0, 250, SizesNear}, {44, 8_000, SizesNear},
		{2, 500_000, SizesFar}, {24_000_000, 24_043_000, SizesNear}, {24_000_000, 14_600_000, SizesFar},
	} {
		if got := CompareSizes(c.a, c.b); got != c.want {
			t.Errorf("%d, %d: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// TestParallels: requests are found in runs and not between them.
func TestParallels(t *testing.T) {
	p := Parallels{{From: 10, To: 20}, {From: 30, To: 30}}
	for offset, want := range map[int64]bool{0: false, 9: false, 10: true, 15: true, 20: true, 21: false, 30: true, 31: false} {
		if p.Has(offset) != want {
			t.Errorf("Has(%d) = %v", offset, !want)
		}
	}
	if (Parallels)(nil).Has(0) {
		t.Error("nothing has something")
	}
}
