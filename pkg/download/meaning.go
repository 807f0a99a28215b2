package download

import (
	"fmt"
	"slices"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// MayCountSent says whether the signs allow that what was sent is counted,
// without headers. Then Cuts tells.
func (g *Signs) MayCountSent() bool {
	return g.equal >= fewest && g.short >= fewest && g.over == 0 && g.far == 0 && g.headed == 0 && g.zero > 0 && g.absent == 0
}

// NeedsCuts says whether Infer needs Cuts.
func (g *Signs) NeedsCuts() bool { return g.MayCountSent() || g.mayCountHeaders() }

// Infer says what the size field counts, as far as the signs show it, and why.
// It goes by positive signs only; where they are not enough the meaning is
// unknown, and the reason says what was seen, empty if nothing was. cuts is
// needed if NeedsCuts.
func (g *Signs) Infer(cuts *Cuts) (accesslog.Meaning, string) {
	switch {
	case g.mayCountHeaders() && (g.headed > 0 || cuts.varied()):
		return accesslog.MeaningAcceptedWithHeaders, g.overText() + ": headers are counted"
	case g.compared == 0 && g.headed >= fewest && g.absent == 0 && g.zero == 0:
		return accesslog.MeaningAcceptedWithHeaders,
			fmt.Sprintf("%d answers 304, which have no body, log %s bytes: headers are counted", g.headed, between(g.leastHead, g.mostHead))
	case g.MayCountSent() && cuts.shown():
		return accesslog.MeaningAcceptedBody, fmt.Sprintf(
			"%d of %d full responses log exactly the size of the recording and none more, so headers are not counted; %d log less, in several lengths for the same recording after it was sent whole, so it is what was sent; answers without a body log 0, as nginx does",
			g.equal, g.compared, g.short)
	case g.equal >= fewest && g.equal == g.compared && g.absent > 0 && g.zero == 0 && g.headed == 0:
		return accesslog.MeaningPlanned, fmt.Sprintf(
			"%d of %d full responses log exactly the size of the recording, none less, and answers without a body log no number, as Apache does with %%b: it is what was planned",
			g.equal, g.compared)
	}
	return accesslog.MeaningUnknown, g.seen()
}

// mayCountHeaders says whether full responses are above the size as headers make
// them: more than half of them, and none exactly the size. A tag that was added
// to the files since the inventory was made does so too, but always the same for
// one recording; headers differ from client to client. So there must be a
// recording with two lengths, or another sign.
func (g *Signs) mayCountHeaders() bool {
	return g.over >= fewest && 2*g.over > g.compared && g.equal == 0 && g.least >= leastHeader &&
		g.absent == 0 && g.zero == 0
}

// Refute says what speaks against a meaning that is assumed by the format or by
// the user's word, or against the sizes of the inventory; empty if nothing does.
// An unknown meaning says nothing that could be wrong.
func (g *Signs) Refute(meaning accesslog.Meaning) string {
	counted := meaning == accesslog.MeaningAcceptedWithHeaders
	switch {
	case g.compared >= fewest && g.short == g.compared:
		return fmt.Sprintf("%d of %d full responses log less than the inventory's size of the recording, and none as much: its sizes may be rounded, or of another day, and then whole copies look like cut ones", g.short, g.compared)
	case meaning == accesslog.MeaningUnknown:
		return ""
	case 2*g.over > g.compared && !counted:
		return fmt.Sprintf("%s: that fits the bytes meaning accepted_with_headers, not %s", g.overText(), meaning)
	case 2*g.equal > g.compared && counted:
		return fmt.Sprintf("%d of %d full responses log exactly the size of the recording: that does not fit the bytes meaning accepted_with_headers", g.equal, g.compared)
	case meaning == accesslog.MeaningPlanned && 2*g.short > g.compared:
		return fmt.Sprintf("%d of %d full responses log less than the size of the recording: that does not fit the bytes meaning planned", g.short, g.compared)
	}
	return ""
}

// seen says what was compared, where it shows no meaning.
func (g *Signs) seen() string {
	switch {
	case g.compared == 0:
		return ""
	case g.over > 0 && g.equal > 0:
		return fmt.Sprintf("of %d full responses %d log exactly the size of the recording and %d log more: the setting may have changed in between", g.compared, g.equal, g.over)
	case g.over >= fewest && 2*g.over > g.compared:
		return g.overText() + "; that alone does not show that headers are counted"
	case g.equal >= fewest && 2*g.equal > g.compared:
		return fmt.Sprintf("%d of %d full responses log exactly the size of the recording: headers are not counted, but a cut may not show", g.equal, g.compared)
	}
	return fmt.Sprintf("of %d full responses %d log exactly the size of the recording, %d more and %d less", g.compared, g.equal, g.over+g.far, g.short)
}

func (g *Signs) overText() string {
	return fmt.Sprintf("%d of %d full responses log %s bytes more than the recording has", g.over, g.compared, between(g.least, g.most))
}

func between(least, most int64) string {
	if least == most {
		return fmt.Sprint(least)
	}
	return fmt.Sprintf("%d to %d", least, most)
}

// Cuts looks whether shorter responses are cuts. The same length every time may
// be a compressed copy (one for each coding), and a file that grows has every
// length below its last. So only those count that came after the whole, and in
// different lengths for the same recording. And none below leastCut.
type Cuts struct {
	recordings int // with two lengths or more
	most       int // lengths of one recording

	longer int // recordings of which answers were longer by more than one length, as headers make them

	whole int64 // when the recording at hand was first sent whole
	short []cut
	over  []int64 // by how much answers were longer, two lengths at most
}

type cut struct{ time, bytes int64 }

// leastCut is the shortest that a cut is taken to be. A page in place of the
// recording, for who did not log in, is shorter; its length may differ from
// client to client. A server hands over more than this before it can notice that
// a client has gone, unless the client goes at once.
const leastCut = 64 << 10

// maxCuts is how many of one recording are looked at.
const maxCuts = 1024

// Add counts a request of the recording at hand, whose size is known.
func (c *Cuts) Add(r *request.Request, size int64) {
	t := r.Time()
	if !canCompare(r) || t == accesslog.NoTime {
		return
	}
	switch {
	case r.Bytes == size && (c.whole == accesslog.NoTime || t < c.whole):
		c.whole = t
	case r.Bytes > size && len(c.over) < 2 && !slices.Contains(c.over, r.Bytes-size) && r.Bytes-size >= leastHeader && r.Bytes-size <= provenHeader+size/tlsShare:
		c.over = append(c.over, r.Bytes-size)
	case r.Bytes >= leastCut && r.Bytes < size && len(c.short) < maxCuts:
		c.short = append(c.short, cut{t, r.Bytes})
	}
}

// Begin starts a recording.
func (c *Cuts) Begin() { c.whole, c.short, c.over = accesslog.NoTime, c.short[:0], c.over[:0] }

// End ends a recording.
func (c *Cuts) End() {
	var lengths []int64
	for _, s := range c.short {
		if c.whole != accesslog.NoTime && s.time > c.whole && !slices.Contains(lengths, s.bytes) {
			lengths = append(lengths, s.bytes)
		}
	}
	if len(lengths) >= 2 {
		c.recordings++
	}
	c.most = max(c.most, len(lengths))
	if len(c.over) > 1 {
		c.longer++
	}
}

// varied says whether answers for the same recording were longer by different
// lengths.
func (c *Cuts) varied() bool { return c != nil && c.longer > 0 }

// shown says whether there were cuts.
func (c *Cuts) shown() bool { return c != nil && (c.recordings >= fewest || c.most > fewest) }
