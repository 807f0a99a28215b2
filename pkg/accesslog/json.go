package accesslog

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// jsonKind is the kind of a JSON value.
type jsonKind uint8

const (
	jsonMissing jsonKind = iota
	jsonNull
	jsonBool
	jsonNumber
	jsonString
	jsonArray
	jsonObject
)

// jsonValue is a value as it stands in the line: of a string what is between
// its quotes, of all others the whole text. It is borrowed from the line.
type jsonValue struct {
	raw     []byte
	kind    jsonKind
	escaped bool // a string that holds escapes
}

// jsonNode says what is wanted of an object: the slots of its values and the
// nodes of objects in it.
type jsonNode struct{ edges []jsonEdge }

type jsonEdge struct {
	name []byte
	hash uint64
	slot int // -1: the value itself is not wanted
	node *jsonNode
}

// add wants the value at a path and gives its slot; next is the first free one.
func (n *jsonNode) add(next int, path ...string) int {
	for i := range n.edges {
		e := &n.edges[i]
		if string(e.name) != path[0] {
			continue
		}
		if len(path) > 1 {
			if e.node == nil {
				e.node = &jsonNode{}
			}
			return e.node.add(next, path[1:]...)
		}
		if e.slot < 0 {
			e.slot = next
		}
		return e.slot
	}
	n.edges = append(n.edges, jsonEdge{name: []byte(path[0]), hash: jsonHash([]byte(path[0])), slot: -1})
	return n.add(next, path...)
}

func (n *jsonNode) find(hash uint64, name []byte) *jsonEdge {
	for i := range n.edges {
		if e := &n.edges[i]; e.hash == hash && bytes.Equal(e.name, name) {
			return e
		}
	}
	return nil
}

// jsonState says how a line ended as JSON.
type jsonState uint8

const (
	jsonWhole jsonState = iota // one object and nothing else
	jsonCut                    // the begin of an object: what was met is whole
	jsonBad                    // no JSON object
)

const (
	jsonMaxDepth   = 32   // deeper objects and arrays are refused
	jsonMaxMembers = 1024 // an object with more members is refused
)

// jsonScanner walks over one object and keeps the values that are wanted. It is
// strict (RFC 8259): no key twice in an object, valid UTF-8 and escapes only,
// nothing behind the object. It allocates only while its scratch space grows.
type jsonScanner struct {
	values  []jsonValue
	scratch []byte // texts whose escapes were undone, of the line scanned last
	line    []byte
	pos     int
	state   jsonState
	names   []jsonName // of the objects that are open
}

type jsonName struct {
	hash uint64
	text []byte
}

// scan walks over a line. slots is how many values root names.
func (s *jsonScanner) scan(line []byte, root *jsonNode, slots int) jsonState {
	if cap(s.values) < slots {
		s.values = make([]jsonValue, slots)
	}
	s.values = s.values[:slots]
	clear(s.values)
	s.line, s.pos, s.state = line, 0, jsonWhole
	s.names, s.scratch = s.names[:0], s.scratch[:0]
	s.space()
	switch {
	case s.pos == len(line) || line[s.pos] != '{':
		return jsonBad
	case !s.object(root, 1):
		return s.state
	}
	s.space()
	if s.pos != len(line) {
		return jsonBad
	}
	return jsonWhole
}

func (s *jsonScanner) fail(state jsonState) bool {
	s.state = state
	return false
}

// next skips space and says which byte follows, 0 at the end of the line.
func (s *jsonScanner) next() byte {
	if s.pos < len(s.line) && s.line[s.pos] > ' ' {
		return s.line[s.pos]
	}
	s.space()
	if s.pos == len(s.line) {
		return 0
	}
	return s.line[s.pos]
}

func (s *jsonScanner) space() {
	for s.pos < len(s.line) {
		switch s.line[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// badOrCut is how a line ends where another byte is needed.
func (s *jsonScanner) badOrCut() bool {
	if s.pos >= len(s.line) {
		return s.fail(jsonCut)
	}
	return s.fail(jsonBad)
}

func (s *jsonScanner) object(node *jsonNode, depth int) bool {
	s.pos++
	base := len(s.names)
	if s.next() == '}' {
		s.pos++
		return true
	}
	for {
		if s.next() != '"' {
			return s.badOrCut()
		}
		name, escaped, ok := s.text()
		if !ok {
			return false
		}
		if escaped {
			name = s.unescaped(name)
		}
		hash := jsonHash(name)
		for i := base; i < len(s.names); i++ {
			if s.names[i].hash == hash && bytes.Equal(s.names[i].text, name) {
				return s.fail(jsonBad)
			}
		}
		if len(s.names)-base == jsonMaxMembers {
			return s.fail(jsonBad)
		}
		s.names = append(s.names, jsonName{hash, name})
		if s.next() != ':' {
			return s.badOrCut()
		}
		s.pos++
		var edge *jsonEdge
		if node != nil {
			edge = node.find(hash, name)
		}
		if !s.value(edge, depth) {
			return false
		}
		switch s.next() {
		case ',':
			s.pos++
		case '}':
			s.pos++
			s.names = s.names[:base]
			return true
		default:
			return s.badOrCut()
		}
	}
}

func (s *jsonScanner) array(depth int) bool {
	s.pos++
	if s.next() == ']' {
		s.pos++
		return true
	}
	for {
		if !s.value(nil, depth) {
			return false
		}
		switch s.next() {
		case ',':
			s.pos++
		case ']':
			s.pos++
			return true
		default:
			return s.badOrCut()
		}
	}
}

// value reads any value and keeps it where edge wants it.
func (s *jsonScanner) value(edge *jsonEdge, depth int) bool {
	c := s.next()
	v := jsonValue{}
	start := s.pos
	ok := false
	switch {
	case c == '"':
		v.kind = jsonString
		v.raw, v.escaped, ok = s.text()
	case c == '{' || c == '[':
		if depth == jsonMaxDepth {
			return s.fail(jsonBad)
		}
		if c == '[' {
			v.kind, ok = jsonArray, s.array(depth+1)
			break
		}
		var node *jsonNode
		if edge != nil {
			node = edge.node
		}
		v.kind, ok = jsonObject, s.object(node, depth+1)
	case c == 't':
		v.kind, ok = jsonBool, s.literal("true")
	case c == 'f':
		v.kind, ok = jsonBool, s.literal("false")
	case c == 'n':
		v.kind, ok = jsonNull, s.literal("null")
	default:
		v.kind, ok = jsonNumber, s.number()
	}
	if !ok {
		return false
	}
	if edge != nil && edge.slot >= 0 {
		if v.kind != jsonString {
			v.raw = s.line[start:s.pos:s.pos]
		}
		s.values[edge.slot] = v
	}
	return true
}

func (s *jsonScanner) literal(word string) bool {
	rest := s.line[s.pos:]
	if len(rest) < len(word) {
		if string(rest) == word[:len(rest)] {
			return s.fail(jsonCut)
		}
		return s.fail(jsonBad)
	}
	if string(rest[:len(word)]) != word {
		return s.fail(jsonBad)
	}
	s.pos += len(word)
	return true
}

// number reads a number. One that ends the line is cut: an object is open.
func (s *jsonScanner) number() bool {
	if s.pos < len(s.line) && s.line[s.pos] == '-' {
		s.pos++
	}
	first := s.pos
	if n := s.digits(); n == 0 || n > 1 && s.line[first] == '0' {
		return s.badOrCut()
	}
	if s.pos < len(s.line) && s.line[s.pos] == '.' {
		s.pos++
		if s.digits() == 0 {
			return s.badOrCut()
		}
	}
	if s.pos < len(s.line) && s.line[s.pos]|0x20 == 'e' {
		s.pos++
		if s.pos < len(s.line) && (s.line[s.pos] == '+' || s.line[s.pos] == '-') {
			s.pos++
		}
		if s.digits() == 0 {
			return s.badOrCut()
		}
	}
	if s.pos == len(s.line) {
		return s.fail(jsonCut)
	}
	return true
}

func (s *jsonScanner) digits() int {
	start := s.pos
	for s.pos < len(s.line) && s.line[s.pos]-'0' <= 9 {
		s.pos++
	}
	return s.pos - start
}

const (
	jsonOnes  = 0x0101010101010101
	jsonHighs = 0x8080808080808080
)

// text reads a string, whose quote stands at pos, eight bytes at a time up to
// the next one that needs a look: a quote, a backslash, a control character or
// the begin of a character that is not ASCII.
func (s *jsonScanner) text() (raw []byte, escaped, ok bool) {
	line, start := s.line, s.pos+1
	for i := start; ; {
		for i+8 <= len(line) {
			w := binary.LittleEndian.Uint64(line[i:])
			q, b := w^(jsonOnes*'"'), w^(jsonOnes*'\\')
			special := ((q-jsonOnes)&^q | (b-jsonOnes)&^b | (w-jsonOnes*' ')&^w | w) & jsonHighs
			if special != 0 {
				i += bits.TrailingZeros64(special) / 8
				break
			}
			i += 8
		}
		for i < len(line) && line[i] >= ' ' && line[i] < utf8.RuneSelf && line[i] != '"' && line[i] != '\\' {
			i++
		}
		if i >= len(line) {
			return nil, false, s.fail(jsonCut)
		}
		switch c := line[i]; {
		case c == '"':
			s.pos = i + 1
			return line[start:i:i], escaped, true
		case c == '\\':
			n, state := jsonEscape(line[i:])
			if state != jsonWhole {
				return nil, false, s.fail(state)
			}
			escaped = true
			i += n
		case c < ' ':
			return nil, false, s.fail(jsonBad)
		default:
			r, n := utf8.DecodeRune(line[i:])
			if r == utf8.RuneError && n == 1 {
				if !utf8.FullRune(line[i:]) {
					return nil, false, s.fail(jsonCut)
				}
				return nil, false, s.fail(jsonBad)
			}
			i += n
		}
	}
}

// jsonEscape measures the escape that text starts with. Half of a surrogate
// pair is refused.
func jsonEscape(text []byte) (n int, state jsonState) {
	if len(text) < 2 {
		return 0, jsonCut
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, jsonWhole
	case 'u':
	default:
		return 0, jsonBad
	}
	r, state := jsonHex4(text[2:])
	if state != jsonWhole || r < 0xD800 || r > 0xDFFF {
		return 6, state
	}
	if r > 0xDBFF {
		return 0, jsonBad
	}
	rest := text[6:]
	for i, c := range []byte(`\u`) {
		if len(rest) == i {
			return 0, jsonCut
		}
		if rest[i] != c {
			return 0, jsonBad
		}
	}
	low, state := jsonHex4(rest[2:])
	if state == jsonWhole && (low < 0xDC00 || low > 0xDFFF) {
		state = jsonBad
	}
	return 12, state
}

func jsonHex4(text []byte) (r rune, state jsonState) {
	for i := range 4 {
		if i == len(text) {
			return 0, jsonCut
		}
		d := hexDigit(text[i])
		if d < 0 {
			return 0, jsonBad
		}
		r = r<<4 | rune(d)
	}
	return r, jsonWhole
}

// jsonHash is for telling names apart quickly; equal ones are compared.
func jsonHash(name []byte) uint64 {
	n := len(name)
	h := uint64(n)
	switch {
	case n >= 8:
		h ^= binary.LittleEndian.Uint64(name)
		h = h*0x9E3779B97F4A7C15 ^ binary.LittleEndian.Uint64(name[n-8:])
	case n >= 4:
		h ^= uint64(binary.LittleEndian.Uint32(name))<<32 ^ uint64(binary.LittleEndian.Uint32(name[n-4:]))<<8
	default:
		for _, c := range name {
			h = h<<8 | uint64(c)
		}
	}
	return h * 0x9E3779B97F4A7C15
}
