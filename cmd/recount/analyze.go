package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/logrecount/recount/internal/pipeline"
	"github.com/logrecount/recount/pkg/report"
)

// analyzeOptions holds the flags of analyze as they are typed.
type analyzeOptions struct {
	output      string
	force       bool
	recordings  []string
	inventory   string
	geo         []string
	labels      []string
	labelsFile  string
	formats     []string
	servers     []string
	meanings    []string
	zones       []string
	years       []string
	clocks      []string
	exposure    string
	tables      string
	compression string
	workers     int
	memory      string
	temp        string
	config      string
	quiet       bool
	noProgress  bool
}

func newAnalyzeCommand(s streams) *cobra.Command {
	var o analyzeOptions
	cmd := &cobra.Command{
		Use:     "analyze EVIDENCE... -o CASE",
		Aliases: []string{"analyse"},
		Short:   "Turn access logs into a case: the main job",
		Long: `Read access logs and write a case: a folder with a summary, tables and the
hashes of all that was read and written.

EVIDENCE is files, folders (with all below them), globs, or - for standard
input. Compression (gzip, zstd, bzip2, xz), archives (tar, zip) and line format
are recognised; each file in an archive is a source, archive!member. Every audio
and video file counts as a recording unless --recordings says otherwise.

Settings may also stand in a file recount.yaml in the working folder, or in the
file that --config names. Flags win over the file. A recount.yaml that lies in
the evidence is not used.

A GLOB before = is matched against the path of a source as 'recount show CASE
sources' prints it; a glob without a slash against the file's name. What is for
an archive is for its members. One that matches no source is an error.

The logs cover a period fully only if --exposure states it, no silence in it is
implausible or each is explained (outages in recount.yaml), they reach both ends,
and somebody declared that these are all the logs (declaration in recount.yaml).

Claims in recount.yaml (key claims, see 'recount help claim') are held against
what was found, and their verdicts stand in the summary. They do not change the
exit code.

Evidence is only read. The case appears when it is whole, or not at all.`,
		Example: `  recount analyze access.log* -o case
  recount analyze /mnt/image/var/log/nginx -o case --inventory files.csv
  recount analyze logs -o case --recordings 're:_(?P<phone>467\d{8})_.*\.wav$'
  recount analyze logs -o case --label 10.0.0.0/8=own --label 192.0.2.7=monitoring
  recount analyze logs -o case --timezone 'ftp/*=Europe/Stockholm' --year 'samba/*=2019'
  recount analyze logs -o case --format 'nginx/*=nginx_combined' --bytes-meaning 'apache/*=accepted_with_headers'`,
		Args: cobra.ArbitraryArgs, // analyzeSettings has the better message
		RunE: func(cmd *cobra.Command, args []string) error {
			return runAnalyze(cmd.Context(), &o, cmd.Flags().Changed, args, s)
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *analyzeOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&o.output, "output", "o", "", "`FOLDER` to write the case to; it must not exist yet")
	f.BoolVar(&o.force, "force", false, "replace the case in that folder")
	f.StringArrayVar(&o.recordings, "recordings", nil, "what a recording is: `GLOB` on its path (repeatable), or one re:EXPR\nwhose named groups become columns")
	f.StringVar(&o.inventory, "inventory", "", "CSV `FILE` of the recordings: path, size, further columns")
	f.StringArrayVar(&o.geo, "geo", nil, "MaxMind database `FILE` for places and networks (repeatable)")
	f.StringArrayVar(&o.labels, "label", nil, "who a client is: `NETWORK=LABEL` for a network (192.0.2.0/24), an\naddress, a range (192.0.2.1-192.0.2.9) or a host name (repeatable);\nall is counted with and without clients that have a label")
	f.StringVar(&o.labelsFile, "labels", "", "CSV `FILE` of such labels: network, label; further columns are passed over")
	f.StringArrayVar(&o.formats, "format", nil, "line format: `NAME`, a LogFormat, log_format or lighttpd:\nstring, or json:... (see recount help formats);\nGLOB=NAME and so on for some sources (repeatable)")
	f.StringArrayVar(&o.servers, "server-config", nil, "`FILE` of a server's configuration (httpd.conf, nginx.conf), whose log\nformats are tried first (repeatable)")
	f.StringArrayVar(&o.meanings, "bytes-meaning", nil, "what the size field counts: `MEANING`, or GLOB=MEANING for some\nsources (repeatable): planned, accepted_body,\naccepted_with_headers, transferred or unknown")
	f.StringArrayVar(&o.zones, "timezone", nil, "time zone of times that are logged without one: `ZONE` such as\nEurope/Stockholm, or GLOB=ZONE for some sources (repeatable);\nwithout it they are taken as UTC")
	f.StringArrayVar(&o.years, "year", nil, "`YEAR` of the first line where times are logged without years, or\nGLOB=YEAR for some sources (repeatable); without it such lines\nhave no time")
	f.StringArrayVar(&o.clocks, "clock-offset", nil, "by how much the server's clock was ahead of the time: `OFFSET` such\nas +3m20s, or -1h if it was behind; GLOB=OFFSET for some\nsources (repeatable); times are corrected by it")
	f.StringVar(&o.exposure, "exposure", "", "period `FROM..TO` in which the recordings could be reached and which\nthe logs should cover: dates, or times such as\n2013-02-01T08:00:00+01:00; UTC unless written")
	f.StringVar(&o.tables, "tables", "all", "tables to write: all, none, or `NAMES` with commas")
	f.StringVar(&o.compression, "compression", "snappy", "`NAME` of the compression of the tables: snappy, or zstd for smaller files")
	f.IntVar(&o.workers, "workers", 0, "`NUMBER` of workers; 0: one per processor")
	f.StringVar(&o.memory, "memory", "1GiB", "memory budget, as `SIZE` such as 512MiB or 2G")
	f.StringVar(&o.temp, "temp", "", "`FOLDER` for what does not fit in memory (default the system's)")
	f.StringVar(&o.config, "config", "", "`FILE` of settings (default recount.yaml in the working folder)")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "no progress and no summary; only what goes wrong")
	f.BoolVar(&o.noProgress, "no-progress", false, "no progress")
}

func runAnalyze(ctx context.Context, o *analyzeOptions, changed func(flag string) bool, args []string, s streams) error {
	p, err := analyzeSettings(o, changed, args, s)
	if err != nil {
		return err
	}
	if err := inputsExist(&p); err != nil {
		return err
	}
	var meter *progress
	if !o.quiet && !o.noProgress {
		meter = newProgress(s.err)
		p.Progress = meter.update
	}
	// The first Ctrl-C stops the run, which then tidies up; the second has its
	// usual effect.
	ctx, restore := signal.NotifyContext(ctx, stopSignals()...)
	defer restore()
	context.AfterFunc(ctx, restore)

	done, err := pipeline.Run(ctx, p)
	meter.close()
	if err != nil {
		return err
	}
	if !o.quiet {
		err = report.Terminal(s.out, done.Summary, terminalWidth(s.out))
		if err != nil && !errors.Is(err, syscall.EPIPE) {
			return &failure{err, "the case itself is whole"}
		}
		say(s.err, "", "the case is in "+quoted(p.Out))
	}
	if done.Damaged {
		sayUnread(s.err, done.Unread)
		return errDamaged
	}
	return nil
}

// namedUnread is how many unread sources are named; the case names all.
const namedUnread = 5

// sayUnread names what was not, or not wholly, read, with the reason.
func sayUnread(w io.Writer, unread []string) {
	for _, u := range unread[:min(len(unread), namedUnread)] {
		say(w, "warning", u)
	}
	if more := len(unread) - namedUnread; more > 0 {
		say(w, "warning", fmt.Sprintf("and %d more", more))
	}
}

// stopSignals are the signals that end a run tidily: Ctrl-C, that of kill, and a
// terminal that closes, unless nohup has it ignored.
func stopSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}
