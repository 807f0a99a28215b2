package accesslog

import "bytes"

// Lines walks over the lines of a chunk's data.
type Lines struct {
	data []byte
	pos  int
	line Line
}

// NewLines starts at the first line of data.
func NewLines(data []byte) Lines { return Lines{data: data} }

// Line is one line; Text is borrowed from the chunk.
type Line struct {
	Text       []byte // without LF, and without the CR before it
	Start      int    // in the chunk's data
	Terminated bool   // it ended with LF
}

// Next gives the next line, false after the last. It is valid until the next
// call: to hand out a copy of so many words, each time just written, makes the
// processor wait.
func (l *Lines) Next() (*Line, bool) {
	if l.pos >= len(l.data) {
		return nil, false
	}
	start := l.pos
	rest := l.data[start:]
	i := bytes.IndexByte(rest, '\n')
	terminated := i >= 0
	if terminated {
		l.pos = start + i + 1
	} else {
		i = len(rest)
		l.pos = len(l.data)
	}
	if i > 0 && rest[i-1] == '\r' {
		i--
	}
	l.line.Text, l.line.Start, l.line.Terminated = rest[:i:i], start, terminated
	return &l.line, true
}

// Blank says whether a line holds nothing but spaces and tabs.
func Blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' {
			return false
		}
	}
	return true
}

// Comment says whether a line is a comment: it starts with "#". No format read
// here can start a record so.
func Comment(line []byte) bool { return len(line) > 0 && line[0] == '#' }

// SkipMark drops a UTF-8 byte order mark before a line. It stands at the begin
// of a file that a Windows program has saved again, and in the middle where
// such files were put together; no server writes one there.
func SkipMark(line []byte) []byte {
	if len(line) > 0 && line[0] == byteOrderMark[0] {
		return bytes.TrimPrefix(line, byteOrderMark)
	}
	return line
}

// SkipNUL drops NUL bytes before a line. They stand where a log was truncated
// while its server went on writing at the old position (logrotate's
// copytruncate), or where a machine crashed.
func SkipNUL(line []byte) []byte {
	i := 0
	for i < len(line) && line[i] == 0 {
		i++
	}
	return line[i:]
}
