package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/internal/pipeline"
)

// settingsOf gives the options that a command line of analyze comes to.
func settingsOf(t *testing.T, args ...string) (pipeline.Options, string, error) {
	t.Helper()
	var o analyzeOptions
	cmd := &cobra.Command{}
	o.addFlags(cmd)
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	p, err := analyzeSettings(&o, cmd.Flags().Changed, cmd.Flags().Args(), streams{err: &stderr})
	return p, stderr.String(), err
}

func TestSettingsDefaults(t *testing.T) {
	t.Chdir(t.TempDir())
	p, stderr, err := settingsOf(t, "access.log", "-o", "case")
	if err != nil || stderr != "" {
		t.Fatalf("%v, %q", err, stderr)
	}
	if p.Tables != nil || p.Memory != 1<<30 || p.Compression != "snappy" || p.Formats != nil || p.Recordings != nil || p.Custody != nil {
		t.Errorf("%+v", p)
	}
}

// Flags win over the file, key by key.
func TestSettingsFlagsWin(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	err := os.WriteFile("recount.yaml", []byte(`
recordings: ["**/*.wav"]
inventory: files.csv
geo: [a.mmdb]
format: common
bytes_meaning: [{source: "*.1", meaning: planned}]
timezone: [{source: "*.2", zone: Asia/Kathmandu}]
year: 2018
tables: []
compression: zstd
memory: 2GiB
workers: 3
temp: spill
custody: {case_number: 7}
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"spill", "t"} {
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("access.log", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file, stderr, err := settingsOf(t, "access.log", "-o", "case")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stderr, `recount: settings from "recount.yaml", SHA-256 `) {
		t.Errorf("stderr %q", stderr)
	}
	want := file
	want.Recordings, want.Inventory, want.Geo = []string{"**/*.wav"}, "files.csv", []string{"a.mmdb"}
	want.Formats = []pipeline.PerSource{{Value: "common"}}
	want.Meanings = []pipeline.PerSource{{Glob: "*.1", Value: "planned"}}
	want.Zones = []pipeline.PerSource{{Glob: "*.2", Value: "Asia/Kathmandu"}}
	want.Years = []pipeline.PerSource{{Value: "2018"}}
	want.Tables, want.Compression, want.Memory, want.Workers, want.Temp = []string{}, "zstd", 2<<30, 3, "spill"
	want.Custody, want.ConfigFile = map[string]any{"case_number": "7"}, "recount.yaml"
	if !reflect.DeepEqual(file, want) || len(file.ConfigSHA256) != 64 {
		t.Errorf("got  %+v\nwant %+v", file, want)
	}

	flags, _, err := settingsOf(t, "access.log", "-o", "case", "--recordings", "re:x", "--inventory", "", "--geo", "b.mmdb",
		"--format", "a=b/*=combined", "--format", "combined", "--bytes-meaning", "unknown", "--timezone", "Europe/Stockholm", "--timezone", "b=UTC", "--year", "a=2019", "--tables", "all", "--compression", "snappy",
		"--memory", "1M", "--workers", "0", "--temp", "t")
	if err != nil {
		t.Fatal(err)
	}
	want.Recordings, want.Inventory, want.Geo = []string{"re:x"}, "", []string{"b.mmdb"}
	want.Formats = []pipeline.PerSource{{Glob: "a=b/*", Value: "combined"}, {Value: "combined"}}
	want.Meanings = []pipeline.PerSource{{Value: "unknown"}}
	want.Zones = []pipeline.PerSource{{Value: "Europe/Stockholm"}, {Glob: "b", Value: "UTC"}}
	want.Years = []pipeline.PerSource{{Glob: "a", Value: "2019"}}
	want.Tables, want.Compression, want.Memory, want.Workers, want.Temp = nil, "snappy", 1<<20, 0, "t"
	if !reflect.DeepEqual(flags, want) {
		t.Errorf("got  %+v\nwant %+v", flags, want)
	}
}

// A file that lies in the evidence sets nothing, however the evidence is named.
func TestSettingsNotFromEvidence(t *testing.T) {
	dir := t.TempDir()
	logs := filepath.Join(dir, "logs", "2019")
	if err := os.MkdirAll(logs, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"recount.yaml": "workers: 7\n", "access.log": ""} {
		if err := os.WriteFile(filepath.Join(logs, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(logs)
	for _, evidence := range []string{".", "..", filepath.Join(dir, "logs"), "*", "recount.yaml", filepath.Join(dir, "*")} {
		p, stderr, err := settingsOf(t, evidence, "-o", "case")
		if err != nil || p.Workers != 0 || p.ConfigFile != "" || !strings.Contains(stderr, "lies in the evidence") {
			t.Errorf("%s: workers %d, %v, %q", evidence, p.Workers, err, stderr)
		}
	}
	if p, _, err := settingsOf(t, "access.log", "-o", "case"); err != nil || p.Workers != 7 {
		t.Errorf("beside the evidence: workers %d, %v", p.Workers, err)
	}
	var mistake *pipeline.UsageError
	if _, _, err := settingsOf(t, "missing.log", "-o", "case"); err == nil || errors.As(err, &mistake) {
		t.Errorf("missing evidence: %v", err)
	}
}

// TestFormatSettings: what stands before the first "=" is a glob, but not where
// it is a part of a format's own text.
func TestFormatSettings(t *testing.T) {
	for _, c := range []struct{ flag, glob, value string }{
		{"combined", "", "combined"},
		{"*.log=combined", "*.log", "combined"},
		{"{a,b}.log=combined", "{a,b}.log", "combined"},
		{"*.log=docker+combined", "*.log", "docker+combined"},
		{`%h %l %u %t "%r" %>s %b x=%D`, "", `%h %l %u %t "%r" %>s %b x=%D`},
		{`nginx/*=$remote_addr "$request" $status x=$body_bytes_sent`, "nginx/*", `$remote_addr "$request" $status x=$body_bytes_sent`},
		{`$remote_addr x="$request" $status`, "", `$remote_addr x="$request" $status`},
		{"json:time=ts,client=ip", "", "json:time=ts,client=ip"},
		{"docker+json:time=ts,client=ip", "", "docker+json:time=ts,client=ip"},
		{"app*=json:time=ts,client=ip", "app*", "json:time=ts,client=ip"},
		{`{"ip"="%h"}`, "", `{"ip"="%h"}`},
		{"escape=none $remote_addr $request", "", "escape=none $remote_addr $request"},
		{"docker+escape=none $remote_addr $request", "", "docker+escape=none $remote_addr $request"},
		{"nginx/*=escape=none $remote_addr $request", "nginx/*", "escape=none $remote_addr $request"},
		{`lighttpd:a=%h %t "%r" %>s %b`, "", `lighttpd:a=%h %t "%r" %>s %b`},
		{`syslog+lighttpd:a=%h %t "%r" %>s %b`, "", `syslog+lighttpd:a=%h %t "%r" %>s %b`},
		{`nas/*=lighttpd:%h %t "%r" %>s %b`, "nas/*", `lighttpd:%h %t "%r" %>s %b`},
		{`escape=json {"c":"$remote_addr"}`, "", `escape=json {"c":"$remote_addr"}`},
		{`nginx/*=escape=json {"c":"$remote_addr"}`, "nginx/*", `escape=json {"c":"$remote_addr"}`},
		{"=combined", "", "combined"},
		{"a=b/*=combined", "a=b/*", "combined"},
	} {
		got := perSourceFormat([]string{c.flag})
		if len(got) != 1 || got[0].Glob != c.glob || got[0].Value != c.value {
			t.Errorf("%q: %+v", c.flag, got)
		}
	}
}
