package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// keys is every key that the file may have and how its value is read.
var keys = []struct {
	name string
	read func(f *File, n ast.Node) error
}{
	{"recordings", func(f *File, n ast.Node) (err error) { f.Recordings, err = texts(n); return }},
	{"inventory", func(f *File, n ast.Node) (err error) { f.Inventory, err = text(n); return }},
	{"geo", func(f *File, n ast.Node) (err error) { f.Geo, err = texts(n); return }},
	{"labels", func(f *File, n ast.Node) (err error) { f.Labels, err = labels(n); return }},
	{"labels_file", func(f *File, n ast.Node) (err error) { f.LabelsFile, err = text(n); return }},
	{"format", func(f *File, n ast.Node) (err error) { f.Format, err = perSource(n, "format"); return }},
	{"server_config", func(f *File, n ast.Node) (err error) { f.ServerConfig, err = texts(n); return }},
	{"bytes_meaning", func(f *File, n ast.Node) (err error) { f.BytesMeaning, err = perSource(n, "meaning"); return }},
	{"timezone", func(f *File, n ast.Node) (err error) { f.Timezone, err = perSource(n, "zone"); return }},
	{"year", func(f *File, n ast.Node) (err error) { f.Year, err = perSource(n, "year"); return }},
	{"clock_offset", func(f *File, n ast.Node) (err error) { f.ClockOffset, err = perSource(n, "offset"); return }},
	{"exposure", func(f *File, n ast.Node) (err error) { f.Exposure, err = exposure(n); return }},
	{"declaration", func(f *File, n ast.Node) (err error) { f.Declaration, err = declaration(n); return }},
	{"outages", func(f *File, n ast.Node) (err error) { f.Outages, err = outages(n); return }},
	{"tables", func(f *File, n ast.Node) (err error) { f.Tables, err = texts(n); return }},
	{"compression", func(f *File, n ast.Node) (err error) { f.Compression, err = text(n); return }},
	{"memory", func(f *File, n ast.Node) (err error) { f.Memory, err = size(n); return }},
	{"temp", func(f *File, n ast.Node) (err error) { f.Temp, err = text(n); return }},
	{"workers", func(f *File, n ast.Node) (err error) { f.Workers, err = count(n); return }},
	{"custody", func(f *File, n ast.Node) (err error) { f.Custody, err = custody(n); return }},
	{"claims", func(f *File, n ast.Node) (err error) { f.Claims, err = claims(n); return }},
}

// keyNames is for messages.
func keyNames() string {
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	return strings.Join(names, ", ")
}

func decode(f *File, b []byte) *Error {
	tree, err := parser.ParseBytes(b, 0)
	if err != nil {
		return syntaxError(err)
	}
	switch {
	case len(tree.Docs) == 0 || len(tree.Docs) == 1 && empty(tree.Docs[0].Body):
		return nil
	case len(tree.Docs) > 1:
		return &Error{Line: documentLine(tree.Docs[1]), Err: errors.New("a second document begins here; the settings are one document")}
	}
	pairs, err := mapping(tree.Docs[0].Body)
	if err != nil {
		return &Error{Line: line(tree.Docs[0].Body), Err: err}
	}
	for _, p := range pairs {
		if err := decodeKey(f, p); err != nil {
			return err
		}
	}
	return nil
}

func decodeKey(f *File, p pair) *Error {
	for _, k := range keys {
		if k.name != p.key {
			continue
		}
		if err := k.read(f, p.value); err != nil {
			return &Error{Line: p.line, Key: p.key, Err: err}
		}
		return nil
	}
	return &Error{Line: p.line, Key: p.key, Err: errors.New("unknown key; the keys are " + keyNames())}
}

// syntaxError keeps the first line of the library's message: the rest is a
// picture of the file's text.
func syntaxError(err error) *Error {
	var y yaml.Error
	if errors.As(err, &y) {
		e := &Error{Err: errors.New(y.GetMessage())}
		if t := y.GetToken(); t != nil && t.Position != nil {
			e.Line = t.Position.Line
		}
		return e
	}
	return &Error{Err: err}
}

// size reads a number of bytes.
func size(n ast.Node) (int64, error) {
	s, err := text(n)
	if err != nil {
		return 0, err
	}
	return ParseSize(s)
}

// count reads a whole number, 0 or more.
func count(n ast.Node) (int, error) {
	s, err := text(n)
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number", s)
	}
	return int(v), nil
}

// perSource reads one value for every source, or a list of
// {source: GLOB, NAME: value}.
func perSource(n ast.Node, name string) ([]PerSource, error) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		v, err := text(n)
		if err != nil {
			return nil, fmt.Errorf("%w, or a list of {source: GLOB, %s: %s}", err, name, strings.ToUpper(name))
		}
		return []PerSource{{Value: v}}, nil
	}
	var out []PerSource
	for _, item := range list.Values {
		p, err := onePerSource(item, name)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line(item), err)
		}
		out = append(out, p)
	}
	return out, nil
}

func onePerSource(n ast.Node, name string) (p PerSource, err error) {
	pairs, err := mapping(n)
	if err != nil {
		return p, fmt.Errorf("want {source: GLOB, %s: %s}", name, strings.ToUpper(name))
	}
	for _, kv := range pairs {
		switch kv.key {
		case "source":
			p.Glob, err = text(kv.value)
		case name:
			p.Value, err = text(kv.value)
		default:
			err = fmt.Errorf("unknown key %q; the keys are source, %s", kv.key, name)
		}
		if err != nil {
			return p, err
		}
	}
	if p.Glob == "" || p.Value == "" {
		return p, fmt.Errorf("want both source and %s", name)
	}
	return p, nil
}

// labels reads a list of {network: NETWORK, label: LABEL}.
func labels(n ast.Node) ([]Label, error) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil, errors.New("want a list of {network: NETWORK, label: LABEL}; a file of them is named with labels_file")
	}
	out := []Label{}
	for _, item := range list.Values {
		l, err := oneLabel(item)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line(item), err)
		}
		out = append(out, l)
	}
	return out, nil
}

func oneLabel(n ast.Node) (Label, error) {
	l := Label{Line: line(n)}
	pairs, err := mapping(n)
	if err != nil {
		return l, errors.New("want {network: NETWORK, label: LABEL}")
	}
	for _, kv := range pairs {
		switch kv.key {
		case "network":
			l.Network, err = text(kv.value)
		case "label":
			l.Label, err = text(kv.value)
		default:
			err = fmt.Errorf("unknown key %q; the keys are network, label", kv.key)
		}
		if err != nil {
			return l, err
		}
	}
	if l.Network == "" || l.Label == "" {
		return l, errors.New("want both network and label")
	}
	return l, nil
}

// custody reads names and texts as they are written: a case number may begin
// with zeros.
func custody(n ast.Node) (map[string]string, error) {
	pairs, err := mapping(n)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string)
	for _, p := range pairs {
		v, err := text(p.value)
		if err != nil {
			return nil, fmt.Errorf("%q in line %d: %w", p.key, p.line, err)
		}
		out[p.key] = v
	}
	return out, nil
}
