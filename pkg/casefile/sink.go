package casefile

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// diskFile is what a table is written to: an *os.File, or a broken one in a test.
type diskFile interface {
	io.WriteCloser
	Sync() error
}

// sink stands between the Parquet writer and a file because that writer loses
// errors: measured with Arrow v17, after one failed write its Close returned
// nil and rows were missing, and a failure in the first four bytes is a panic.
// So the sink tells it that every write went well, keeps the first error, and
// writes nothing from then on; whoever uses a sink must ask err and close.
// It hashes what it wrote.
type sink struct {
	f    diskFile
	hash hash.Hash
	n    int64
	err  error
}

func newSink(f diskFile) *sink { return &sink{f: f, hash: sha256.New()} }

func (s *sink) Write(p []byte) (int, error) {
	if s.err != nil {
		return len(p), nil
	}
	n, err := s.f.Write(p)
	if err == nil && n != len(p) {
		err = io.ErrShortWrite
	}
	s.hash.Write(p[:n])
	s.n += int64(n)
	s.err = err
	return len(p), nil
}

// close makes the file durable and closes it, whatever happened before, and
// gives the first error of all.
func (s *sink) close() error {
	if s.err == nil {
		s.err = s.f.Sync()
	}
	if err := s.f.Close(); s.err == nil {
		s.err = err
	}
	return s.err
}

func (s *sink) sum() string { return hex.EncodeToString(s.hash.Sum(nil)) }
