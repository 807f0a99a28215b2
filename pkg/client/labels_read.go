package client

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ReadLabels reads a file of labels: a CSV file (RFC 4180) in UTF-8, with or
// without byte order mark, delimited by commas, semicolons or tabs, whichever
// the first line holds most of. The header must name the columns "network" and
// "label", in any case of letters; further columns (who said so, since when) are
// for the reader of the file and are passed over. Space around a cell does not
// count. name is what errors call the file.
func ReadLabels(r io.Reader, name string) ([]LabelEntry, error) {
	entries, err := readLabels(r, name)
	if err != nil {
		return nil, fmt.Errorf("%q %w", name, err)
	}
	return entries, nil
}

func readLabels(r io.Reader, name string) ([]LabelEntry, error) {
	in := bufio.NewReader(r)
	if bom, err := in.Peek(3); err == nil && string(bom) == "\xef\xbb\xbf" {
		in.Discard(len(bom))
	}
	rows := csv.NewReader(in)
	rows.Comma = labelsComma(in)
	rows.FieldsPerRecord = -1
	rows.ReuseRecord = true
	header, err := rows.Read()
	if err == io.EOF {
		return nil, errors.New(`is empty; the first line must name the columns "network" and "label"`)
	}
	if err != nil {
		return nil, csvError(err)
	}
	networkAt, labelAt, columns := -1, -1, len(header)
	for i, cell := range header {
		at := map[string]*int{"network": &networkAt, "label": &labelAt}[strings.ToLower(strings.TrimSpace(cell))]
		if at == nil {
			continue
		}
		if *at >= 0 {
			return nil, fmt.Errorf("line 1: two columns are named %q", cell)
		}
		*at = i
	}
	if networkAt < 0 || labelAt < 0 {
		return nil, fmt.Errorf(`line 1: the columns "network" and "label" are not both among %q`, header)
	}
	var entries []LabelEntry
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return entries, nil
		}
		if err != nil {
			return nil, csvError(err)
		}
		line, _ := rows.FieldPos(0)
		if len(row) > columns {
			return nil, fmt.Errorf("line %d: %d fields where the header has %d; put fields that hold the delimiter in quotes", line, len(row), columns)
		}
		e := LabelEntry{File: name, Line: line}
		if networkAt < len(row) {
			e.Network = strings.Clone(strings.TrimSpace(row[networkAt]))
		}
		if labelAt < len(row) {
			e.Label = strings.Clone(strings.TrimSpace(row[labelAt]))
		}
		entries = append(entries, e)
	}
}

// labelsComma looks for the delimiter on the first line.
func labelsComma(in *bufio.Reader) rune {
	head, _ := in.Peek(in.Size())
	line, _, _ := strings.Cut(strings.TrimLeft(string(head), "\r\n"), "\n")
	best := ","
	for _, s := range []string{";", "\t"} {
		if strings.Count(line, s) > strings.Count(line, best) {
			best = s
		}
	}
	return rune(best[0])
}

func csvError(err error) error {
	var mistake *csv.ParseError
	if errors.As(err, &mistake) {
		return fmt.Errorf("line %d: %w", mistake.StartLine, mistake.Err)
	}
	return err
}
