package report

import (
	"fmt"
	"strings"

	"github.com/logrecount/recount/internal/escape"
)

// Numbers of bytes are written without commas here, as the lines beside them
// have them.

var sizeFromText = map[string]string{
	"inventory":      "by the inventory",
	"object_size":    "stated by a line for this recording, as the size of the object",
	"content_range":  "stated by a Content-Range in a line for this recording",
	"content_length": "stated by a Content-Length in a line for this recording",
	"planned":        "the most that a line for this recording says was planned",
	"repeated":       "not stated anywhere; two clients or more were sent that many, and none more",
}

func sizeText(d *TracedDownload) string {
	if d.Size == nil {
		return "not known"
	}
	s := fmt.Sprintf("%d bytes", *d.Size)
	if from := sizeFromText[d.SizeFrom]; from != "" {
		s += ", " + from
	}
	return s
}

// bounds says how many bytes there were.
func bounds(lower int64, upper *int64) string {
	switch {
	case upper == nil:
		return fmt.Sprintf("at least %d bytes; how many at most is not known", lower)
	case lower == *upper:
		return fmt.Sprintf("%d bytes", lower)
	}
	return fmt.Sprintf("at least %d and at most %d bytes", lower, *upper)
}

// shownPlaces is how many places of one download are drawn; JSON has all.
const shownPlaces = 20

func placesText(list []TracedBytes) string {
	if len(list) == 0 {
		return "no byte at a known place"
	}
	var places []string
	for _, p := range list[:min(len(list), shownPlaces)] {
		places = append(places, placeText(p))
	}
	text := "bytes " + strings.Join(places, ", ")
	if more := len(list) - shownPlaces; more > 0 {
		text += fmt.Sprintf(" and %d more places", more)
	}
	return text
}

func placeText(p TracedBytes) string {
	if p.First == p.Last {
		return fmt.Sprint(p.First)
	}
	return fmt.Sprintf("%d to %d", p.First, p.Last)
}

func requestsText(d *TracedDownload) string {
	s := fmt.Sprintf("%d, of which %d %s answered with content", d.Requests, d.Content, were(d.Content))
	switch d.Content {
	case 0:
		s = fmt.Sprintf("%d, without content in the answer", d.Requests)
	case d.Requests:
		s = fmt.Sprintf("%d, answered with content", d.Requests)
	}
	if d.Sessions > 1 {
		s += fmt.Sprintf(", in %d sessions (another user agent, or a pause over 24 hours, begins another)", d.Sessions)
	}
	if d.UserAgents > 1 {
		s += fmt.Sprintf("; by %d user agents", d.UserAgents)
	}
	return s
}

func span(first, last string) string {
	switch {
	case first == "":
		return "no line has a time"
	case first == last:
		return first
	}
	return first + " to " + last
}

func answerText(l *TracedLine) string {
	s := l.Kind
	if l.Status != nil {
		s += fmt.Sprintf(", status %d", *l.Status)
	}
	if l.Session > 0 {
		s += fmt.Sprintf(", session %d", l.Session)
	}
	return s
}

// addsText says what a line adds to the recording, and where.
func addsText(l *TracedLine) string {
	s := bounds(l.Lower, l.Upper)
	if l.Start == nil {
		return s + ", at no known place"
	}
	s += fmt.Sprintf(" from byte %d on", *l.Start)
	if l.Proven != nil {
		s += "; proven: bytes " + placeText(*l.Proven)
	}
	return s
}

// nameText is a name of a log, cut where it fills pages. JSON has it whole.
func nameText(name string) text {
	const most = 400
	safe := escape.Terminal(name)
	if short := escape.Truncate(safe, most); short != safe {
		return foreign(fmt.Sprintf("%s (cut here; the name has %d bytes)", short, len(name)))
	}
	return foreign(name)
}
