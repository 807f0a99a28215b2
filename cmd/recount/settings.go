package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/logrecount/recount/internal/config"
	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/evidence"
)

// analyzeSettings puts flags and recount.yaml together into options, and checks
// every value that can be checked without reading evidence. This is the one
// place where it is done for both.
func analyzeSettings(o *analyzeOptions, changed func(flag string) bool, args []string, s streams) (p pipeline.Options, err error) {
	if len(args) == 0 {
		return p, usage("no evidence was named", "name log files, folders or globs, or - for standard input, as in: recount analyze access.log* -o case")
	}
	if o.output == "" {
		return p, usage("no folder for the case was named", "name one with -o, as in: recount analyze access.log* -o case")
	}
	file, err := settingsFile(o.config, o.quiet, args, s)
	if err != nil {
		return p, err
	}
	p = pipeline.Options{
		Evidence:    args,
		Stdin:       s.in,
		Out:         o.output,
		Force:       o.force,
		Recordings:  either(changed("recordings"), o.recordings, file.Recordings),
		Inventory:   either(changed("inventory"), o.inventory, file.Inventory),
		Geo:         either(changed("geo"), o.geo, file.Geo),
		LabelsFile:  either(changed("labels"), o.labelsFile, file.LabelsFile),
		Compression: either(changed("compression") || file.Compression == "", o.compression, file.Compression),
		Workers:     either(changed("workers"), o.workers, file.Workers),
		Memory:      file.Memory,
		Temp:        either(changed("temp"), o.temp, file.Temp),

		ConfigFile:   file.Path,
		ConfigSHA256: file.SHA256,

		Version:   version,
		Build:     build(),
		Arguments: os.Args[1:],
	}
	for k, v := range file.Custody {
		if p.Custody == nil {
			p.Custody = map[string]any{}
		}
		p.Custody[k] = v
	}
	if changed("memory") || p.Memory == 0 {
		if p.Memory, err = config.ParseSize(o.memory); err != nil {
			return p, usage(err.Error(), "give --memory as in 512MiB")
		}
	}
	if changed("label") {
		if p.Labels, err = labelFlags(o.labels); err != nil {
			return p, err
		}
	} else {
		p.Labels = labelsFromFile(file)
	}
	p.Formats = either(changed("format"), perSourceFormat(o.formats), fromFile(file.Format))
	p.Meanings = either(changed("bytes-meaning"), perSource(o.meanings), fromFile(file.BytesMeaning))
	p.Zones = either(changed("timezone"), perSource(o.zones), fromFile(file.Timezone))
	p.Years = either(changed("year"), perSource(o.years), fromFile(file.Year))
	p.Clocks = either(changed("clock-offset"), perSource(o.clocks), fromFile(file.ClockOffset))
	if p.Exposure, err = exposure(o.exposure, changed("exposure"), file.Exposure); err != nil {
		return p, err
	}
	if file.Declaration != nil {
		d := pipeline.Declaration(*file.Declaration)
		p.Declaration = &d
	}
	for _, out := range file.Outages {
		p.Outages = append(p.Outages, pipeline.Stretch(out))
	}
	if p.Servers, err = serverConfigs(either(changed("server-config"), o.servers, file.ServerConfig), s); err != nil {
		return p, err
	}
	tables := file.Tables
	if changed("tables") || tables == nil {
		tables = strings.Split(o.tables, ",")
	}
	p.Tables = tableNames(tables)
	if p.Claims, err = claimsOf(file.Claims); err != nil {
		return p, err
	}
	return p, check(&p)
}

// Limits of what can be asked for: each worker has buffers of its own, and no
// run does with less than one of them.
const (
	maxWorkers = 256
	minMemory  = 1 << 20
)

// check refuses values that mean nothing, wherever they come from.
func check(p *pipeline.Options) error {
	if err := checkFormats(p.Formats); err != nil {
		return err
	}
	for _, m := range p.Meanings {
		if _, ok := accesslog.ParseMeaning(m.Value); !ok {
			return usage(fmt.Sprintf("unknown bytes meaning %q", m.Value), "the meanings are planned, accepted_body, accepted_with_headers, transferred and unknown")
		}
	}
	for _, z := range p.Zones {
		if _, err := pipeline.Zone(z.Value); err != nil {
			return err
		}
	}
	for _, y := range p.Years {
		if _, err := pipeline.Year(y.Value); err != nil {
			return err
		}
	}
	for _, c := range p.Clocks {
		if _, err := pipeline.ParseClock(c.Value); err != nil {
			return err
		}
	}
	for _, err := range []error{pipeline.CheckExposure(p.Exposure), pipeline.CheckOutages(p.Outages), pipeline.CheckDeclaration(p.Declaration, p.Exposure)} {
		if err != nil {
			return err
		}
	}
	for _, t := range p.Tables {
		if !slices.Contains(casefile.TableNames(), t) {
			return usage(fmt.Sprintf("unknown table %q", t), didYouMean(t, casefile.TableNames())+"the tables are "+strings.Join(casefile.TableNames(), ", ")+"; or all, or none")
		}
	}
	if p.Compression != "snappy" && p.Compression != "zstd" {
		return usage(fmt.Sprintf("unknown compression %q", p.Compression), "the compressions are snappy and zstd")
	}
	if p.Memory < minMemory {
		return usage(fmt.Sprintf("a memory budget of %d bytes is too small", p.Memory), "give --memory 1MiB or more")
	}
	if p.Workers < 0 || p.Workers > maxWorkers {
		return usage(fmt.Sprintf("%d workers are not possible", p.Workers), fmt.Sprintf("give --workers a number up to %d, or leave it out for one per processor", maxWorkers))
	}
	if p.Temp != "" {
		if err := exists("folder for what does not fit in memory", p.Temp); err != nil {
			return err
		}
		if info, err := os.Stat(p.Temp); err != nil {
			return fmt.Errorf("folder for what does not fit in memory: %w", err)
		} else if !info.IsDir() {
			return usage(fmt.Sprintf("%q is not a folder", p.Temp), "give --temp a folder on a disk with room")
		}
	}
	for _, r := range p.Recordings {
		expr, isExpr := strings.CutPrefix(r, "re:")
		switch {
		case r == "" || isExpr && expr == "":
			return usage("a pattern of recordings is empty", "write a glob such as '**/*.wav', or re: and a regular expression")
		case !isExpr:
		case len(p.Recordings) > 1:
			return usage("a regular expression of recordings stands beside other patterns", "give either globs or one re:EXPR")
		default:
			if _, err := regexp.Compile(expr); err != nil {
				return usage("pattern of recordings: "+err.Error(), "the syntax is that of https://golang.org/s/re2syntax")
			}
		}
	}
	return nil
}

func checkFormats(formats []pipeline.PerSource) error {
	for _, f := range formats {
		if _, err := accesslog.ReadingByName(f.Value); err != nil {
			return usage(err.Error(), didYouMean(f.Value, accesslog.FormatNames())+pipeline.FormatHint)
		}
	}
	return nil
}

// inputsExist looks for the files that are read beside the evidence.
func inputsExist(p *pipeline.Options) error {
	if p.Inventory != "" {
		if err := exists("inventory", p.Inventory); err != nil {
			return err
		}
	}
	if p.LabelsFile != "" {
		if err := exists("file of labels", p.LabelsFile); err != nil {
			return err
		}
	}
	for _, g := range p.Geo {
		if err := exists("geo database", g); err != nil {
			return err
		}
	}
	return nil
}

// settingsFile reads the file of settings and says so, since it changes the
// figures. Without one it gives an empty File.
func settingsFile(path string, quiet bool, args []string, s streams) (*config.File, error) {
	var f *config.File
	var err error
	if path != "" {
		if err := exists("file of settings", path); err != nil {
			return nil, err
		}
		f, err = config.Load(path)
	} else {
		f, err = findSettings(args, s)
	}
	var mistake *config.Error
	switch {
	case errors.As(err, &mistake):
		return nil, &pipeline.UsageError{Err: err, Hint: "correct the file, or name another one with --config"}
	case err != nil:
		return nil, err
	case f == nil:
		return &config.File{}, nil
	}
	if path == "" || !quiet {
		say(s.err, "", fmt.Sprintf("settings from %q, SHA-256 %s", f.Path, f.SHA256))
	}
	return f, nil
}

func findSettings(args []string, s streams) (*config.File, error) {
	var failed error
	f, skipped, err := config.Find(".", func(path string) bool {
		set, err := evidence.Find(args)
		if err != nil {
			failed = err
			return true
		}
		in, err := set.Holds(path)
		failed = err
		return in || err != nil
	})
	if failed != nil {
		return nil, failed
	}
	if skipped != "" {
		say(s.err, "warning", fmt.Sprintf("%q lies in the evidence and is not used as settings; if it shall be, name it with --config", skipped))
	}
	return f, err
}

// exposure reads FROM..TO, or takes the file's.
func exposure(flag string, given bool, file *config.Stretch) (pipeline.Stretch, error) {
	if !given {
		if file == nil {
			return pipeline.Stretch{}, nil
		}
		return pipeline.Stretch(*file), nil
	}
	from, to, found := strings.Cut(flag, "..")
	if !found || from == "" || to == "" {
		return pipeline.Stretch{}, usage(fmt.Sprintf("%q is no period", flag), "write --exposure FROM..TO, as in --exposure 2013-02-01..2019-02-18")
	}
	return pipeline.Stretch{From: from, To: to}, nil
}

// tableNames reads all and none; nil means all.
func tableNames(names []string) []string {
	if len(names) == 1 {
		switch strings.TrimSpace(names[0]) {
		case "all":
			return nil
		case "none":
			return []string{}
		}
	}
	out := []string{}
	for _, n := range names {
		out = append(out, strings.TrimSpace(n))
	}
	return out
}

// perSource reads VALUE or GLOB=VALUE; a value has no "=".
func perSource(flags []string) []pipeline.PerSource {
	var out []pipeline.PerSource
	for _, f := range flags {
		i := strings.LastIndexByte(f, '=')
		out = append(out, pipeline.PerSource{Glob: f[:max(i, 0)], Value: f[i+1:]})
	}
	return out
}

// perSourceFormat is perSource for formats. LogFormat and log_format strings and
// json:... may hold "=" too: there what stands before the first one is a glob,
// unless it is a part of the string, as in nginx's escape=none.
func perSourceFormat(flags []string) []pipeline.PerSource {
	var out []pipeline.PerSource
	for _, f := range flags {
		if !strings.ContainsAny(f, "%$") && !strings.Contains(f, "json:") {
			out = append(out, perSource([]string{f})...)
			continue
		}
		glob, value, found := strings.Cut(f, "=")
		if !found || glob == "escape" || strings.HasSuffix(glob, "+escape") || strings.ContainsAny(glob, "%$") ||
			strings.HasPrefix(glob, "json:") || strings.Contains(glob, "+json:") || strings.HasPrefix(glob, "lighttpd:") || strings.Contains(glob, "+lighttpd:") ||
			strings.Contains(glob, "{") && strings.ContainsAny(value, "%$") {
			glob, value = "", f
		}
		out = append(out, pipeline.PerSource{Glob: glob, Value: value})
	}
	return out
}

// labelFlags reads NETWORK=LABEL; a network has no "=".
func labelFlags(flags []string) ([]pipeline.LabelEntry, error) {
	var out []pipeline.LabelEntry
	for _, f := range flags {
		network, label, found := strings.Cut(f, "=")
		if !found {
			return nil, usage(fmt.Sprintf("--label %q has no label", f), "write it as --label 192.0.2.0/24=office")
		}
		out = append(out, pipeline.LabelEntry{Network: strings.TrimSpace(network), Label: strings.TrimSpace(label), File: "--label " + quoted(f)})
	}
	return out, nil
}

func labelsFromFile(file *config.File) []pipeline.LabelEntry {
	var out []pipeline.LabelEntry
	for _, l := range file.Labels {
		out = append(out, pipeline.LabelEntry{Network: strings.TrimSpace(l.Network), Label: strings.TrimSpace(l.Label), File: file.Path, Line: l.Line})
	}
	return out
}

// serverConfigs reads the configurations of servers and says what of them is
// not used.
func serverConfigs(paths []string, s streams) ([]*pipeline.ServerConfig, error) {
	var list []*pipeline.ServerConfig
	for _, path := range paths {
		if err := exists("server configuration", path); err != nil {
			return nil, err
		}
		c, err := pipeline.ReadServerConfig(path)
		if err != nil {
			return nil, err
		}
		for _, r := range c.Remarks {
			say(s.err, "warning", r)
		}
		list = append(list, c)
	}
	return list, nil
}

func fromFile(settings []config.PerSource) []pipeline.PerSource {
	var out []pipeline.PerSource
	for _, s := range settings {
		out = append(out, pipeline.PerSource(s))
	}
	return out
}

// either is a flag's value where it was given, else the file's.
func either[T any](given bool, flag, file T) T {
	if given {
		return flag
	}
	return file
}

func usage(message, hint string) error {
	return &pipeline.UsageError{Err: errors.New(message), Hint: hint}
}

// exists says in words that a file or folder is not there. What else keeps it
// from being read is for whoever reads it to say.
func exists(what, path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s %q does not exist: check the path", what, path)
	}
	return nil
}

func quoted(s string) string { return strconv.Quote(s) }
