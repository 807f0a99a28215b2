package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/report"
)

func newFormatsCommand(s streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "formats [NAME]",
		Short: "List the line formats that can be read, or explain one",
		Long: `List the line formats that can be read, with what the size field of each counts,
which moment its time is, and in which time zone; then the wrappers that another
program may have put around each line. With NAME: all that is known of one, with
the documentation it was taken from.

The list is also the order of detection: of two formats that read as many lines
of a sample, the one that stands first is taken. A format in a wrapper is named
WRAPPER+FORMAT.

A format of a server's own is given to --format as the string that its
configuration has: a LogFormat string of Apache, a log_format string of nginx
(with escape=json or escape=none before it, if the configuration says so), or an
accesslog.format string of lighttpd with lighttpd: before it. Without that prefix
a string with % is Apache's, whose %b and %t mean something else. One that writes
a JSON object is read too.

Other JSON lines are described: json:FIELD=PATH,... names for each field the
keys of its value from the outermost on, joined by dots; a backslash before a
dot, a comma or a backslash makes it part of a name.

  must be given   time, client, status, and target or request ("GET /a HTTP/1.1")
  may be given    method, query (where target comes without), protocol, host,
                  user, referrer, agent, forwarded (X-Forwarded-For), bytes, sent
                  (bytes with headers, beside bytes), range, content_range,
                  content_length, content_encoding (headers), object_size,
                  duration, completion ("OK", or "" for a cut)
  meaning         what bytes counts: planned, accepted_body,
                  accepted_with_headers, transferred, unknown (as if not given)
  time_format     auto (as if not given: ISO 8601, the common log's time, or a
                  number, whose size tells its unit), text, local (text without
                  an offset), unix, unix_ms, unix_us, unix_ns
  time_at         start, end; not given: one or the other
  duration_unit   s (as if not given), ms, us, ns`,
		Example: `  recount formats
  recount formats combined
  recount analyze app.log -o case --format 'json:time=ts,client=peer.ip,request=req,status=status,bytes=size,meaning=accepted_body'
  recount formats --json`,
		Args: arguments(0, 1, "at most one format"),
		RunE: func(_ *cobra.Command, args []string) error { return runFormats(asJSON, args, s) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON, with everything of every format")
	return cmd
}

func runFormats(asJSON bool, args []string, s streams) error {
	all := lineFormats()
	if len(args) == 1 {
		return runFormat(asJSON, args[0], all, s)
	}
	if asJSON {
		return report.JSON(s.out, all)
	}
	if err := report.LineFormatTable(s.out, all, terminalWidth(s.out)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.out, "\n'recount formats NAME' says why, and shows fields, escaping and documentation.\n")
	return err
}

func runFormat(asJSON bool, name string, all report.LineFormats, s streams) error {
	var names []string
	for _, f := range all.Formats {
		if f.Name == name {
			if asJSON {
				return report.JSON(s.out, f)
			}
			return report.LineFormatPage(s.out, f, terminalWidth(s.out))
		}
		names = append(names, f.Name)
	}
	for _, v := range all.Wrappers {
		if v.Name == name {
			if asJSON {
				return report.JSON(s.out, v)
			}
			return report.LineWrapperPage(s.out, v, terminalWidth(s.out))
		}
		names = append(names, v.Name)
	}
	return usage(fmt.Sprintf("unknown format %q", name), didYouMean(name, names)+"the formats are "+strings.Join(accesslog.FormatNames(), ", "))
}

// lineFormats is the table of formats as plain values.
func lineFormats() report.LineFormats {
	all := report.LineFormats{Formats: []report.LineFormat{}, Wrappers: []report.LineWrapper{}}
	for _, f := range accesslog.Formats() {
		all.Formats = append(all.Formats, report.LineFormat{
			Name: f.Name, Title: f.Title, Meaning: f.Meaning.String(), MeaningWhy: f.MeaningWhy,
			TimeAt: f.TimeAt.String(), TimeZone: f.Zone.String(), Escaping: f.Escaping, Fields: f.Fields,
			Stateless: f.Stateless, Source: f.Source,
		})
	}
	for _, v := range accesslog.Wrappers() {
		all.Wrappers = append(all.Wrappers, report.LineWrapper{Name: v.Name, Title: v.Title, Stateless: v.Stateless, Source: v.Source})
	}
	return all
}
