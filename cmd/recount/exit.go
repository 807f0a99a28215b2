package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/logrecount/recount/internal/escape"
	"github.com/logrecount/recount/internal/pipeline"
)

// The exit codes, the same for every command.
const (
	exitDone         = 0
	exitFailed       = 1
	exitUsage        = 2
	exitDamaged      = 3
	exitContradicted = 4
	exitUndecidable  = 5
)

// exitCodes ends every help page.
const exitCodes = `Exit codes:
  0  done
  1  failed
  2  usage: the command line or recount.yaml is wrong
  3  done, but some evidence was damaged or unread
  4  a claim is contradicted ('recount claim' only)
  5  a claim is undecidable ('recount claim' only)
`

// errDamaged ends a run that is done, but not with all of the evidence.
var errDamaged = errors.New("some evidence was damaged or unread")

// errDetect ends a look at sources of which not all can be analysed.
var errDetect = errors.New("some evidence is of unknown format, damaged or unread")

// errUntraced ends a trace of which not all lines could be read again.
var errUntraced = errors.New("some lines could not be read again from the evidence")

// errContradicted and errUndecidable end a question whose answer has been
// printed.
var (
	errContradicted = errors.New("a claim is contradicted")
	errUndecidable  = errors.New("a claim is undecidable")
)

// failure is an error with a hint that is not about usage.
type failure struct {
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// finish reports the error that a command ended with, once, and gives the exit
// code.
func finish(err error, w io.Writer) int {
	var usage *pipeline.UsageError
	var failed *failure
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE):
		return exitDone
	case errors.Is(err, errDamaged):
		say(w, "warning", err.Error()+"; the case says what and why")
		return exitDamaged
	case errors.Is(err, errDetect), errors.Is(err, errUntraced):
		say(w, "warning", err.Error())
		return exitDamaged
	case errors.Is(err, errContradicted):
		return exitContradicted
	case errors.Is(err, errUndecidable):
		return exitUndecidable
	case errors.Is(err, context.Canceled):
		say(w, "error", "interrupted; no case was written")
		return exitFailed
	case errors.As(err, &usage):
		say(w, "error", err.Error())
		say(w, "hint", usage.Hint)
		return exitUsage
	case errors.As(err, &failed):
		say(w, "error", err.Error())
		say(w, "hint", failed.hint)
		return exitFailed
	}
	say(w, "error", err.Error())
	return exitFailed
}

// say writes one line about the run, as in "recount: error: …". Names of files
// and what stands in logs may be in it, so it is escaped.
func say(w io.Writer, kind, message string) {
	if message == "" {
		return
	}
	if kind != "" {
		kind += ": "
	}
	message = strings.ReplaceAll(message, "\n", "; ") // of joined errors
	fmt.Fprintf(w, "recount: %s%s\n", kind, escape.Terminal(message))
}
