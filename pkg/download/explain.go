package download

import (
	"fmt"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// why says which rules were used to read one answer. They are noted where they
// are used, so that an explanation is of what was done.
type why uint16

const (
	whyMayBeShort   why = 1 << iota // the line's last number was not believed: the source ends with it
	whyNoCount                      // there is no number of bytes
	whyFinished                     // it came to its end, so all that was planned was sent
	whyKnownHeaders                 // the count is more than the size by headers that were seen
	whySent                         // beside the plan there is a count with headers
	whySentLess                     // which is less than the plan
	whySentAll                      // which is more than the plan by headers that were seen
	whyCut                          // it was cut
	whyRoom                         // more was logged than the recording, or the range, holds
	whyResumes                      // it may be the rest of what the session had
	whyHeldAll                      // 416, with a range that begins at the size
)

// Part is what one request adds to its download, and why.
type Part struct {
	Start   int64    // of its first byte in the recording; accesslog.None: not known, or no content
	Lower   int64    // body bytes of the recording that were handed over, at least
	Upper   int64    // and at most; accesslog.None: no bound is known
	Session int      // number of its session in the download, from 1; 0: it carries no content
	Grade   Grade    // what it shows alone
	Basis   string   // why, alone
	Why     []string // in sentences
}

// Explain is Add, and gives what the request adds and why.
func (f *Fold) Explain(r *request.Request) Part {
	p, s := f.add(r)
	if s == nil {
		return Part{Start: accesslog.None, Basis: noneBasis(r.Kind), Why: withoutContent(r, p.why)}
	}
	part := Part{Start: p.start, Lower: p.lower, Upper: p.upper, Session: s.number}
	sizing := s.version.sizing
	part.Grade, part.Basis = s.version.held(gradeResponse(p, sizing))
	if part.Grade == GradePartial && p.parted() && !p.aborted {
		part.Basis = BasisHole // nothing was cut: it is a piece
	}
	part.Why = f.reasons(r, p, sizing)
	if part.Basis == BasisAborted && p.why&whyCut == 0 && !p.access {
		part.Why = append(part.Why, tooFew(p, sizing))
	}
	return part
}

// Alone gives what one answer with content shows by itself, whatever else the
// download has: where in the recording it begins (accesslog.None: not known), how
// many body bytes it has at most (accesslog.None: no bound is known), and whether
// it may have been the whole.
func (f *Fold) Alone(r *request.Request, sizing Sizing) (start, upper int64, whole bool) {
	p := readResponse(r, sizing.proven(), f.headers(r.Source))
	grade, _ := gradeResponse(p, sizing)
	return p.start, p.upper, grade >= GradePossible
}

// tooFew says why an answer of which the log does not say that it was cut was
// not the whole.
func tooFew(p response, sizing Sizing) string {
	if sizing.proves() {
		return fmt.Sprintf("So it was no more than %d of the recording's %d bytes: it was cut.", p.upper, sizing.Size.Bytes)
	}
	return "Other answers have more bytes of this recording: it was not the whole, or of another version."
}

// withoutContent explains a request whose answer carried nothing.
func withoutContent(r *request.Request, why why) []string {
	if why&whyHeldAll != 0 {
		return []string{fmt.Sprintf("Status 416, and the range asked for begins at byte %d, where the recording ends: the client held what is before it.", r.RangeStart)}
	}
	text := "the request failed, and nothing of the recording was sent."
	switch r.Kind {
	case request.KindListing:
		text = "a directory page, which shows names and carries nothing of a recording."
	case request.KindNotModified:
		text = "the client named a version that it held, and was sent nothing."
	case request.KindHead:
		text = "a HEAD request, whose answer carries no content."
	case request.KindDenied:
		text = "the server refused."
	case request.KindRedirect:
		text = "the server named another place, and sent nothing of the recording."
	case request.KindNoContent:
		text = "success, in answer to a request that hands out no content."
	case request.KindMissing:
		text = "the server had nothing at that path."
	}
	if r.Status == 0 {
		return []string{"No status in the line: " + text}
	}
	return []string{fmt.Sprintf("Status %d: %s", r.Status, text)}
}

// reasons explains an answer with content: where it lies, what was logged of
// it, and what follows.
func (f *Fold) reasons(r *request.Request, p response, sizing Sizing) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	say("%s", place(r, p))
	if p.why&whyMayBeShort != 0 {
		say("The source ends with this line's last number, which may be cut short and is not used.")
		r = withoutLast(r)
	}
	if !p.access {
		out = append(out, counted(r, p, f.headers(r.Source), sizing)...)
	}
	if p.why&whyFinished != 0 && p.why&whySentAll == 0 {
		say("The log says that the response came to its end.")
	}
	if p.why&whyCut != 0 && p.why&whySentLess == 0 || p.access && p.aborted {
		say("The log says that it was cut: at least one byte is missing.")
	}
	if p.why&whyRoom != 0 {
		say("The recording, or the range, holds no more than %d bytes from there on: the rest of the number is not of it.", p.upper)
	}
	if p.start < 0 && !p.transfer && !p.access {
		say("Without its place it proves no particular byte.")
	}
	if sizing.Size != f.sizing.Size {
		say("The line says that the recording had %d bytes then: it is of a version of its own, which is not joined with others.", sizing.Size.Bytes)
	}
	switch {
	case p.mayBeHead:
		say("The log does not say the method, nor how much was sent: it may have been HEAD, which hands out nothing.")
	case p.methodless:
		say("The log does not say the method, so the body may be another text.")
	case p.doubt == BasisOtherMethod:
		say("The method asks for nothing of the recording; but some servers hand a file to any method, and the answer is as long as the recording.")
	case p.doubt == BasisOtherVersion:
		say("The log shows more than one size of the recording, and this line does not say of which version it is: it is not joined with others.")
	case p.doubt == BasisCommonSize:
		say("Very many recordings were answered with this same number of bytes, as with a log-in page or an error page.")
	}
	if p.why&whyResumes != 0 {
		say("If it reaches to the end, it begins inside what the session already had from the start.")
	}
	return out
}

// place says where in the recording an answer lies, and how that is known.
func place(r *request.Request, p response) string {
	switch {
	case p.access:
		return "The file was read in place, and such a log never shows how much of it."
	case p.transfer && p.start == 0:
		return "A transfer of at least as many bytes as the recording has: all of it."
	case p.transfer && p.start > 0:
		return fmt.Sprintf("A transfer that came to its end with fewer bytes than the recording has: its last part, from byte %d on.", p.start)
	case p.transfer:
		return "A transfer of a file; the log does not show where in the file it began, as it may have been resumed."
	case p.full:
		return "A full response, which begins at byte 0."
	case p.start < 0:
		return "A partial response; the log does not show which part."
	}
	to := ""
	if r.RangeEnd >= r.RangeStart {
		to = fmt.Sprintf(" to %d", r.RangeEnd)
	}
	if r.RangeFrom == accesslog.RangeContent {
		return fmt.Sprintf("A partial response; its Content-Range names the bytes from %d%s.", r.RangeStart, to)
	}
	return fmt.Sprintf("A partial response; the client had asked for the bytes from %d%s, and for nothing else.", r.RangeStart, to)
}

// counted says what the line's numbers count, and what follows from them.
func counted(r *request.Request, p response, h *Headers, sizing Sizing) []string {
	if p.why&whyNoCount != 0 {
		return []string{"The line has no number of bytes, so anything from nothing to all that there is."}
	}
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	less := func(n int64) {
		if h == nil || h.most == 0 {
			say("How long the headers are is not known, so no body byte is certain by this count.")
			return
		}
		body := h.leastBody(n)
		if p.upper != unbounded {
			body = min(body, p.upper)
		}
		say("The longest headers seen in this source have %d bytes; less them, and what TLS may have added, %d bytes are body for certain.", h.most, body)
	}
	switch r.Meaning {
	case accesslog.MeaningPlanned:
		say("The size field says %d bytes: what the server planned to send.", r.Bytes)
		switch {
		case p.why&whySentLess != 0:
			say("Beside it the log has %d bytes, headers counted, that the network took: fewer than planned, so it was cut.", r.Sent)
			less(r.Sent)
		case p.why&whySentAll != 0:
			say("Beside it the log has %d bytes, headers counted, that the network took: %d more than planned, and headers of that length were seen in this source, so all was sent.", r.Sent, r.Sent-r.Bytes)
		case p.why&whySent != 0:
			say("Beside it the log has %d bytes, headers counted, that the network took.", r.Sent)
			less(r.Sent)
		case p.why&whyFinished == 0 && p.why&whyCut == 0:
			say("Of what was sent a plan proves nothing.")
		}
	case accesslog.MeaningAcceptedBody:
		say("The size field says %d bytes: body bytes that the server's network took.", r.Bytes)
	case accesslog.MeaningTransferred:
		say("The log says that %d bytes were transferred.", r.Bytes)
	case accesslog.MeaningAcceptedWithHeaders:
		say("The size field says %d bytes that the server's network took, headers counted.", r.Bytes)
		if p.why&whyKnownHeaders != 0 {
			say("That is %d more than the recording has, and headers of that length were seen in this source, so the body was whole.", r.Bytes-sizing.Size.Bytes)
		} else {
			less(r.Bytes)
		}
	default:
		say("The size field says %d bytes; what it counts is not known, so alone it proves nothing.", r.Bytes)
	}
	if body := lessFraming(r.Bytes, r.Protocol, smallFrame); body < r.Bytes && p.why&whyFinished == 0 &&
		(r.Meaning == accesslog.MeaningAcceptedBody || r.Meaning == accesslog.MeaningTransferred) && !p.transfer {
		say("Over HTTP/2 and HTTP/3 it counts frame headers too: as much as %d bytes of it may be such.", r.Bytes-body)
	}
	return out
}

// Interval is the bytes [From, To) of a recording.
type Interval struct{ From, To int64 }

// Proven lists the bytes that are proven at a known place, of all sessions, in
// order, of the version by which the download is graded. Call it after End;
// Begin ends what it gave.
func (f *Fold) Proven() []Interval { return f.graded().lower.list() }

// Reached lists the bytes at known places that may have been handed over, as
// Proven lists those that were.
func (f *Fold) Reached() []Interval { return f.graded().upper.list() }

func (f *Fold) graded() *version {
	if f.best == nil {
		return f.versions[0]
	}
	return f.best
}

func (s *intervals) list() []Interval {
	s.merge()
	var out []Interval
	for _, iv := range s.set {
		out = append(out, Interval{iv.from, iv.to})
	}
	return out
}

// Sessions is how many sessions the answers with content came in.
func (f *Fold) Sessions() int { return f.count }
