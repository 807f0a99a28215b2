package accesslog

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Explanation shows a detection by the sample that it was made from, of which it
// borrows nothing. Texts are as logged: whoever prints them escapes them.
type Explanation struct {
	Lines    int       // as Detection.Lines
	Parsed   int       // of them read, by the reading that was taken
	Comments int       // lines beside them that are comments or name columns
	First    int64     // time of the sample's earliest record, or NoTime
	Last     int64     // of its latest
	Yearless int       // records that have no time because the log has no year and none was given
	Records  []Example // its first records
	Rejects  []Example // its first rejects
}

// Example is a line of a sample.
type Example struct {
	Line   int // from 1
	Fields []Field
	Reason Reason // of a reject
	Raw    []byte // of a reject: its first RejectHead bytes
}

// Field is a field of a record, under its name in the requests table.
type Field struct{ Name, Value string }

// explained is how many records and how many rejects are shown.
const explained = 3

// Explain reads the sample again in the way that was detected and keeps what
// shows how it went. Of a source of unknown format no line is read.
func (d Detection) Explain(sample []byte) Explanation {
	e := Explanation{Lines: d.Lines, First: NoTime, Last: NoTime}
	parser := d.Reading.NewParser()
	if parser == nil {
		return e
	}
	director, _ := parser.(Director)
	lines := NewLines(sample)
	var r Record
	for n, tried := 1, 0; tried < detectLines; n++ {
		line, ok := lines.Next()
		if !ok {
			break
		}
		text := SkipNUL(SkipMark(line.Text))
		switch {
		case Blank(text):
			continue
		case Comment(text):
			e.Comments++
			if director != nil {
				director.Directive(text)
			}
			continue
		}
		tried++
		reason := ReasonTooLong
		if len(text) <= MaxLine {
			reason = parser.Parse(text, &r)
		}
		switch reason {
		case ReasonNone:
			e.record(n, &r)
		case ReasonHeader:
			e.Parsed++
			e.Comments++
		default:
			if len(e.Rejects) < explained {
				e.Rejects = append(e.Rejects, Example{Line: n, Reason: reason, Raw: bytes.Clone(text[:min(len(text), RejectHead)])})
			}
		}
	}
	return e
}

func (e *Explanation) record(n int, r *Record) {
	e.Parsed++
	if r.Time != NoTime {
		if e.First == NoTime || r.Time < e.First {
			e.First = r.Time
		}
		e.Last = max(e.Last, r.Time)
	}
	if r.Flags&FlagNoYear != 0 {
		e.Yearless++
	}
	if len(e.Records) < explained {
		e.Records = append(e.Records, Example{Line: n, Fields: r.Fields()})
	}
}

// Fields lists what a record holds, for people. What was not logged is left
// out, but for the fields that every request has.
func (r *Record) Fields() []Field {
	var list []Field
	add := func(name, value string) { list = append(list, Field{name, value}) }
	text := func(name string, b []byte) {
		if b != nil {
			add(name, string(b))
		}
	}
	number := func(name string, n int64) {
		if n != None {
			add(name, strconv.FormatInt(n, 10))
		}
	}
	must := func(name, value string, logged bool) {
		if !logged {
			value = "-"
		}
		add(name, value)
	}
	add("format", r.Format.Name)
	must("client", string(r.Client), r.Client != nil)
	must("time", zonedTime(r.Time, r.UTCOffsetMin), r.Time != NoTime)
	must("method", string(r.Method), r.Method != nil)
	must("url_original", string(r.Target), r.Target != nil)
	text("protocol", r.Protocol)
	must("status", strconv.Itoa(int(r.Status)), r.Status != 0)
	must("bytes", strconv.FormatInt(r.Bytes, 10), r.Bytes != None)
	number("bytes_with_headers", r.Sent)
	number("object_size", r.ObjectSize)
	if r.RangeFrom != RangeNone {
		number("range_start", r.RangeStart)
		number("range_end", r.RangeEnd)
		add("range_from", r.RangeFrom.String())
	}
	if r.Finished != FinishedUnknown {
		add("finished", strconv.FormatBool(r.Finished == FinishedYes))
	}
	number("duration_us", r.DurationUS)
	text("host", r.Host)
	text("user", r.User)
	text("user_agent", r.Agent)
	text("referrer", r.Referrer)
	text("forwarded_for", r.Forwarded)
	if r.Flags != 0 {
		add("flags", strings.Join(r.Flags.Names(), ","))
	}
	return list
}

// zonedTime writes a time with the offset that was logged.
func zonedTime(t int64, offsetMin int16) string {
	zone := time.FixedZone("", int(offsetMin)*60)
	return time.UnixMicro(t).In(zone).Format("2006-01-02T15:04:05.999999Z07:00")
}

// Tried says in a few words what an unknown source was tried as, and what came
// nearest.
func (d Detection) Tried() string {
	s := fmt.Sprintf("tried %d formats", len(table))
	if len(wrappers) > 0 {
		s += fmt.Sprintf(", bare and in %d wrappers", len(wrappers))
	}
	best := d.Best()
	switch {
	case d.UTF16:
		return s + ": none reads it, and it looks like UTF-16: convert it, e.g. iconv -f UTF-16 -t UTF-8"
	case !best.Reading.Known():
		return s + fmt.Sprintf(": none reads any of %d lines", d.Lines)
	}
	return s + fmt.Sprintf(": the nearest, %s, reads %d of %d lines", best.Reading.Name(), best.Parsed, best.Lines)
}
