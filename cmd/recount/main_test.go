package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the expected output in the scripts again; read it line by line before keeping it")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"recount": main})
}

// TestScripts runs every script under testdata/script: the commands, the help
// pages, the exit codes.
func TestScripts(t *testing.T) {
	dir := filepath.Join("testdata", "script")
	if found, err := filepath.Glob(filepath.Join(dir, "*.txtar")); err != nil || len(found) == 0 {
		t.Fatalf("no scripts in %s: %v", dir, err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		Cmds:                scriptCommands,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			nas, err := filepath.Abs(filepath.Join("..", "..", "testdata", "nas"))
			e.Setenv("NAS", nas)
			return err
		},
		Condition: func(name string) (bool, error) {
			// A file without any permission can be read by root.
			return name == "root" && os.Getuid() == 0, nil
		},
	})
}
