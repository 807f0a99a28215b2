package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Claim is one published statement as it is written in a file. What its words
// mean is checked by the command, as for flags.
type Claim struct {
	Line int // in which it begins

	ID, Text, Source, Date string
	Figures                []Figure

	Relation, Measure, Unit, Population, Period, Subject, Duration string
}

// Figure is one number of a claim, and what it counts.
type Figure struct {
	Name string
	N    int64
}

// FigureNames are the keys of a claim's figures.
var FigureNames = []string{"recordings", "clients", "pairs", "requests", "subjects", "hours"}

// claimTexts are the keys of a claim that take a text.
var claimTexts = []struct {
	name string
	at   func(c *Claim) *string
}{
	{"id", func(c *Claim) *string { return &c.ID }},
	{"text", func(c *Claim) *string { return &c.Text }},
	{"source", func(c *Claim) *string { return &c.Source }},
	{"date", func(c *Claim) *string { return &c.Date }},
	{"relation", func(c *Claim) *string { return &c.Relation }},
	{"measure", func(c *Claim) *string { return &c.Measure }},
	{"unit", func(c *Claim) *string { return &c.Unit }},
	{"population", func(c *Claim) *string { return &c.Population }},
	{"period", func(c *Claim) *string { return &c.Period }},
	{"subject", func(c *Claim) *string { return &c.Subject }},
	{"duration", func(c *Claim) *string { return &c.Duration }},
}

// LoadClaims reads a file that has nothing but the key claims, and gives the
// SHA-256 of its bytes in hex. A mistake in it is an *Error.
func LoadClaims(path string) ([]Claim, string, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, "", fmt.Errorf("reading %q: %w", path, err)
	}
	if len(b) > maxSize {
		return nil, "", &Error{Path: path, Err: errors.New("larger than 1 MiB, so it is not a file of claims")}
	}
	sum := sha256.Sum256(b)
	all, mistake := claimsFile(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
	if mistake != nil {
		mistake.Path = path
		return nil, "", mistake
	}
	return all, hex.EncodeToString(sum[:]), nil
}

func claimsFile(b []byte) ([]Claim, *Error) {
	tree, err := parser.ParseBytes(b, 0)
	switch {
	case err != nil:
		return nil, syntaxError(err)
	case len(tree.Docs) > 1:
		return nil, &Error{Line: documentLine(tree.Docs[1]), Err: errors.New("a second document begins here; claims are one document")}
	case len(tree.Docs) == 0 || empty(tree.Docs[0].Body):
		return nil, &Error{Err: errors.New("it is empty; a file of claims has the key claims, with a list")}
	}
	pairs, err := mapping(tree.Docs[0].Body)
	if err != nil {
		return nil, &Error{Line: line(tree.Docs[0].Body), Err: errors.New("want the key claims, with a list")}
	}
	var all []Claim
	for _, p := range pairs {
		if p.key != "claims" {
			return nil, &Error{Line: p.line, Key: p.key, Err: errors.New("unknown key; a file of claims has only the key claims")}
		}
		if all, err = claims(p.value); err != nil {
			return nil, &Error{Line: p.line, Key: p.key, Err: err}
		}
	}
	return all, nil
}

// claims reads a list of claims.
func claims(n ast.Node) ([]Claim, error) {
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) == 0 {
		return nil, errors.New("want a list of claims, as in \"- {recordings: 55, clients: 7}\"")
	}
	var out []Claim
	for _, item := range list.Values {
		c, err := oneClaim(item)
		if err != nil {
			return nil, fmt.Errorf("claim in line %d: %w", line(item), err)
		}
		out = append(out, c)
	}
	return out, nil
}

func oneClaim(n ast.Node) (c Claim, err error) {
	pairs, err := mapping(n)
	if err != nil {
		return c, err
	}
	c.Line = line(n)
	if len(pairs) > 0 {
		c.Line = pairs[0].line
	}
	for _, p := range pairs {
		if err := claimKey(&c, p); err != nil {
			return c, fmt.Errorf("line %d, key %q: %w", p.line, p.key, err)
		}
	}
	return c, nil
}

func claimKey(c *Claim, p pair) error {
	v, err := text(p.value)
	for _, t := range claimTexts {
		if t.name == p.key {
			*t.at(c) = v
			return err
		}
	}
	for _, name := range FigureNames {
		if name != p.key {
			continue
		}
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(strings.ReplaceAll(v, "_", ""), 10, 64)
		if err != nil || n < 0 || strings.HasPrefix(v, "+") {
			return fmt.Errorf("%q is not a whole number, 0 or more", v)
		}
		c.Figures = append(c.Figures, Figure{name, n})
		return nil
	}
	return errors.New("unknown key; the keys of a claim are " + claimKeyNames())
}

func claimKeyNames() string {
	var names []string
	for _, t := range claimTexts {
		names = append(names, t.name)
	}
	return strings.Join(append(names, FigureNames...), ", ")
}
