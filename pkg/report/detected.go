package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/logrecount/recount/internal/escape"
)

// Detected is how one source would be read, as plain values. Texts may hold
// what a log holds.
type Detected struct {
	Source       string            `json:"source"`
	Compression  string            `json:"compression,omitempty"`
	Format       string            `json:"format"` // behind its wrapper, "docker+combined"; "unknown"
	Title        string            `json:"title,omitempty"`
	Sample       DetectedSample    `json:"sample"`
	Parsed       int64             `json:"parsed"` // of sample.lines
	BytesMeaning string            `json:"bytes_meaning,omitempty"`
	MeaningWhy   string            `json:"meaning_why,omitempty"`
	TimeAt       string            `json:"time_at,omitempty"`
	TimeZone     string            `json:"time_zone,omitempty"`
	Years        string            `json:"years,omitempty"` // only where the log has none
	FirstTime    string            `json:"sample_first_time,omitempty"`
	LastTime     string            `json:"sample_last_time,omitempty"`
	Records      []DetectedRecord  `json:"records"`
	Rejects      []DetectedReject  `json:"rejects"`
	RunnersUp    []DetectedReading `json:"runners_up"`
	Advice       string            `json:"advice,omitempty"` // what was tried in vain, and what to do
	Error        string            `json:"error,omitempty"`
	Notes        []string          `json:"notes,omitempty"`
}

// DetectedSample is what of a source was looked at.
type DetectedSample struct {
	Bytes    int64 `json:"bytes"` // of the decompressed stream
	Whole    bool  `json:"whole"` // that is all of it
	Lines    int64 `json:"lines"` // tried; neither blank nor comments
	Comments int64 `json:"comments"`
}

// DetectedRecord is a line that was read, field by field.
type DetectedRecord struct {
	Line   int64          `json:"line"`
	Fields DetectedFields `json:"fields"`
}

// DetectedField is a field of a record; "-" stands for what was not logged.
type DetectedField struct{ Name, Value string }

// DetectedFields are a record's fields in their order; in JSON they are an object.
type DetectedFields []DetectedField

// MarshalJSON implements json.Marshaler.
func (f DetectedFields) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, field := range f {
		b.WriteByte("{,"[min(i, 1)])
		writeJSONString(&b, field.Name)
		b.WriteByte(':')
		writeJSONString(&b, field.Value)
	}
	if len(f) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// DetectedReject is a line that could not be read.
type DetectedReject struct {
	Line   int64  `json:"line"`
	Reason string `json:"reason"`
	Raw    string `json:"raw"`
}

// DetectedReading is another way to read a source.
type DetectedReading struct {
	Format string `json:"format"`
	Parsed int64  `json:"parsed"`
	Lines  int64  `json:"lines"`
}

// Detections draws how sources would be read, for a terminal of that width.
func Detections(w io.Writer, list []Detected, width int) error {
	width = max(width, minWidth)
	var b bytes.Buffer
	for i := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		detection(&b, &list[i], width)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// shownRunners is how many runners-up are drawn; JSON has all.
const shownRunners = 5

// shownName is how many cells of a format's name are drawn after the first
// time: that of a format string is the string.
const shownName = 40

func detection(b *bytes.Buffer, d *Detected, width int) {
	head := escape.Terminal(d.Source)
	if d.Compression != "" {
		head += " (" + d.Compression + ")"
	}
	b.WriteString(head + "\n")
	f := facts{width: width, indent: 2}
	if d.Sample.Bytes > 0 {
		format := d.Format
		if d.Title != "" {
			format += ": " + d.Title
		}
		f.add("format", format)
		f.add("lines that parse", share(d.Parsed, d.Sample.Lines))
		f.add("sample", sampleText(d.Sample))
	}
	f.add("bytes meaning", join(d.BytesMeaning, d.MeaningWhy))
	f.add("time is that of", d.TimeAt)
	f.add("time zone", d.TimeZone)
	f.add("years", d.Years)
	f.add("first time", suffix(d.FirstTime, " (of the sample)"))
	f.add("last time", suffix(d.LastTime, " (of the sample)"))
	if len(d.RunnersUp) > 0 {
		var others []string
		for _, r := range d.RunnersUp[:min(len(d.RunnersUp), shownRunners)] {
			others = append(others, escape.Truncate(r.Format, shownName)+" "+share(r.Parsed, r.Lines))
		}
		if more := len(d.RunnersUp) - shownRunners; more > 0 {
			others = append(others, "and "+group(int64(more))+" more")
		}
		f.add("runners-up", strings.Join(others, "; "))
	}
	f.add("error", d.Error)
	for _, n := range d.Notes {
		f.add("note", n)
	}
	f.add("what to do", d.Advice)
	f.draw(b)
	for _, r := range d.Records {
		fmt.Fprintf(b, "  record in line %s\n", group(r.Line))
		f := facts{width: width, indent: 4, verbatim: true}
		for _, field := range r.Fields {
			if field.Name == "format" {
				field.Value = escape.Truncate(field.Value, shownName)
			}
			f.add(field.Name, field.Value)
		}
		f.draw(b)
	}
	for _, r := range d.Rejects {
		fmt.Fprintf(b, "  reject in line %s: %s\n", group(r.Line), r.Reason)
		b.WriteString("    " + escape.Truncate(escape.Terminal(r.Raw), max(width-4, 1)) + "\n")
	}
}

func sampleText(s DetectedSample) string {
	text := "the first " + plural(s.Bytes, "byte", "bytes") + "; the rest was not looked at"
	if s.Whole {
		text = "the whole source, " + plural(s.Bytes, "byte", "bytes")
	}
	if s.Comments > 0 {
		text += "; beside these lines " + plural(s.Comments, "comment line", "comment lines")
	}
	return text
}

// share writes a part of a whole. Only all is 100 %, and only none is 0 %.
func share(n, of int64) string {
	s := group(n) + " of " + group(of)
	switch {
	case of == 0:
		return s
	case n > 0 && n*1000 < of:
		return s + " (under 0.1 %)"
	case n*100%of == 0:
		return s + fmt.Sprintf(" (%d %%)", n*100/of)
	}
	return s + fmt.Sprintf(" (%d.%d %%)", n*1000/of/10, n*1000/of%10) // cut, not rounded
}

func join(a, why string) string {
	if a == "" || why == "" {
		return a
	}
	return a + ": " + why
}

func suffix(s, more string) string {
	if s == "" {
		return ""
	}
	return s + more
}

// facts is a list of names and values, drawn in two columns.
type facts struct {
	width, indent int
	verbatim      bool // long values are broken anywhere, and so no space of theirs is lost
	list          [][2]string
}

// add adds a fact; one without a value is left out.
func (f *facts) add(name, value string) {
	if value != "" {
		f.list = append(f.list, [2]string{name, escape.Terminal(value)})
	}
}

func (f *facts) draw(b *bytes.Buffer) {
	widest := 0
	for _, one := range f.list {
		widest = max(widest, cells(one[0]))
	}
	left := strings.Repeat(" ", f.indent)
	hang := left + strings.Repeat(" ", widest+gap)
	for _, one := range f.list {
		room := max(f.width-len(hang), 20)
		lines := wrap(one[1], room)
		if f.verbatim {
			lines = chop(one[1], room)
		}
		b.WriteString(left + one[0] + strings.Repeat(" ", widest-cells(one[0])+gap) + strings.Join(lines, "\n"+hang) + "\n")
	}
}

// chop breaks s into lines of at most width cells.
func chop(s string, width int) []string {
	var lines []string
	for cells(s) > width {
		head := cutAt(s, width)
		lines = append(lines, head)
		s = s[len(head):]
	}
	return append(lines, s)
}

// JSON writes a value for programs: what a terminal would act on, or hide, is
// written as \uXXXX.
func JSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	var out bytes.Buffer
	for line := range strings.Lines(b.String()) { // within a text a line end is \n
		writeVisible(&out, strings.TrimSuffix(line, "\n"))
		out.WriteByte('\n')
	}
	_, err := out.WriteTo(w)
	return err
}
