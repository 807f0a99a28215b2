package report

import (
	"bytes"
	"io"
)

// LineFormat is a line format that can be read, as plain values.
type LineFormat struct {
	Name       string `json:"name"`
	Title      string `json:"title"`
	Meaning    string `json:"bytes_meaning"`
	MeaningWhy string `json:"meaning_why"`
	TimeAt     string `json:"time_at"`
	TimeZone   string `json:"time_zone"`
	Escaping   string `json:"escaping"`
	Fields     string `json:"fields"`
	Stateless  bool   `json:"stateless"`
	Source     string `json:"documentation"`
}

// LineWrapper is what another program may put around each line.
type LineWrapper struct {
	Name      string `json:"name"`
	Title     string `json:"title"`
	Stateless bool   `json:"stateless"`
	Source    string `json:"documentation"`
}

// LineFormats is all that can be read.
type LineFormats struct {
	Formats  []LineFormat  `json:"formats"`
	Wrappers []LineWrapper `json:"wrappers"`
}

// LineFormatTable draws the formats and the wrappers, a row each.
func LineFormatTable(w io.Writer, all LineFormats, width int) error {
	width = max(width, minWidth)
	formats := table{head: []column{
		{title: "Format"}, {title: "What it is"}, {title: "Bytes meaning"}, {title: "Time"}, {title: "Zone"}, {title: "Lines", spare: 1},
	}}
	for _, f := range all.Formats {
		formats.rows = append(formats.rows, []text{own(f.Name), own(f.Title), own(f.Meaning), own(f.TimeAt), own(f.TimeZone), own(order(f.Stateless))})
	}
	var b bytes.Buffer
	if err := terminalTable(&b, formats, width); err != nil {
		return err
	}
	if len(all.Wrappers) > 0 {
		b.WriteByte('\n')
		wrappers := table{head: []column{{title: "Wrapper"}, {title: "What it is"}, {title: "Lines", spare: 1}}}
		for _, v := range all.Wrappers {
			wrappers.rows = append(wrappers.rows, []text{own(v.Name), own(v.Title), own(order(v.Stateless))})
		}
		if err := terminalTable(&b, wrappers, width); err != nil {
			return err
		}
	}
	_, err := b.WriteTo(w)
	return err
}

// LineFormatPage draws all that is known of one format.
func LineFormatPage(w io.Writer, f LineFormat, width int) error {
	var b bytes.Buffer
	list := facts{width: max(width, minWidth)}
	list.add("format", f.Name)
	list.add("what it is", f.Title)
	list.add("bytes meaning", join(f.Meaning, f.MeaningWhy))
	list.add("time is that of", f.TimeAt)
	list.add("time zone", f.TimeZone)
	list.add("escaping", f.Escaping)
	list.add("fields", f.Fields)
	list.add("lines", order(f.Stateless))
	list.add("documentation", f.Source)
	list.draw(&b)
	_, err := b.WriteTo(w)
	return err
}

// LineWrapperPage draws all that is known of one wrapper.
func LineWrapperPage(w io.Writer, v LineWrapper, width int) error {
	var b bytes.Buffer
	list := facts{width: max(width, minWidth)}
	list.add("wrapper", v.Name)
	list.add("what it is", v.Title)
	list.add("lines", order(v.Stateless))
	list.add("documentation", v.Source)
	list.draw(&b)
	_, err := b.WriteTo(w)
	return err
}

func order(stateless bool) string {
	if stateless {
		return "in any order"
	}
	return "in order only"
}
