package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/logrecount/recount/internal/escape"
	"github.com/logrecount/recount/internal/pipeline"
)

// plainWidth is for output that goes to a file or a pipe.
const plainWidth = 100

// terminalWidth gives the columns of the terminal that w is, or plainWidth.
func terminalWidth(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return plainWidth
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress shows how far an analysis has come: a bar on a terminal, a line
// every ten seconds elsewhere. A nil progress shows nothing.
type progress struct {
	w     io.Writer
	bar   *progressbar.ProgressBar // of the phase; nil: lines
	lines bool
	phase string
	start time.Time // of the phase
	last  time.Time // line
}

const lineEvery = 10 * time.Second

func newProgress(w io.Writer) *progress {
	now := time.Now()
	return &progress{w: w, lines: !isTerminal(w), start: now, last: now}
}

// update is called by the pipeline, from one goroutine.
func (p *progress) update(now pipeline.Progress) {
	if now.Phase != p.phase {
		p.begin(now)
	}
	if p.lines {
		if time.Since(p.last) >= lineEvery {
			p.last = time.Now()
			say(p.w, "", progressLine(now, time.Since(p.start)))
		}
		return
	}
	// Errors of the terminal are of no consequence for the analysis.
	p.bar.Describe(describe(now))
	if now.Phase == "scan" {
		_ = p.bar.Set64(now.Bytes)
	} else {
		_ = p.bar.Add(0)
	}
}

func (p *progress) begin(now pipeline.Progress) {
	p.close()
	p.phase, p.start = now.Phase, time.Now()
	if p.lines {
		return
	}
	total := int64(-1) // a spinner
	if now.Phase == "scan" && now.TotalBytes > 0 {
		total = now.TotalBytes
	}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(p.w),
		progressbar.OptionShowTotalBytes(true),
		progressbar.OptionUseIECUnits(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100 * time.Millisecond),
		progressbar.OptionSetWidth(16),
		progressbar.OptionClearOnFinish(),
	}
	if now.Phase == "scan" {
		options = append(options, progressbar.OptionShowBytes(true), progressbar.OptionShowCount())
	}
	p.bar = progressbar.NewOptions64(total, options...)
}

// close takes the bar away.
func (p *progress) close() {
	if p == nil || p.bar == nil {
		return
	}
	_ = p.bar.Finish()
	_ = p.bar.Clear()
	p.bar = nil
}

// describe is the text before the bar.
func describe(p pipeline.Progress) string {
	switch p.Phase {
	case "scan":
		return fmt.Sprintf("scan %s: %d requests, %d rejects", escape.Truncate(escape.Terminal(p.Source), 24), p.Requests, p.Rejects)
	case "group":
		return fmt.Sprintf("group: %d recordings", p.Recordings)
	}
	return escape.Terminal(p.Phase)
}

// progressLine is one line where there is no terminal.
func progressLine(p pipeline.Progress, took time.Duration) string {
	if p.Phase != "scan" {
		return describe(p)
	}
	const mib = 1 << 20
	rate := float64(p.Bytes) / max(took.Seconds(), 1e-3)
	text := fmt.Sprintf("scan: %d MiB", p.Bytes/mib)
	if p.TotalBytes > 0 {
		text += fmt.Sprintf(" of %d MiB", p.TotalBytes/mib)
	}
	text += fmt.Sprintf(", %.0f MiB/s", rate/mib)
	if p.TotalBytes > 0 && rate > 0 {
		left := time.Duration(float64(p.TotalBytes-p.Bytes) / rate * float64(time.Second))
		text += fmt.Sprintf(", %s left", max(left, 0).Round(time.Second))
	}
	return text + fmt.Sprintf(", %d requests, %d rejects", p.Requests, p.Rejects)
}
