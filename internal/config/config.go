// Package config reads recount.yaml, the settings of a case that are worth
// keeping in a file beside it.
//
// It takes the bytes of one YAML file and gives a File: plain values, with
// relative paths made relative to the file's own folder, and the SHA-256 of
// the bytes. It refuses what it does not know, naming the key and the line,
// since a misspelt key that is passed over changes a figure in silence. It
// never checks what a value means (names of formats, tables): the command does
// that for flags and file alike. It never reads another file.
package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Name is the file that is looked for in the working folder.
const Name = "recount.yaml"

// maxSize keeps a log that is named recount.yaml by mistake out of memory.
const maxSize = 1 << 20

// File holds what a recount.yaml says. The zero value of a field means that
// the file does not have the key.
type File struct {
	Path   string // as it was opened
	SHA256 string // of the file's bytes, in hex

	Recordings   []string
	Inventory    string
	Geo          []string
	Labels       []Label
	LabelsFile   string
	Format       []PerSource
	ServerConfig []string
	BytesMeaning []PerSource
	Timezone     []PerSource
	Year         []PerSource
	ClockOffset  []PerSource
	Exposure     *Stretch
	Declaration  *Declaration
	Outages      []Stretch
	Tables       []string
	Compression  string
	Memory       int64 // bytes
	Temp         string
	Workers      int
	Custody      map[string]string
	Claims       []Claim
}

// PerSource is a setting for the sources that match Glob; an empty Glob is
// every source.
type PerSource struct {
	Glob  string
	Value string
}

// Label is what the user says of the clients of a network.
type Label struct {
	Network, Label string
	Line           int // of the file
}

// Stretch is a stretch of time as it is written. Why and Served are for an
// outage.
type Stretch struct{ From, To, Why, Served string }

// Declaration says who declared, when, and in which words, that the evidence is
// all the logs of all ways to the recordings.
type Declaration struct{ By, Date, Text string }

// Error is a mistake in the file, with its place.
type Error struct {
	Path string
	Line int    // 0: the file as a whole
	Key  string // empty: not in a key
	Err  error
}

func (e *Error) Error() string {
	place := fmt.Sprintf("%q", e.Path)
	if e.Line > 0 {
		place += fmt.Sprintf(" line %d", e.Line)
	}
	if e.Key != "" {
		place += fmt.Sprintf(", key %q", e.Key)
	}
	return place + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Find looks for recount.yaml in dir. It gives nil and no error where there is
// none. Where inEvidence says that the file belongs to the evidence it is not
// opened, and skipped is its path: evidence must not set how it is read.
func Find(dir string, inEvidence func(path string) bool) (f *File, skipped string, err error) {
	path := filepath.Join(dir, Name)
	switch _, err := os.Lstat(path); {
	case errors.Is(err, os.ErrNotExist):
		return nil, "", nil
	case err != nil:
		return nil, "", err
	}
	if inEvidence(path) {
		return nil, path, nil
	}
	f, err = Load(path)
	return f, "", err
}

// Load reads the file at path.
func Load(path string) (*File, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", path, err)
	}
	if len(b) > maxSize {
		return nil, &Error{Path: path, Err: errors.New("larger than 1 MiB, so it is not a file of settings")}
	}
	return parse(path, b)
}

func parse(path string, b []byte) (*File, error) {
	sum := sha256.Sum256(b)
	f := &File{Path: path, SHA256: hex.EncodeToString(sum[:])}
	if err := decode(f, bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))); err != nil {
		err.Path = path
		return nil, err
	}
	dir := filepath.Dir(path)
	f.Inventory = under(dir, f.Inventory)
	f.LabelsFile = under(dir, f.LabelsFile)
	f.Temp = under(dir, f.Temp)
	for _, list := range [][]string{f.Geo, f.ServerConfig} {
		for i, name := range list {
			list[i] = under(dir, name)
		}
	}
	return f, nil
}

// under gives path as seen from the working folder when it was written in a
// file in dir.
func under(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
