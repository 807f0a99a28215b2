package config

import (
	"errors"

	"github.com/goccy/go-yaml/ast"
)

// pair is one key of a mapping and its value.
type pair struct {
	key   string
	line  int
	value ast.Node
}

var (
	errNotMapping = errors.New("want keys with values, as in \"key: value\"")
	errNotText    = errors.New("want one text")
	errNoValue    = errors.New("the value is missing")
)

func line(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// documentLine is the line of the mark that begins a document. The document
// itself may have no body to ask.
func documentLine(d *ast.DocumentNode) int {
	if d.Start != nil && d.Start.Position != nil {
		return d.Start.Position.Line
	}
	return 0
}

// empty says that a document holds nothing but space and comments.
func empty(n ast.Node) bool {
	switch n.(type) {
	case nil, *ast.CommentGroupNode:
		return true
	}
	return false
}

// mapping gives the keys of n in their order. The parser has refused keys that
// come twice.
func mapping(n ast.Node) ([]pair, error) {
	m, ok := n.(ast.MapNode)
	if !ok {
		return nil, errNotMapping
	}
	var out []pair
	for it := m.MapRange(); it.Next(); {
		k, ok := it.Key().(ast.Node)
		if !ok {
			return nil, errNotMapping
		}
		name, err := text(k)
		if err != nil {
			return nil, errNotMapping
		}
		out = append(out, pair{name, line(k), it.Value()})
	}
	return out, nil
}

// text gives a scalar as it is written, without quotes. Aliases, tags and
// anything nested are refused: a file of settings has no need of them.
func text(n ast.Node) (string, error) {
	switch v := n.(type) {
	case *ast.NullNode, nil:
		return "", errNoValue
	case *ast.StringNode:
		return v.Value, nil
	case *ast.LiteralNode:
		return v.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, nil
	}
	return "", errNotText
}

// texts gives one text, or a list of texts. An empty list is not nil.
func texts(n ast.Node) ([]string, error) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		s, err := text(n)
		if err != nil {
			return nil, err
		}
		return []string{s}, nil
	}
	out := []string{}
	for _, item := range list.Values {
		s, err := text(item)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
