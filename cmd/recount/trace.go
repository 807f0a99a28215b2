package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/evidence"
	"github.com/logrecount/recount/pkg/report"
	"github.com/logrecount/recount/pkg/trace"
)

// traceOptions holds the flags of trace as they are typed.
type traceOptions struct {
	evidence  []string
	client    string
	recording string
	limit     int64
	format    string
}

func newTraceCommand(s streams) *cobra.Command {
	var o traceOptions
	cmd := &cobra.Command{
		Use:   "trace CASE --evidence DIR [--client NAME] [--recording PATH]",
		Short: "Show the original lines behind a download, and what each of them adds",
		Long: `Lead from a number back to the lines of the logs: all requests of a client, for a
recording, or of one for the other (a download), each with its line, what it adds
to the download, and why. A directory in place of a recording gives the requests
by which its page was shown.

The lines are read again from the evidence, by source, line number and byte
offset. DIR is the folder that the paths of the sources start from, or any file,
folder or glob that holds them: a source that is not at its path is looked for by
its hash. Each source is read whole first, and only if its SHA-256, as stored and
unpacked, is that of the case are its lines shown. A wrong hash is an error, and
nothing is shown. Lines that came from standard input, or from a source that is
not there, are shown with what the case has of them, and the exit code is 3.

Each download is graded again from its requests. If that does not give what the
case says, it says so and fails. 'recount help completeness' explains the words.

The table and markdown formats show the first 2,000 bytes of a line; json has
64 KiB of it, as base64 too where it is not UTF-8.`,
		Example: `  recount trace case --evidence logs --client 192.0.2.7 --recording /calls/a.wav
  recount trace case --evidence logs --client 2001:db8::7 --limit 100
  recount trace case --evidence logs --recording /calls/a.wav --format json`,
		Args: arguments(1, 1, "one case"),
		RunE: func(_ *cobra.Command, args []string) error { return runTrace(&o, args[0], s) },
	}
	o.addFlags(cmd)
	return cmd
}

func (o *traceOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVar(&o.evidence, "evidence", nil, "`DIR`, file or glob with the sources (repeatable)")
	f.StringVar(&o.client, "client", "", "only requests of this client, by its `NAME` in the tables")
	f.StringVar(&o.recording, "recording", "", "only requests for this recording or directory, by its `PATH` in the tables")
	f.Int64Var(&o.limit, "limit", 1000, "show the first `NUMBER` lines; 0: all")
	f.StringVar(&o.format, "format", "table", "`NAME` of the format: table, json or markdown")
}

// How much of a line is shown: enough for any line that a server with its
// usual limits writes, in json; on paper or a terminal, for reading.
const (
	lineShown  = 2000
	lineInJSON = 64 << 10
)

func runTrace(o *traceOptions, dir string, s streams) error {
	format, err := o.check(dir)
	if err != nil {
		return err
	}
	c, err := casefile.Open(dir)
	if err != nil {
		return err
	}
	m, err := c.Manifest()
	if err != nil {
		return err
	}
	for _, table := range []string{casefile.TableRequests, casefile.TableDownloads} {
		if err := hasTable(c, table); err != nil {
			return &failure{err, "run analyze again without --tables, or with --tables requests,downloads: without them no line is known"}
		}
	}
	keep := lineShown
	if format == report.FormatJSON {
		keep = lineInJSON
	}
	t, err := trace.Run(c, trace.Options{
		Client: o.client, Recording: o.recording, Evidence: o.evidence, Limit: o.limit, Keep: keep,
		Reading: func(path string, bytes int64) {
			if bytes >= longRead {
				say(s.err, "", fmt.Sprintf("reading %s (%d MiB) and comparing its hash", path, bytes>>20))
			}
		},
	})
	switch {
	case errors.Is(err, trace.ErrNothing):
		return o.nothing(err)
	case err != nil:
		return err
	}
	if err := writeTrace(s, traced(m, dir, t), format); err != nil {
		return err
	}
	return verdict(c, t, s)
}

// longRead is from how many bytes on a source is named while it is read.
const longRead = 256 << 20

// check refuses what cannot be meant.
func (o *traceOptions) check(dir string) (report.Format, error) {
	format, err := report.ParseFormat(o.format)
	if err != nil || format == report.FormatCSV {
		return "", usage(fmt.Sprintf("unknown format %q", o.format), "the formats are table, json and markdown")
	}
	switch {
	case o.client == "" && o.recording == "":
		return "", usage("neither client nor recording is given", "give --client, --recording or both; 'recount show CASE downloads' lists them")
	case len(o.evidence) == 0:
		return "", usage("no evidence is given", "give --evidence, with the folder that the paths of the sources start from")
	case o.limit < 0:
		return "", usage(fmt.Sprintf("%d lines are not possible", o.limit), "give --limit a number, or 0 for all lines")
	}
	if err := exists("case", dir); err != nil {
		return "", err
	}
	for _, path := range o.evidence {
		if err := exists("evidence", path); err != nil && !strings.ContainsAny(path, "*?[{") {
			return "", err
		}
	}
	return format, nil
}

func (o *traceOptions) nothing(err error) error {
	what := ""
	if o.client != "" {
		what += fmt.Sprintf(" of the client %q", o.client)
	}
	if o.recording != "" {
		what += fmt.Sprintf(" for %q", o.recording)
	}
	return &failure{fmt.Errorf("%w%s", err, what), "the names are those of 'recount show CASE downloads' and 'recount show CASE listings'"}
}

func writeTrace(s streams, t *report.Traced, format report.Format) error {
	out := bufio.NewWriterSize(s.out, 64<<10)
	var err error
	switch format {
	case report.FormatJSON:
		err = report.JSON(out, t)
	case report.FormatMarkdown:
		err = report.TraceMarkdown(out, t)
	default:
		err = report.Trace(out, t, terminalWidth(s.out))
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// verdict says how the trace ended.
func verdict(c *casefile.Case, t *trace.Trace, s streams) error {
	missing := false
	for _, src := range t.Sources {
		if src.Unread != "" {
			say(s.err, "warning", src.Path+": "+src.Unread)
			missing = missing || cmp.Or(src.Archive, src.Path) != evidence.Stdin
		}
	}
	if t.Differs() {
		return &failure{errors.New("the case does not agree with its own requests; each difference is named above"), "do not use these numbers; 'recount verify' tells whether the case was changed, and else this is a fault of recount"}
	}
	if !t.Unread() {
		return nil
	}
	if r, err := c.Run(); err == nil && missing && r.Root != "" {
		say(s.err, "hint", fmt.Sprintf("when the case was made the paths started from %q", r.Root))
	}
	return errUntraced
}
