package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// field is one key that a mapping must have, and where its text goes.
type field struct {
	name string
	to   *string
}

// fields reads a mapping that has just these keys, each with a text.
func fields(n ast.Node, want ...field) error {
	var names, shape []string
	for _, f := range want {
		names = append(names, f.name)
		shape = append(shape, f.name+": "+strings.ToUpper(f.name))
	}
	pairs, err := mapping(n)
	if err != nil {
		return fmt.Errorf("want {%s}", strings.Join(shape, ", "))
	}
	for _, kv := range pairs {
		known := false
		for _, f := range want {
			if f.name != kv.key {
				continue
			}
			known = true
			if *f.to, err = text(kv.value); err != nil {
				return fmt.Errorf("line %d: %q: %w", kv.line, kv.key, err)
			}
		}
		if !known {
			return fmt.Errorf("line %d: unknown key %q; the keys are %s", kv.line, kv.key, strings.Join(names, ", "))
		}
	}
	for _, f := range want {
		if *f.to == "" {
			return fmt.Errorf("%s is missing; want {%s}", f.name, strings.Join(shape, ", "))
		}
	}
	return nil
}

func exposure(n ast.Node) (*Stretch, error) {
	var s Stretch
	return &s, fields(n, field{"from", &s.From}, field{"to", &s.To})
}

func declaration(n ast.Node) (*Declaration, error) {
	var d Declaration
	return &d, fields(n, field{"by", &d.By}, field{"date", &d.Date}, field{"text", &d.Text})
}

func outages(n ast.Node) ([]Stretch, error) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil, fmt.Errorf("want a list of {from: FROM, to: TO, why: WHY, served: yes or no}")
	}
	var out []Stretch
	for _, item := range list.Values {
		var s Stretch
		if err := fields(item, field{"from", &s.From}, field{"to", &s.To}, field{"why", &s.Why}, field{"served", &s.Served}); err != nil {
			return nil, fmt.Errorf("line %d: %w", line(item), err)
		}
		out = append(out, s)
	}
	return out, nil
}
