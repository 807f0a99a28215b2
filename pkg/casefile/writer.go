package casefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v17/parquet/compress"

	"github.com/logrecount/recount/internal/escape"
)

// CreateOptions say what a Writer writes and where it may.
type CreateOptions struct {
	Force       bool     // replace a case that is there
	Compression string   // of the tables: snappy (default) or zstd
	Tables      []string // names of the tables to write; nil: all; empty and not nil: none
	Attributes  []string // names of the attribute columns of the recordings table
}

// Writer makes one case. Its tables may be fed from different goroutines; its
// own methods may not run beside each other or beside an Append. It must end
// with Commit or Abort.
type Writer struct {
	path string // where the case shall be, absolute
	temp string // the hidden sibling it is made in; empty when it is gone
	opt  CreateOptions

	requests   RequestTable
	downloads  DownloadTable
	clients    ClientTable
	recordings RecordingTable
	listings   ListingTable
	sources    SourceTable
	rejects    RejectTable
	agents     AgentTable
	gaps       GapTable
	overlaps   OverlapTable
	tables     []*table // those that are wanted, in the order of schemas

	sums   map[string]string // SHA-256 of the files written, by path in the case
	create func(path string) (diskFile, error)
}

// Create starts a case that shall be at path. Nothing appears at path before
// Commit. It fails when path exists, unless o.Force is set and path is an empty
// folder or a case that holds nothing but what its seal lists.
func Create(path string, o CreateOptions) (*Writer, error) {
	return create(path, o, func(path string) (diskFile, error) {
		return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	})
}

func create(path string, o CreateOptions, open func(string) (diskFile, error)) (_ *Writer, err error) {
	codec, ok := codecs[o.Compression]
	if !ok {
		return nil, fmt.Errorf("unknown compression %q; choose snappy or zstd", o.Compression)
	}
	for _, name := range o.Tables {
		if _, ok := schemaOf(name); !ok {
			return nil, fmt.Errorf("unknown table %q; the tables are %s", name, strings.Join(TableNames(), ", "))
		}
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("case %q: %w", path, err)
	}
	w := &Writer{path: abs, opt: o, sums: map[string]string{}, create: open}
	if err := w.mayWrite(); err != nil {
		return nil, err
	}
	if w.temp, err = makeSibling(abs, "partial"); err != nil {
		return nil, fmt.Errorf("case %q: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Abort())
		}
	}()
	return w, w.open(codec)
}

// open starts the tables.
func (w *Writer) open(codec compress.Compression) error {
	bases := map[string]*table{
		TableRequests: &w.requests.table, TableDownloads: &w.downloads.table, TableClients: &w.clients.table,
		TableRecordings: &w.recordings.table, TableListings: &w.listings.table, TableSources: &w.sources.table,
		TableRejects: &w.rejects.table, TableAgents: &w.agents.table,
		TableGaps: &w.gaps.table, TableOverlaps: &w.overlaps.table,
	}
	w.recordings.attributes = len(w.opt.Attributes)
	for _, s := range schemas {
		if !w.Wants(s.Name) {
			continue
		}
		if s.Name == TableRecordings {
			var err error
			if s, err = withAttributes(s, w.opt.Attributes); err != nil {
				return err
			}
		}
		name := tablesName + "/" + s.Name + tableExt
		path := filepath.Join(w.temp, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		f, err := w.create(path)
		if err != nil {
			return fmt.Errorf("write table %s: %w", s.Name, err)
		}
		t := bases[s.Name]
		w.tables = append(w.tables, t)
		t.start(s, path, f, codec)
	}
	return nil
}

// withAttributes adds one text column per attribute.
func withAttributes(s Schema, attributes []string) (Schema, error) {
	s.Columns = slices.Clone(s.Columns)
	for _, name := range attributes {
		if name == "" || slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Name == name }) {
			return s, fmt.Errorf("attribute %q cannot be a column of the recordings table: the name is taken or empty; rename it in the pattern or the inventory", name)
		}
		name = escape.UTF8([]byte(name))
		s.Columns = append(s.Columns, Column{Name: name, Type: Text, Null: true, Comment: "attribute of the recording, from its path or the inventory"})
	}
	return s, nil
}

// Wants says whether the table is written, so that a caller can leave out the
// work for one that is not.
func (w *Writer) Wants(table string) bool {
	return w.opt.Tables == nil || slices.Contains(w.opt.Tables, table)
}

// The tables. Appending to one that is not wanted does nothing.
func (w *Writer) Requests() *RequestTable     { return &w.requests }
func (w *Writer) Downloads() *DownloadTable   { return &w.downloads }
func (w *Writer) Clients() *ClientTable       { return &w.clients }
func (w *Writer) Recordings() *RecordingTable { return &w.recordings }
func (w *Writer) Listings() *ListingTable     { return &w.listings }
func (w *Writer) Sources() *SourceTable       { return &w.sources }
func (w *Writer) Rejects() *RejectTable       { return &w.rejects }
func (w *Writer) Agents() *AgentTable         { return &w.agents }
func (w *Writer) Gaps() *GapTable             { return &w.gaps }
func (w *Writer) Overlaps() *OverlapTable     { return &w.overlaps }

// Add puts a further file, such as report.html, into the case, under a plain
// name at its top. It will be sealed with the rest.
func (w *Writer) Add(name string, data []byte) error {
	if w.temp == "" {
		return errors.New("the case is already closed")
	}
	if name != filepath.Base(name) || !plainPath(name) || name == tablesName || name == sealName {
		return fmt.Errorf("%q cannot be the name of a file at the top of a case", name)
	}
	return w.writeFile(name, data)
}

// Abort removes what has been written. It does nothing after Commit or after
// itself.
func (w *Writer) Abort() error {
	if w.temp == "" {
		return nil
	}
	temp := w.temp
	w.temp = ""
	for _, t := range w.tables {
		t.abort()
	}
	if err := os.RemoveAll(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the unfinished case %q: %w", temp, err)
	}
	return nil
}
