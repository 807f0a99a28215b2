package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is the version of the tool; it goes into every case.
const version = "0.1.0-dev"

func newVersionCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version and the build",
		Long:  "Print the version, the Go version and the revision that the binary was built from.",
		Args:  arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(s.out, versionText())
			return err
		},
	}
}

func versionText() string { return fmt.Sprintf("recount %s\n%s\n", version, build()) }

// build says by which Go and from which revision the binary was built. It is
// the same for every run of a binary.
func build() string {
	text := runtime.Version()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return text
	}
	revision, modified := "", false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			modified = s.Value == "true"
		}
	}
	switch {
	case revision == "":
		return text + ", revision not recorded"
	case modified:
		return text + ", revision " + revision + " with changes"
	}
	return text + ", revision " + revision
}
