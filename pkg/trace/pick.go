package trace

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"unicode/utf8"

	"github.com/logrecount/recount/pkg/accesslog"
)

// unfit is the error where evidence is what the case was made from, and a
// reference of the case does not lead to a line of it.
type unfit struct{ path, what string }

func (e *unfit) Error() string {
	return fmt.Sprintf("source %q: %s; the case and its evidence do not fit together: verify the case", e.path, e.what)
}

// pick reads the stream of a source from start to end, hashes it, and keeps the
// lines that are wanted. It gives them out only when it is told to.
type pick struct {
	lines []*Line // by their offsets; no offset twice
	keep  int
	h     hash.Hash
	count int64 // lines of the stream
	found []found
	wrong string // why a reference leads to no line
}

// found is what was kept of a line.
type found struct {
	text   []byte
	length int64
}

func newPick(lines []*Line, keep int) *pick {
	return &pick{lines: lines, keep: keep, h: sha256.New()}
}

// read reads to the end, by chunks in buf. The lines are told apart as the
// analysis does it.
func (p *pick) read(r io.Reader, buf []byte) error {
	chunks := accesslog.NewChunker(r)
	for {
		c, err := chunks.Next(buf)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		p.h.Write(c.Data)
		if c.InLong { // no line that the analysis could read
			if c.Long != nil {
				p.count++
			}
			continue
		}
		p.chunk(&c)
	}
}

// chunk keeps the wanted lines of a chunk.
func (p *pick) chunk(c *accesslog.Chunk) {
	lines := accesslog.NewLines(c.Data)
	for {
		line, ok := lines.Next()
		if !ok {
			return
		}
		p.count++
		if len(p.found) == len(p.lines) || p.wrong != "" {
			continue
		}
		want := &p.lines[len(p.found)].Request
		switch at := c.Offset + int64(line.Start); {
		case at < want.Offset:
		case at > want.Offset:
			p.wrong = fmt.Sprintf("no line begins at byte %d, where the case has line %d", want.Offset, want.Line)
		case p.count != want.Line:
			p.wrong = fmt.Sprintf("at byte %d begins line %d, where the case has line %d", want.Offset, p.count, want.Line)
		default:
			p.found = append(p.found, found{start(line.Text, p.keep), int64(len(line.Text))})
		}
	}
}

// start copies the first bytes of a line, most at most, and cuts no character
// in two.
func start(line []byte, most int) []byte {
	if len(line) <= most {
		return append([]byte{}, line...)
	}
	for n := most; n > most-utf8.UTFMax; n-- {
		if utf8.RuneStart(line[n]) {
			return append([]byte{}, line[:n]...)
		}
	}
	return append([]byte{}, line[:most]...)
}

func (p *pick) sum() (sum [32]byte) {
	p.h.Sum(sum[:0])
	return sum
}

// complete says whether every line was found at its place.
func (p *pick) complete(path string) error {
	if p.wrong == "" && len(p.found) < len(p.lines) {
		want := p.lines[len(p.found)].Request
		p.wrong = fmt.Sprintf("it ends before byte %d, where the case has line %d", want.Offset, want.Line)
	}
	if p.wrong != "" {
		return &unfit{path, p.wrong}
	}
	return nil
}

// give gives the lines out.
func (p *pick) give() {
	for i, f := range p.found {
		p.lines[i].Text, p.lines[i].Length = f.text, f.length
	}
}
