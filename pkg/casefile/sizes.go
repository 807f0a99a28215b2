package casefile

import (
	"fmt"
	"iter"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
)

// Beside walks over the recordings table beside the requests, as both are
// sorted by recording. Without a recordings table it has nothing to say.
type Beside struct {
	next func() ([]any, error, bool)
	stop func()
	row  int32
}

// Known is what the recordings table says of a recording that does not follow
// from its requests.
type Known struct {
	Row        int32    // of the recordings table, from 0
	Inventory  int64    // size by the inventory, or accesslog.None
	Attributes []string // in the order in which they were asked for; empty: none
}

// Beside begins at the first recording. attributes name columns of the
// recordings table whose values are wanted.
func (c *Case) Beside(attributes ...string) (*Beside, error) {
	has, err := c.Has(TableRecordings)
	if err != nil || !has {
		return nil, err
	}
	table, err := c.Table(TableRecordings)
	if err != nil {
		return nil, err
	}
	b := &Beside{}
	b.next, b.stop = iter.Pull2(table.Rows(append([]string{"recording", "size", "size_from"}, attributes...)...))
	return b, nil
}

// Recording goes on to a recording, which must be asked for in the order of the
// table, and gives what is known of it. ok is false where the table ends before.
func (b *Beside) Recording(name []byte) (k Known, ok bool, err error) {
	k.Inventory = accesslog.None
	if b == nil {
		return k, false, nil
	}
	for {
		row, err, more := b.next()
		if err != nil || !more {
			return k, false, err
		}
		b.row++
		if s, _ := row[0].(string); s != string(name) {
			continue
		}
		k.Row = b.row - 1
		if from, _ := row[2].(string); from == download.SizeInventory.String() {
			k.Inventory, _ = row[1].(int64)
		}
		for _, v := range row[3:] {
			text, _ := v.(string)
			k.Attributes = append(k.Attributes, text)
		}
		return k, true, nil
	}
}

// Close ends the walk.
func (b *Beside) Close() {
	if b != nil {
		b.stop()
	}
}

// Headers is what was learned of the response headers of each source.
func (m *Manifest) Headers() map[int32]*download.Headers {
	headers := map[int32]*download.Headers{}
	for _, s := range m.Sources {
		if h := s.Headers; h != nil {
			headers[s.Source] = download.KnownHeaders(h.Responses, h.Longest, h.Lengths)
		}
	}
	return headers
}

// Common is the body sizes that very many recordings were answered with.
func (m *Manifest) Common() map[int64]bool {
	common := map[int64]bool{}
	for _, size := range m.CommonSizes {
		common[size] = true
	}
	return common
}

// Intact compares a case with its seal: a case that was changed says nothing.
// Files that do not belong to it do no harm. It gives the SHA-256 of the seal.
func (c *Case) Intact() (seal string, err error) {
	problems, err := Verify(c.Dir)
	if err != nil {
		return "", err
	}
	for _, p := range problems {
		if p.Kind != Extra {
			return "", fmt.Errorf("case %q is not as it was sealed: %s", c.Dir, p)
		}
	}
	return SealSum(c.Dir)
}

// Ambiguous says whether a text of a table may be that of two names: bytes that
// are not UTF-8 are written as \xHH there, and a client may send these letters.
func Ambiguous(text []byte) bool {
	for i := 0; i+4 <= len(text); i++ {
		if text[i] == '\\' && text[i+1] == 'x' && (text[i+2] >= '8' && text[i+2] <= '9' || text[i+2] >= 'A' && text[i+2] <= 'F') {
			return true // only bytes from 0x80 on are no character alone
		}
	}
	return false
}
