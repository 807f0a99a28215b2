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
WRAPPER+FORMAT.`,
		Example: `  recount formats
  recount formats combined
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
