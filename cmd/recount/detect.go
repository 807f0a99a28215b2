package main

import (
	"context"
	"fmt"
	"os/signal"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/internal/escape"
	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/report"
)

func newDetectCommand(s streams) *cobra.Command {
	var asJSON bool
	var formats, servers []string
	cmd := &cobra.Command{
		Use:   "detect EVIDENCE...",
		Short: "Say which format logs have, and why, without analysing them",
		Long: `Look at the beginning of each source and say how analyze would read it: the
format, the share of lines that parse, what the size field counts and why, the
time zone, the first and last time of the sample, records field by field, lines
that could not be read, and which other formats read how many lines.

EVIDENCE is files, folders (with all below them), globs, or - for standard
input, compressed or not. Only the beginning of a source is looked at: damage
behind it does not show, and no case is written.

A source of unknown format, or one that is damaged, makes the exit code 3.`,
		Example: `  recount detect access.log.1.gz
  recount detect /mnt/image/var/log --json
  zcat old.log.gz | recount detect -`,
		Args: arguments(1, -1, "files, folders or globs, or - for standard input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runDetect(cmd.Context(), asJSON, formats, servers, args, s)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON: a list with an object for each source")
	cmd.Flags().StringArrayVar(&formats, "format", nil, "line format, as for analyze: `NAME`, a LogFormat, log_format or\nlighttpd: string, or json:... (see recount help formats);\nGLOB=NAME and so on for some sources (repeatable)")
	cmd.Flags().StringArrayVar(&servers, "server-config", nil, "`FILE` of a server's configuration, whose log formats are tried first\n(repeatable)")
	return cmd
}

func runDetect(ctx context.Context, asJSON bool, formats, servers, args []string, s streams) error {
	o := pipeline.DetectOptions{Formats: perSourceFormat(formats)}
	if err := checkFormats(o.Formats); err != nil {
		return err
	}
	var err error
	if o.Servers, err = serverConfigs(servers, s); err != nil {
		return err
	}
	ctx, restore := signal.NotifyContext(ctx, stopSignals()...)
	defer restore()
	context.AfterFunc(ctx, restore)
	found, unread, err := pipeline.Detect(ctx, args, s.in, o)
	if err != nil {
		return err
	}
	bad := len(unread) > 0
	list := []report.Detected{}
	for _, f := range found {
		list = append(list, detected(f))
		bad = bad || f.Err != "" || f.Sample > 0 && !f.Detection.Reading.Known()
	}
	if asJSON {
		err = report.JSON(s.out, list)
	} else {
		err = report.Detections(s.out, list, terminalWidth(s.out))
	}
	if err != nil {
		return err
	}
	sayUnread(s.err, unread)
	if bad {
		return errDetect
	}
	return nil
}

// detected is what was found of a source as plain values.
func detected(f *pipeline.Detected) report.Detected {
	reading, e := f.Detection.Reading, f.Explanation
	d := report.Detected{
		Source: utf8(f.Path), Compression: f.Compression, Format: reading.Name(),
		Sample: report.DetectedSample{Bytes: f.Sample, Whole: f.Whole, Lines: int64(e.Lines), Comments: int64(e.Comments)},
		Parsed: int64(e.Parsed), Error: utf8(f.Err), Notes: f.Notes,
		Records: []report.DetectedRecord{}, Rejects: []report.DetectedReject{}, RunnersUp: []report.DetectedReading{},
	}
	others := f.Detection.Candidates
	switch main := reading.Main; {
	case reading.Known():
		d.Title, d.BytesMeaning, d.MeaningWhy = main.Title, main.Meaning.String(), main.MeaningWhy
		d.TimeAt, d.TimeZone = momentText[main.TimeAt], zoneText[main.Zone]
		if e.Yearless > 0 {
			d.Years = fmt.Sprintf("not in the log: %d lines have no time until analyze is given the year of the first with --year", e.Yearless)
		}
		others = slices.DeleteFunc(slices.Clone(others), func(c accesslog.Candidate) bool { return c.Reading.Name() == reading.Name() })
	case f.Sample == 0:
		if f.Err == "" {
			d.Notes = append(d.Notes, "it is empty")
		}
	default:
		d.Advice = f.Detection.Tried() + ". If you know the format, give it to analyze with --format: a name that 'recount formats' lists, or the LogFormat, log_format or (with lighttpd: before it) accesslog.format string that wrote it. If it is no access log, leave it out."
	}
	if len(e.Records) > 0 {
		d.FirstTime, d.LastTime = timeText(e.First), timeText(e.Last)
	}
	for _, r := range e.Records {
		record := report.DetectedRecord{Line: int64(r.Line)}
		for _, field := range r.Fields {
			record.Fields = append(record.Fields, report.DetectedField{Name: field.Name, Value: utf8(field.Value)})
		}
		d.Records = append(d.Records, record)
	}
	for _, r := range e.Rejects {
		d.Rejects = append(d.Rejects, report.DetectedReject{Line: int64(r.Line), Reason: r.Reason.String(), Raw: escape.UTF8(r.Raw)})
	}
	for _, c := range others {
		d.RunnersUp = append(d.RunnersUp, report.DetectedReading{Format: c.Reading.Name(), Parsed: int64(c.Parsed), Lines: int64(c.Lines)})
	}
	return d
}

var momentText = map[accesslog.TimeAt]string{
	accesslog.TimeAtStart:  "the start: the request was received",
	accesslog.TimeAtEnd:    "the end: the line was written, after the response",
	accesslog.TimeAtEither: "the start or the end, by server; the syntax does not tell (taken as the start)",
}

var zoneText = map[accesslog.Zone]string{
	accesslog.ZoneLogged: "logged with each time",
	accesslog.ZoneUTC:    "UTC, by the format's documentation",
	accesslog.ZoneOfLine: "logged in some lines; local in others, and the log does not say which: shown as UTC; give analyze a --timezone",
	accesslog.ZoneLocal:  "local, and the log does not say which: shown as UTC; give analyze a --timezone",
}

func timeText(t int64) string {
	if t == accesslog.NoTime {
		return ""
	}
	return time.UnixMicro(t).UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}

func utf8(s string) string { return escape.UTF8([]byte(s)) }
