package pipeline

import (
	"fmt"
	"strings"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
)

// noteUnknown records that sources of unknown format were not read. It runs
// before the sources are written.
func (a *analysis) noteUnknown() {
	for _, s := range a.sources {
		if s.err == "" && s.stats.rejected > 0 && len(s.stats.forms) == 0 {
			s.err = "unknown format: no line could be read"
			if s.reading.Known() {
				s.err += " as " + s.reading.Name()
			}
			if s.tried != "" {
				s.err += " (" + s.tried + ")"
			}
			s.err += "; look at it with 'recount detect' and name the format with --format"
		}
	}
}

// warnings lists what a reader of the figures must look at.
func (a *analysis) warnings(t *totals) []string {
	w := []string{}
	add := func(format string, args ...any) { w = append(w, fmt.Sprintf(format, args...)) }
	for _, s := range a.sources {
		switch {
		case s.err != "":
			add("%s: %s", s.Path, s.err)
		case s.streamLen == 0:
			add("%s is empty", s.Path)
		}
		if s.stats.rejected > 0 && len(s.stats.forms) > 0 {
			add("%s: %d of %d lines could not be read%s", s.Path, s.stats.rejected, s.stats.lines, a.where())
		}
		if s.stats.cutOff > 0 {
			add("%s: %d lines are cut off behind the status; what is whole of them was used", s.Path, s.stats.cutOff)
		}
		a.timeRemarks(s, add)
		meaning, _ := s.meaningText()
		if s.meaningSet && !s.wordUsed() && meaning != s.meaning.String() {
			add("%s: the bytes meaning %s that was given is not used: the format fixes it as %s", s.Path, s.meaning, meaning)
		}
		for _, n := range s.notes {
			add("%s: %s", s.Path, n)
		}
	}
	for _, p := range a.pools {
		if remark := p.signs.Refute(p.meaning); remark != "" {
			add("%s: %s", p.name(), remark)
		}
	}
	a.copyRemarks(add)
	w = append(w, a.runs.twice.warnings(a.sources)...)
	for _, ar := range a.archives {
		if ar.Damage != nil {
			add("%s: %s", ar.Path, ar.Damage)
		}
		for _, u := range ar.Problems {
			add("%s was not read: %s", u.Path, u.Reason)
		}
		for _, n := range ar.Warnings {
			add("%s: %s", ar.Path, n)
		}
	}
	for _, c := range a.options.Servers {
		for _, r := range c.Remarks {
			add("%s", r)
		}
	}
	for _, u := range a.set.Unread {
		add("%s was not read: %s", u.Path, u.Reason)
	}
	for _, size := range a.common {
		add("very many recordings were answered with the same %d bytes: a log-in page or an error page, it seems; such downloads count as possible at most", size)
	}
	if t.contradicted > 0 {
		add("of %d recordings the log shows more bytes than their size: an error page, another version or a wrong size; nothing of them is taken as proven", t.contradicted)
	}
	if a.invFile != nil && t.sizeFrom[download.SizeInventory] == 0 && t.requested.Recordings > 0 {
		add("no recording that was handed over is in the inventory %s; its paths must be as in the logs, from the root of the site", a.invFile.Name)
	}
	a.coverageRemarks(add)
	acc := a.accounting()
	switch {
	case acc.Lines == 0:
		add("the evidence holds no line")
	case acc.Requests == 0:
		add("no line concerns a recording or a directory page; look at what a recording is (--recordings, --inventory)")
	}
	if a.places == nil || len(a.places.Databases()) == 0 {
		add("no geo database was given (--geo): countries and networks of clients are not known")
	}
	return w
}

// timeRemarks says what of a source's times was not in its log.
func (a *analysis) timeRemarks(s *source, add func(format string, args ...any)) {
	if s.zone == nil && s.zoneless() && s.copyOf == nil {
		add("%s: times have no zone and were taken as UTC; give --timezone", s.Path)
	}
	if s.stats.ambiguous > 0 {
		add("%s: %d lines fall into an hour that is repeated in autumn, of which the first was assumed, or skipped in spring", s.Path, s.stats.ambiguous)
	}
	if s.stats.yearless > 0 {
		add("%s: the log has no years, and none was given: %d lines were read and have no time, only their order; give the year of its first line with --year", s.Path, s.stats.yearless)
	}
	if s.stats.timeless > 0 {
		add("%s: %d lines were read and have no time; the log gives them none", s.Path, s.stats.timeless)
	}
}

// zoneTaken is the zone that times without one were taken in, and who says so;
// empty where the log says it.
func (s *source) zoneTaken() (zone, by string) {
	switch {
	case !s.zoneless():
		return "", ""
	case s.zone != nil:
		return s.zone.String(), "user"
	}
	return "UTC", "default"
}

// timeAssumptions lists what is taken for true of the sources' times.
func (a *analysis) timeAssumptions() []casefile.Assumption {
	var out []casefile.Assumption
	for _, s := range a.sources {
		if zone, by := s.zoneTaken(); zone != "" && s.copyOf == nil {
			why := "the log does not say"
			if by == "default" {
				why += ", and none was given"
			}
			out = append(out, casefile.Assumption{What: "time zone of " + s.Path, Value: zone, By: by, Why: why})
		}
		if s.stats.inferred > 0 {
			out = append(out, casefile.Assumption{
				What: "years of " + s.Path, Value: fmt.Sprintf("inferred from the order of lines, from %d on", s.year), By: "inferred",
				Why: "the log has none; that of its first line is the user's word",
			})
		}
	}
	return out
}

// where says where rejects are kept, if they are.
func (a *analysis) where() string {
	if a.writer.Wants(casefile.TableRejects) {
		return "; they are in the rejects table"
	}
	return ""
}

// assumptions lists what the figures take for true.
func (a *analysis) assumptions(t *totals) []casefile.Assumption {
	out := []casefile.Assumption{}
	for _, s := range a.sources {
		meaning, why := s.meaningText()
		if s.copyOf != nil || !s.wordUsed() && (len(s.stats.forms) == 0 || meaning == accesslog.MeaningUnknown.String()) {
			continue // nothing is assumed
		}
		out = append(out, casefile.Assumption{What: "bytes meaning of " + s.Path, Value: meaning, By: s.meaningBy(), Why: why})
	}
	out = append(out, a.timeAssumptions()...)
	out = append(out, a.runs.twice.assumptions()...)
	out = append(out, a.coverageAssumptions()...)
	for _, s := range a.sources {
		if n, shortest, longest := s.headers.Learned(); n > 0 {
			out = append(out, casefile.Assumption{
				What: "response headers in " + s.Path, Value: fmt.Sprintf("%d to %d bytes", shortest, longest), By: "inferred",
				Why: fmt.Sprintf("what %d full responses in its log have more than their body, whose size is known", n),
			})
		}
	}
	what, by := "audio and video files by their extension", "default"
	if len(a.options.Recordings) > 0 {
		what, by = strings.Join(a.options.Recordings, " "), "user"
	}
	out = append(out, casefile.Assumption{What: "what a recording is", Value: what, By: by, Why: "and every path of the inventory, if one was given"})
	if a.invFile != nil {
		out = append(out, casefile.Assumption{What: "sizes of recordings", Value: fmt.Sprintf("as in the inventory %s, for %d recordings that were handed over", a.invFile.Name, t.sizeFrom[download.SizeInventory]), By: "user", Why: "the files were the same when they were downloaded"})
	}
	if n := t.sizeFrom[download.SizeRepeated]; n > 0 {
		out = append(out, casefile.Assumption{
			What: "sizes of recordings", Value: fmt.Sprintf("repeated, for %d recordings", n), By: "inferred",
			Why: "two clients or more got as many bytes, and nobody more",
		})
	}
	return append(out,
		casefile.Assumption{What: "hosts", Value: "one site", By: "default", Why: "the same path on any host name or address is the same recording"},
		casefile.Assumption{What: "directory pages", Value: "a target that ends in / and was answered with content is a listing", By: "default", Why: "the log does not show what the page held"},
		casefile.Assumption{What: "time of lines whose format does not say start or end", Value: "start", By: "default", Why: "Apache logs the start, nginx the end, in the same syntax"})
}

// limits says what these logs cannot show.
func (a *analysis) limits(t *totals) []string {
	out := []string{
		"A log shows what the server handed to its network, not what a client received: a client that vanished while bytes were buffered cannot be seen.",
		"An address is not a person: one may stand for many people, and one person may have many addresses.",
		"A recording that was replaced or grew counts as one: a whole copy of a smaller version looks like a cut one, and pieces of two versions like a whole, unless the log states totals.",
		"Earlier copies, caches and other ways to the recordings are not in these logs.",
	}
	if a.invFile == nil {
		out = append(out, "No inventory was given: sizes are known only where the log tells, and names shown in listings cannot be counted.")
	}
	if n := t.sizeFrom[download.SizeUnknown]; n > 0 {
		out = append(out, fmt.Sprintf("The size of %d recordings that were handed over is not known: none of their downloads can be proven complete.", n))
	}
	var accessOnly int64
	for _, s := range a.sources {
		accessOnly += s.stats.accessOnly
	}
	if accessOnly > 0 {
		out = append(out, fmt.Sprintf("%d lines show that a recording was read or opened in place (SMB, a file manager), and never how much of it: such downloads are possible at most.", accessOnly))
	}
	var methodless int64
	for _, s := range a.sources {
		methodless += s.stats.methodless
	}
	if methodless > 0 {
		out = append(out, fmt.Sprintf("%d lines do not say the method: each may have been HEAD, which hands out nothing. They count as if they were GET, but nothing of them is proven, and their downloads are likely at most.", methodless))
	}
	for _, s := range a.sources {
		if meaning, _ := s.meaningText(); strings.Contains(meaning, accesslog.MeaningUnknown.String()) && len(s.stats.forms) > 0 && !s.spent() {
			return append(out, "What the size field counts is not known for at least one source: its downloads can be likely, but not complete (except of an empty recording). If you know the server's configuration, say so with --bytes-meaning.")
		}
	}
	return out
}
