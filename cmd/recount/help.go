package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/pkg/report"
)

// usageTemplate follows the text of a command on its help page; the exit codes
// follow it.
const usageTemplate = `Usage:
  {{.UseLine}}
{{- if .HasAvailableSubCommands}}

Commands:
{{- range .Commands}}{{if or .IsAvailableCommand (eq .Name "help")}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{- end}}
{{- if gt (len .Aliases) 0}}

Also called:
  {{.NameAndAliases}}
{{- end}}
{{- if .HasExample}}

Examples:
{{.Example}}
{{- end}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{- end}}
`

// topics are the help pages that are of no command.
var topics = map[string]func(w io.Writer, width int) error{
	"completeness": report.Completeness,
	"rules":        report.Rules,
}

// newHelpCommand replaces the library's own, which takes a topic that it does
// not know for success.
func newHelpCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND or TOPIC]",
		Short: "Print the help page of a command or a topic",
		Long: `Print the help page of a command, or of a topic:

  completeness  the grades, what each rests on, what it proves and what it cannot
  rules         by which rules is counted, how a claim is judged, other standards`,
		Args: arguments(0, 1, "at most one command or topic"),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			if len(args) == 0 {
				root.InitDefaultHelpFlag() // as if it had been run
				return root.Help()
			}
			if topic := topics[args[0]]; topic != nil {
				return topic(s.out, terminalWidth(s.out))
			}
			for _, c := range root.Commands() {
				if c.Name() == args[0] || c.HasAlias(args[0]) {
					c.InitDefaultHelpFlag()
					return c.Help()
				}
			}
			if near := didYouMean(args[0], slices.Sorted(maps.Keys(topics))); near != "" {
				return usage(fmt.Sprintf("unknown command %q", args[0]), strings.TrimSpace(near))
			}
			return unknownCommand(root, strings.TrimSpace(args[0]))
		},
	}
}
