package recording

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// csvReader reads RFC 4180 rows as byte slices that are used again for the
// next row: encoding/csv makes a string per row, which for millions of rows is
// as much garbage as the inventory itself. It reads what encoding/csv reads
// with FieldsPerRecord set to -1 (a test compares them): blank lines are
// skipped, line ends may be LF or CRLF, quoted fields may hold both.
type csvReader struct {
	in      *bufio.Reader
	comma   byte
	line    int // number of the line last read, from 1
	started int // line on which the row last read starts

	buf    []byte // a line longer than the reader's buffer
	text   []byte // the fields of a row that holds quotes
	fields [][]byte
	ends   []int // where in text a field ends
}

const csvBuffer = 1 << 16

var (
	errBareQuote = errors.New(`a quote inside a field that is not quoted; write the field as "..." and its quotes twice`)
	errBadQuote  = errors.New(`text after a closing quote; write a quote inside a quoted field twice`)
	errOpenQuote = errors.New("a quoted field is not closed")
)

// readLine gives the next line with its end; io.EOF only when there is none.
func (c *csvReader) readLine() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		c.buf = append(c.buf[:0], line...)
		for err == bufio.ErrBufferFull {
			line, err = c.in.ReadSlice('\n')
			c.buf = append(c.buf, line...)
		}
		line = c.buf
	}
	if err != nil && (err != io.EOF || len(line) == 0) {
		return nil, err
	}
	c.line++
	return line, nil
}

// trimEnd takes the end of a line off. As in encoding/csv, a lone CR before
// the end of the input goes too.
func trimEnd(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}

// row gives the fields of the next row, valid until the next call, or io.EOF.
func (c *csvReader) row() ([][]byte, error) {
	line, err := c.readLine()
	for err == nil && len(trimEnd(line)) == 0 {
		line, err = c.readLine()
	}
	if err != nil {
		return nil, err
	}
	c.started = c.line
	c.fields = c.fields[:0]
	if bytes.IndexByte(line, '"') >= 0 {
		return c.quotedRow(line)
	}
	line = trimEnd(line)
	for {
		i := bytes.IndexByte(line, c.comma)
		if i < 0 {
			c.fields = append(c.fields, line)
			return c.fields, nil
		}
		c.fields = append(c.fields, line[:i])
		line = line[i+1:]
	}
}

// quotedRow reads a row that holds a quote. All its fields are copied to
// c.text, which may move while it grows, so they are cut out at the end.
func (c *csvReader) quotedRow(line []byte) ([][]byte, error) {
	c.text, c.ends = c.text[:0], c.ends[:0]
	for more := true; more; {
		if len(line) > 0 && line[0] == '"' {
			var err error
			if line, err = c.quotedField(line[1:]); err != nil {
				return nil, err
			}
			more = len(trimEnd(line)) > 0
			if more && line[0] != c.comma {
				return nil, c.failed(errBadQuote)
			}
		} else {
			i := bytes.IndexByte(line, c.comma)
			more = i >= 0
			if !more {
				i = len(trimEnd(line))
			}
			if bytes.IndexByte(line[:i], '"') >= 0 {
				return nil, c.failed(errBareQuote)
			}
			c.text = append(c.text, line[:i]...)
			line = line[i:]
		}
		if more {
			line = line[1:]
		}
		c.ends = append(c.ends, len(c.text))
	}
	start := 0
	for _, end := range c.ends {
		c.fields = append(c.fields, c.text[start:end])
		start = end
	}
	return c.fields, nil
}

// quotedField copies the field whose opening quote was just read and gives
// what follows its closing quote. The field may go on over several lines.
func (c *csvReader) quotedField(line []byte) (rest []byte, err error) {
	for {
		i := bytes.IndexByte(line, '"')
		switch {
		case i >= 0 && i+1 < len(line) && line[i+1] == '"':
			c.text = append(c.text, line[:i+1]...)
			line = line[i+2:]
		case i >= 0:
			c.text = append(c.text, line[:i]...)
			return line[i+1:], nil
		default:
			if n := len(line); n > 1 && line[n-2] == '\r' && line[n-1] == '\n' {
				line = append(line[:n-2:n-2], '\n') // as encoding/csv does
			}
			c.text = append(c.text, line...)
			if line, err = c.readLine(); err == io.EOF {
				return nil, c.failed(errOpenQuote)
			} else if err != nil {
				return nil, err
			}
		}
	}
}

func (c *csvReader) failed(err error) error {
	return fmt.Errorf("line %d: %w", c.started, err)
}

// separators that a header may use; the one it holds most often is the
// delimiter, the first of them on a draw.
var separators = []byte{',', ';', '\t'}

// findComma reads the delimiter off a header line.
func findComma(header []byte) byte {
	best := separators[0]
	for _, s := range separators[1:] {
		if bytes.Count(header, []byte{s}) > bytes.Count(header, []byte{best}) {
			best = s
		}
	}
	return best
}
