// Command recount counts again: from access logs it says which recordings were
// downloaded, by which clients, and how sure that is.
//
// This package is flags and glue. Arguments, flags and recount.yaml come in and
// become plain options; the work is done in internal/pipeline and in the rooms
// under pkg. Every command has one shape: newXCommand makes it, xOptions holds
// its flags, runX does it. What goes to a terminal is escaped here or in
// pkg/report. It never reads a log itself.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // a Windows machine has no time zone database

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/internal/pipeline"
)

// streams is where a command reads and writes. Results go to out, everything
// about the run goes to err.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

func main() {
	// A reader that has seen enough, such as head, is no failure: the write
	// must return an error instead of ending the process.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(run(context.Background(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// run runs one command line and gives its exit code.
func run(ctx context.Context, args []string, s streams) int {
	root := newRootCommand(s)
	root.SetArgs(args)
	return finish(root.ExecuteContext(ctx), s.err)
}

func newRootCommand(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "recount COMMAND",
		Short: "Count from access logs which recordings were downloaded, by whom, and how sure that is",
		Long: `recount reads the access logs of an exposed web server and says which recordings
were downloaded, by which clients, how sure that is, and what the logs cannot
show. It works offline and never changes the evidence.

The main job, on logs as they are (plain, gzip, zstd, bzip2, xz; files, folders,
globs or - for standard input):

  recount analyze access.log* -o case

'recount help completeness' says what the grades of a download mean and prove.`,
		Args:              cobra.ArbitraryArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SuggestionsMinimumDistance = 2
	root.SetUsageTemplate(usageTemplate + "\n" + exitCodes)
	root.SetHelpCommand(newHelpCommand(s))
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &pipeline.UsageError{Err: err, Hint: nearFlag(cmd, err) + seeHelp(cmd)}
	})
	root.Version = versionText()
	root.SetVersionTemplate("{{.Version}}")
	root.Flags().Bool("version", false, "print the version and the build")
	root.AddCommand(
		newAnalyzeCommand(s),
		newShowCommand(s),
		newVerifyCommand(s),
		newClaimCommand(s),
		newTraceCommand(s),
		newDetectCommand(s),
		newFormatsCommand(s),
		newVersionCommand(s),
		newCompletionCommand(s),
	)
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		cmd.DisableFlagsInUseLine = true
	}
	root.DisableFlagsInUseLine = true
	return root
}

func unknownCommand(root *cobra.Command, name string) error {
	hint := seeHelp(root)
	if near := root.SuggestionsFor(name); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return &pipeline.UsageError{Err: fmt.Errorf("unknown command %q", name), Hint: hint}
}

func seeHelp(cmd *cobra.Command) string {
	return fmt.Sprintf("see %q", cmd.CommandPath()+" --help")
}

// arguments checks the number of arguments; what says which are wanted.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		return &pipeline.UsageError{Err: errors.New("want " + what), Hint: "usage: " + cmd.UseLine()}
	}
}
