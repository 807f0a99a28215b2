// Package accesslog reads access logs: bytes come in, lines with their
// reference and records with their fields go out.
//
// A Chunker cuts a stream into chunks of whole lines, Lines walks over a
// chunk, Detect finds what a source is written in, and a Parser reads a line
// into a Record. One format is one entry of the table in format.go and one
// file beside it.
//
// The package opens no files, starts no goroutines, logs nothing and allocates
// nothing per line. A line that cannot be read is never lost: it comes back
// with a Reason.
package accesslog
