package accesslog

import "bytes"

// split cuts a line into its values, as RFC 4180 has them: in quotes, with
// quotes doubled in them, or without any quote.
func (p *qnapCSV) split(line []byte) Reason {
	p.row = p.row[:0]
	for len(p.row) < qnapWidest {
		var value []byte
		if len(line) > 0 && line[0] == '"' {
			end := closingDoubled(line, 1)
			if end < 0 {
				p.open = len(line)
				return ReasonCutOff
			}
			value, line = line[1:end:end], line[end+1:]
		} else {
			end := bytes.IndexByte(line, ',')
			if end < 0 {
				end = len(line)
			}
			value, line = line[:end:end], line[end:]
			if bytes.IndexByte(value, '"') >= 0 {
				return ReasonBadTail
			}
		}
		p.row = append(p.row, value)
		if len(line) == 0 {
			return ReasonNone
		}
		if line[0] != ',' {
			return ReasonBadTail
		}
		line = line[1:]
	}
	return ReasonBadTail
}

// qnapLongest is the longest value in quotes: no path is longer than PATH_MAX
// of Linux (4096), and each byte may be a quote, which is doubled.
const qnapLongest = 2 * 4096

// inValue says whether a line may be the rest of a value that began on a line
// before it: a name may hold a line end, and behind that whatever looks like a
// row. If it may, it is not read, though the line before may just have been cut.
func (p *qnapCSV) inValue(line []byte) bool {
	if p.open == 0 {
		return false
	}
	end := closingDoubled(line, 0)
	if end < 0 {
		if p.open += 1 + len(line); p.open > qnapLongest {
			p.open = 0
		}
		return p.open > 0
	}
	p.open = 0
	if end+1 == len(line) {
		return true
	}
	if line[end+1] != ',' {
		return false
	}
	p.split(line[end+2:]) // a value behind it may be open in turn
	return true
}

// Directive implements Director: a line that starts with # may be a part of a
// value, or begin one.
func (p *qnapCSV) Directive(line []byte) {
	if !p.inValue(line) {
		p.split(line)
	}
}

// The titles of the columns that are read. Exports misspell one of them.
var qnapTitleOf = [...]struct {
	title  []byte
	column int
}{
	{[]byte("Date"), qnapDateColumn},
	{[]byte("Time"), qnapTimeColumn},
	{[]byte("Users"), qnapUserColumn},
	{[]byte("Source IP"), qnapClientColumn},
	{[]byte("Connection type"), qnapConnectionColumn},
	{[]byte("Accessed resources"), qnapResourceColumn},
	{[]byte("Accessd resources"), qnapResourceColumn},
	{[]byte("Action"), qnapActionColumn},
}

// qnapTitles reads a line of titles: each column that is read is named in it
// once. Other columns may stand between them.
func qnapTitles(row [][]byte) (columns qnapColumns, ok bool) {
	var named [qnapColumnsRead]bool
	columns.width = len(row)
	found := 0
	for i, value := range row {
		for _, t := range qnapTitleOf {
			if !bytes.EqualFold(value, t.title) {
				continue
			}
			if named[t.column] {
				return columns, false
			}
			named[t.column], columns.at[t.column] = true, i
			found++
		}
	}
	return columns, found == qnapColumnsRead
}

// appendUndoubled appends a value with its doubled quotes made one.
func appendUndoubled(dst, value []byte) []byte {
	for {
		i := bytes.IndexByte(value, '"')
		if i < 0 {
			return append(dst, value...)
		}
		dst, value = append(dst, value[:i+1]...), value[i+2:]
	}
}
