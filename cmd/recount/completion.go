package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/internal/pipeline"
)

func newCompletionCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a script that completes commands and flags in a shell",
		Long: `Print a script that completes commands and flags in a shell. To use it now:

  bash        source <(recount completion bash)
  zsh         source <(recount completion zsh)
  fish        recount completion fish | source
  powershell  recount completion powershell | Out-String | Invoke-Expression`,
		Args:      arguments(1, 1, "one shell: bash, zsh, fish or powershell"),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(s.out, true)
			case "zsh":
				return root.GenZshCompletion(s.out)
			case "fish":
				return root.GenFishCompletion(s.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(s.out)
			}
			return &pipeline.UsageError{
				Err:  fmt.Errorf("unknown shell %q", args[0]),
				Hint: "the shells are bash, zsh, fish and powershell",
			}
		},
	}
}
