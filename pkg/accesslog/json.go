package accesslog

import "bytes"

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
// strict (RFC 8259): no key twice in an object, valid escapes only, nothing
// behind the object. It allocates only while its scratch space grows.
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

func (s *jsonScanner) fail(state jsonState) bool {
	s.state = state
	return false
}

// badOrCut is how a line ends where another byte is needed.
func (s *jsonScanner) badOrCut() bool {
	if s.pos >= len(s.line) {
		return s.fail(jsonCut)
	}
	return s.fail(jsonBad)
}
