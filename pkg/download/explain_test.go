package download

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// explain folds the requests of one pair as Add does, and gives their parts.
func explain(reqs []*request.Request, sizing Sizing, h *Headers) (Download, []Part, *Fold) {
	f := NewFold(func(int32) *Headers { return h })
	f.Begin(reqs[0].Recording, reqs[0].Client, sizing)
	var parts []Part
	for _, r := range reqs {
		parts = append(parts, f.Explain(r))
	}
	return f.End(), parts, f
}

// addUp puts parts together in the plain way: the union of what has a place and
// the sum of what has none, within the size.
func addUp(parts []Part, size int64) (lower, upper int64) {
	var proven, reached intervals
	var unplaced, longest int64
	open := false
	for _, p := range parts {
		if p.Session == 0 {
			continue
		}
		switch {
		case p.Upper == accesslog.None:
			open = true
			longest = max(longest, p.Lower)
		case p.Start == accesslog.None:
			unplaced = plus(unplaced, p.Upper)
			longest = max(longest, p.Lower)
		default:
			proven.add(p.Start, plus(p.Start, p.Lower))
			reached.add(p.Start, plus(p.Start, p.Upper))
		}
	}
	lower, upper = max(proven.size(), longest), plus(reached.size(), unplaced)
	if open {
		upper = accesslog.None
	}
	if size != accesslog.None {
		lower = min(lower, size)
		if open || upper > size {
			upper = size
		}
	}
	if upper != accesslog.None {
		lower = min(lower, upper)
	}
	return lower, upper
}

// What the lines are said to add is what the download says.
func TestPartsAddUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	seen := map[string]bool{}
	for range 5000 {
		data := make([]byte, 9+8*rng.IntN(12))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		reqs, inventory := fromBytes(data)
		if len(reqs) == 0 {
			continue
		}
		reqs = sorted(reqs)
		h := learned(300, 310)
		var sizer Sizer
		sizer.Reset()
		for _, r := range reqs {
			sizer.Add(r)
		}
		sizing := sizer.Sizing(inventory)
		if again := sizer.With(sizing.Size); !reflect.DeepEqual(again, sizing) {
			t.Fatalf("With(%v) is %+v, Sizing %+v", sizing.Size, again, sizing)
		}
		want := foldSized(reqs, sizing, h)[0]
		d, parts, f := explain(reqs, sizing, h)
		if !reflect.DeepEqual(d, want) {
			t.Fatalf("explained %+v, added %+v%s", d, want, describe(reqs))
		}
		if lower, upper := addUp(parts, sizing.proven()); len(sizing.others) == 0 && (lower != d.BytesLower || upper != d.BytesUpper) {
			t.Fatalf("parts add up to %d..%d: %s%s", lower, upper, show(d), describe(reqs))
		}
		for i, p := range parts {
			content := reqs[i].Kind == request.KindContent || reqs[i].Kind == request.KindProbe ||
				reqs[i].Kind == request.KindNoContent && sizing.toAnyMethod(reqs[i])
			switch {
			case content != (p.Session > 0) || p.Session > f.Sessions():
				t.Fatalf("session %d of a request of kind %v", p.Session, reqs[i].Kind)
			case p.Upper != accesslog.None && p.Lower > p.Upper:
				t.Fatalf("lower above upper: %+v%s", p, describe(reqs[i:i+1]))
			case p.Grade > d.Grade && d.Grade != GradeProbe:
				t.Fatalf("alone %v: %s%s", p.Grade, show(d), describe(reqs))
			case len(p.Why) == 0:
				t.Fatalf("no reason%s", describe(reqs[i:i+1]))
			}
			for _, s := range p.Why {
				if s != strings.TrimSpace(s) || !strings.HasSuffix(s, ".") || strings.Contains(s, "%!") || strings.Contains(s, " -") {
					t.Fatalf("%q is no sentence", s)
				}
				seen[regexp.MustCompile(`\d+`).ReplaceAllString(s, "N")] = true
			}
			if words, ok := BasisWords(p.Basis); !ok || words.Grade != p.Grade {
				t.Fatalf("%v rests on %q: %+v", p.Grade, p.Basis, words)
			}
		}
		if words, ok := BasisWords(d.Basis); !ok || words.Grade != d.Grade {
			t.Fatalf("%v rests on %q: %+v", d.Grade, d.Basis, words)
		}
	}
	if len(seen) < 30 {
		t.Errorf("only %d different sentences: %v", len(seen), seen)
	}
}

func TestExplain(t *testing.T) {
	small := learned(300)
	for _, c := range []struct {
		name   string
		size   int64
		h      *Headers
		req    *req
		bounds string
		why    string
	}{
		{"accepted, whole", 1000, nil, get(200, 1000), "0 1000..1000 complete one_response",
			"A full response, which begins at byte 0. The size field says 1000 bytes: body bytes that the server's network took."},
		{"accepted, more than the size", 1000, nil, get(200, 1200), "0 1000..1000 complete one_response",
			"A full response, which begins at byte 0. The size field says 1200 bytes: body bytes that the server's network took. The recording, or the range, holds no more than 1000 bytes from there on: the rest of the number is not of it."},
		{"accepted over HTTP/2", 1000, nil, get(200, 1009).h2(), "0 1000..1000 complete one_response",
			"A full response, which begins at byte 0. The size field says 1009 bytes: body bytes that the server's network took. Over HTTP/2 and HTTP/3 it counts frame headers too: as much as 9 bytes of it may be such. The recording, or the range, holds no more than 1000 bytes from there on: the rest of the number is not of it."},
		{"planned", 1000, nil, get(200, 1000).planned(), "0 0..1000 likely planned_size",
			"A full response, which begins at byte 0. The size field says 1000 bytes: what the server planned to send. Of what was sent a plan proves nothing."},
		{"planned, finished", 1000, nil, get(200, 1000).planned().done(), "0 1000..1000 complete one_response",
			"A full response, which begins at byte 0. The size field says 1000 bytes: what the server planned to send. The log says that the response came to its end."},
		{"planned, cut", 1000, nil, get(200, 1000).planned().cut(), "0 0..999 partial aborted",
			"A full response, which begins at byte 0. The size field says 1000 bytes: what the server planned to send. The log says that it was cut: at least one byte is missing."},
		{"planned, less sent", 1000, small, get(200, 1000).planned().sent(900), "0 465..900 partial aborted",
			"A full response, which begins at byte 0. The size field says 1000 bytes: what the server planned to send. Beside it the log has 900 bytes, headers counted, that the network took: fewer than planned, so it was cut. The longest headers seen in this source have 300 bytes; less them, and what TLS may have added, 465 bytes are body for certain."},
		{"planned, all sent", 1000, small, get(200, 1000).planned().sent(1300), "0 1000..1000 complete one_response",
			"A full response, which begins at byte 0. The size field says 1000 bytes: what the server planned to send. Beside it the log has 1300 bytes, headers counted, that the network took: 300 more than planned, and headers of that length were seen in this source, so all was sent."},
		{"planned, sent by other headers", 1000, small, get(200, 1000).planned().sent(1299), "0 861..1000 likely planned_size",
			"A full response, which begins at byte 0. The size field says 1000 bytes: what the server planned to send. Beside it the log has 1299 bytes, headers counted, that the network took. The longest headers seen in this source have 300 bytes; less them, and what TLS may have added, 861 bytes are body for certain."},
		{"with headers that were seen", 10_000, small, get(200, 10_300).headers(), "0 10000..10000 complete one_response",
			"A full response, which begins at byte 0. The size field says 10300 bytes that the server's network took, headers counted. That is 300 more than the recording has, and headers of that length were seen in this source, so the body was whole."},
		{"with headers, none seen", 1000, nil, get(200, 1300).headers(), "0 0..1000 likely meaning_unknown",
			"A full response, which begins at byte 0. The size field says 1300 bytes that the server's network took, headers counted. How long the headers are is not known, so no body byte is certain by this count. The recording, or the range, holds no more than 1000 bytes from there on: the rest of the number is not of it."},
		{"unknown", 1000, nil, get(200, 1000).unknown(), "0 0..1000 likely meaning_unknown",
			"A full response, which begins at byte 0. The size field says 1000 bytes; what it counts is not known, so alone it proves nothing."},
		{"no number", 1000, nil, get(200, none), "0 0..1000 likely meaning_unknown",
			"A full response, which begins at byte 0. The line has no number of bytes, so anything from nothing to all that there is."},
		{"a last number", 1000, nil, flagged(get(200, 1000), accesslog.FlagUnterminated), "0 0..1000 likely meaning_unknown",
			"A full response, which begins at byte 0. The source ends with this line's last number, which may be cut short and is not used. The line has no number of bytes, so anything from nothing to all that there is."},
		{"asked for a range", 1000, nil, get(206, 400).asked(600, none), "600 400..400 partial hole",
			"A partial response; the client had asked for the bytes from 600, and for nothing else. The size field says 400 bytes: body bytes that the server's network took."},
		{"content range", 1000, nil, get(206, 400).at(0, 399), "0 400..400 partial hole",
			"A partial response; its Content-Range names the bytes from 0 to 399. The size field says 400 bytes: body bytes that the server's network took."},
		{"a part somewhere", 1000, nil, get(206, 1000), "-1 0..1000 likely range_fits",
			"A partial response; the log does not show which part. The size field says 1000 bytes: body bytes that the server's network took. Without its place it proves no particular byte."},
		{"a transfer of all", 1000, nil, get(226, 1000).ftp().done(), "0 1000..1000 complete one_response",
			"A transfer of at least as many bytes as the recording has: all of it. The log says that 1000 bytes were transferred."},
		{"a transfer of the end", 1000, nil, get(226, 400).ftp().done(), "600 400..400 partial hole",
			"A transfer that came to its end with fewer bytes than the recording has: its last part, from byte 600 on. The log says that 400 bytes were transferred."},
		{"a transfer that was cut", 1000, nil, get(426, 400).ftp().cut(), "-1 400..400 partial aborted",
			"A transfer of a file; the log does not show where in the file it began, as it may have been resumed. The log says that 400 bytes were transferred. The log says that it was cut: at least one byte is missing."},
		{"fewer than the size", 1000, nil, get(200, 999), "0 999..999 partial aborted",
			"A full response, which begins at byte 0. The size field says 999 bytes: body bytes that the server's network took. So it was no more than 999 of the recording's 1000 bytes: it was cut."},
		{"read in place", 1000, nil, get(0, none).read(), "-1 0..1000 possible access_only",
			"The file was read in place, and such a log never shows how much of it."},
		{"read in place, failed", 1000, nil, get(0, none).read().cut(), "-1 0..1000 partial aborted",
			"The file was read in place, and such a log never shows how much of it. The log says that it was cut: at least one byte is missing."},
		{"not found", 1000, nil, get(404, 9), "-1 0..0 none missing", "Status 404: the server had nothing at that path."},
		{"not modified", 1000, nil, get(304, none), "-1 0..0 none not_modified", "Status 304: the client named a version that it held, and was sent nothing."},
		{"416 at the size", 1000, nil, get(416, 9).asked(1000, none), "-1 0..0 none error",
			"Status 416, and the range asked for begins at byte 1000, where the recording ends: the client held what is before it."},
		{"denied", 1000, nil, get(403, 9), "-1 0..0 none denied", "Status 403: the server refused."},
		{"elsewhere", 1000, nil, get(302, 9), "-1 0..0 none redirect", "Status 302: the server named another place, and sent nothing of the recording."},
		{"head", 1000, nil, get(200, none).method("HEAD"), "-1 0..0 none head", "Status 200: a HEAD request, whose answer carries no content."},
		{"options", 1000, nil, get(200, none).method("OPTIONS"), "-1 0..0 none no_content", "Status 200: success, in answer to a request that hands out no content."},
		{"no status", 1000, nil, get(0, none), "-1 0..0 none error", "No status in the line: the request failed, and nothing of the recording was sent."},
		{"416 elsewhere", 1000, nil, get(416, 9).asked(999, none), "-1 0..0 none error", "Status 416: the request failed, and nothing of the recording was sent."},
	} {
		sizing := Sizing{Size: Size{c.size, SizeInventory}}
		_, parts, _ := explain(timed(rs(c.req)), sizing, c.h)
		p := parts[0]
		if got := fmt.Sprintf("%d %d..%d %v %s", p.Start, p.Lower, p.Upper, p.Grade, p.Basis); got != c.bounds {
			t.Errorf("%s: %s, want %s", c.name, got, c.bounds)
		}
		if got := strings.Join(p.Why, " "); got != c.why {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.why)
		}
	}
}

// What depends on the other requests: the session, and what a piece resumes.
func TestExplainAmongOthers(t *testing.T) {
	sizing := Sizing{Size: Size{1000, SizeInventory}}
	_, parts, f := explain(timed(rs(get(200, 600), get(206, 400), get(206, 100).later(48*hour), get(206, 100).agent("y"))), sizing, nil)
	want := []int{1, 1, 2, 3}
	for i, p := range parts {
		if p.Session != want[i] {
			t.Errorf("request %d is of session %d, want %d", i+1, p.Session, want[i])
		}
		if resumes := strings.Contains(strings.Join(p.Why, " "), "begins inside what the session already had"); resumes != (i == 1) {
			t.Errorf("request %d resumes: %v", i+1, resumes)
		}
	}
	if got := fmt.Sprint(f.Proven(), f.Reached(), f.Sessions()); got != "[{0 600}] [{0 600}] 3" {
		t.Errorf("proven, reached and sessions: %s", got)
	}
	f = NewFold(func(int32) *Headers { return nil })
	f.Common = map[int64]bool{500: true}
	f.Begin([]byte("/r.wav"), []byte("a"), Sizing{Size: Size{none, SizeUnknown}})
	if p := f.Explain(timed(rs(get(200, 500)))[0]); p.Basis != BasisCommonSize || !strings.Contains(strings.Join(p.Why, " "), "log-in page") {
		t.Errorf("common size: %+v", p)
	}
}

func flagged(q *req, f accesslog.Flags) *req { q.Flags |= f; return q }

// Headers that were learned before grade as they did.
func TestKnownHeaders(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		h := &Headers{}
		for range rng.IntN(20_000) {
			h.Learn(1 + rng.Int64N(1+rng.Int64N(2*maxHeader)))
		}
		responses, _, longest := h.Learned()
		known := KnownHeaders(responses, longest, h.Lengths())
		for length := int64(-1); length <= maxHeader+1; length++ {
			if h.has(length) != known.has(length) {
				t.Fatalf("%d: has is %v, and was %v", length, known.has(length), h.has(length))
			}
		}
		for _, sent := range []int64{0, 1, 5000, 1 << 40} {
			if h.leastBody(sent) != known.leastBody(sent) {
				t.Fatalf("least body of %d: %d, and was %d", sent, known.leastBody(sent), h.leastBody(sent))
			}
		}
	}
}

// Every grade and every basis has its words, each once.
func TestWords(t *testing.T) {
	code, err := os.ReadFile("session.go")
	if err != nil {
		t.Fatal(err)
	}
	constants := regexp.MustCompile(`\tBasis\w+ += "(\w+)"`).FindAllSubmatch(code, -1)
	if len(constants) < 16 {
		t.Fatalf("%d codes found in session.go", len(constants))
	}
	for _, m := range constants {
		if _, ok := BasisWords(string(m[1])); !ok {
			t.Errorf("basis %q has no words", m[1])
		}
	}
	// Without content, the kind is the basis, and the one that tells most counts.
	var nones []string
	for k := request.KindContent; k <= request.KindNoContent; k++ {
		words, ok := BasisWords(noneBasis(k))
		if want := telling(k) > 0; (ok && words.Grade == GradeNone) != want {
			t.Errorf("kind %v: words %v, want %v", k, ok, want)
		}
	}
	last := 8
	seen := map[string]bool{}
	for _, w := range Bases() {
		if seen[w.Name] {
			t.Errorf("basis %q has words twice", w.Name)
		}
		seen[w.Name] = true
		if w.Grade != GradeNone {
			continue
		}
		nones = append(nones, w.Name)
		for k := request.KindContent; k <= request.KindNoContent; k++ {
			if k.String() == w.Name {
				if telling(k) >= last {
					t.Errorf("%s does not stand behind what tells more: %v", w.Name, nones)
				}
				last = telling(k)
			}
		}
	}
	for i, w := range Grades() {
		if w.Name != w.Grade.String() || w.Grade != GradeComplete-Grade(i) {
			t.Errorf("grade %d is %+v", i, w)
		}
	}
	for _, w := range append(Grades(), Bases()...) {
		for _, s := range []string{w.Proves, w.Cannot} {
			if !strings.HasSuffix(s, ".") || strings.Contains(s, "|") || s != strings.TrimSpace(s) {
				t.Errorf("%s: %q is no sentence", w.Name, s)
			}
		}
	}
	if _, ok := GradeWords("no such grade"); ok {
		t.Error("words for no such grade")
	}
}
