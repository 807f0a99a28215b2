package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
)

// jsonRows writes one array of objects, one object per line, with the columns
// in their order.
type jsonRows struct {
	w     io.Writer
	keys  [][]byte
	begun bool
	b     bytes.Buffer
}

func newJSONRows(w io.Writer, columns []string) *jsonRows {
	j := &jsonRows{w: w}
	for _, c := range columns {
		var b bytes.Buffer
		writeJSONString(&b, c)
		j.keys = append(j.keys, b.Bytes())
	}
	return j
}

func (j *jsonRows) row(values []any) error {
	if j.begun {
		j.b.WriteString(",\n")
	} else {
		j.b.WriteString("[\n")
	}
	j.begun = true
	j.b.WriteByte('{')
	for i, v := range values {
		if i > 0 {
			j.b.WriteByte(',')
		}
		j.b.Write(j.keys[i])
		j.b.WriteByte(':')
		switch v := v.(type) {
		case nil, bool, int64, int32:
			j.b.WriteString(plain(v, "null").s)
		default:
			writeJSONString(&j.b, plain(v, "").s)
		}
	}
	j.b.WriteByte('}')
	_, err := j.b.WriteTo(j.w)
	return err
}

func (j *jsonRows) close() error {
	if j.begun {
		j.b.WriteString("\n]\n")
	} else {
		j.b.WriteString("[]\n")
	}
	_, err := j.b.WriteTo(j.w)
	return err
}

// writeJSONString writes s so that any reader gets it back as it was and a
// terminal is safe from it: whatever cannot be seen is written as \uXXXX.
func writeJSONString(b *bytes.Buffer, s string) {
	quoted, _ := json.Marshal(s) // a string always marshals
	writeVisible(b, string(quoted))
}

// writeVisible writes JSON text in which only texts can hold what is not seen.
func writeVisible(b *bytes.Buffer, s string) {
	for _, r := range s {
		switch {
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(b, "\\u%04x", r)
		default:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(b, "\\u%04x\\u%04x", hi, lo)
		}
	}
}
