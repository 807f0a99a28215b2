package evidence

import (
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// names gives the members of an archive names that are safe to show and differ.
type names struct {
	seen    map[string]int // how often a name was wanted
	entries int
	bytes   int
	last    string
}

// add gives the name of the next member: a second one of the same name gets
// "#2".
func (n *names) add(stored string) string {
	if n.seen == nil {
		n.seen = map[string]int{}
	}
	name := memberName(stored)
	unique := name
	for {
		n.seen[unique]++
		k := n.seen[unique]
		if k == 1 {
			break
		}
		if unique != name {
			n.seen[name]++
			k = n.seen[name]
		}
		unique = name + "#" + strconv.Itoa(k)
	}
	n.last = unique
	n.bytes += len(unique)
	return unique
}

func (n *names) has(stored string) bool { return n.seen[memberName(stored)] > 0 }

// memberName writes a member's name as text that cannot be mistaken for
// another: "./" and doubled slashes go, unless ".." is in it; a backslash, and
// every byte that is not part of a character to be seen, is written with a
// backslash. It is never used as the path of a file.
func memberName(stored string) string {
	name := stored
	if !dotDot(stored) && stored != "" {
		name = path.Clean(stored)
	}
	if !strings.ContainsFunc(name, hidden) && utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for len(name) > 0 {
		r, size := utf8.DecodeRuneInString(name)
		switch {
		case r == '\\':
			b.WriteString(`\\`)
		case hidden(r) || r == utf8.RuneError && size == 1:
			for _, c := range []byte(name[:size]) {
				b.WriteString(`\x`)
				b.WriteByte("0123456789abcdef"[c>>4])
				b.WriteByte("0123456789abcdef"[c&15])
			}
		default:
			b.WriteString(name[:size])
		}
		name = name[size:]
	}
	return b.String()
}

func hidden(r rune) bool { return r == '\\' || !unicode.IsPrint(r) }

func dotDot(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return true
		}
	}
	return false
}
