// Package yardstick makes the log on which speed and memory are measured: a
// combined log of a media server, as large as asked, the same bytes for the
// same options on every machine.
//
// It takes a number of lines and a seed and writes the log, and the inventory
// that goes with it. At 5.5 million lines that is 949 MB, 50,000 clients and
// 1.2 million recordings, which 30 % of the lines are about; other sizes scale
// clients and recordings along. A few downloaders walk the recordings in
// order, some in pieces (206), some cut short; everyone else asks for pages,
// images and API calls. One line in 10,000 is damaged.
//
// How many clients there are can be said instead; then every one of them asks
// for a recording at least once, which is what fills the memory.
//
// It never reads anything, and shares no code with what is measured on it.
package yardstick

import (
	"bufio"
	"fmt"
	"io"
)

// Options say which log to make.
type Options struct {
	Lines   int64
	Seed    uint64
	Clients int64 // as many as this, none without a recording; 0: as many as fit the lines, some only seen on pages
}

// Stats is the truth about a log.
type Stats struct {
	Lines      int64
	Bytes      int64
	Damaged    int64 // lines that no parser should take
	OnRecords  int64 // lines about recordings, damaged ones aside
	Recordings int64 // in the inventory; every one is asked for at least once in an undamaged line
	Clients    int64
}

// The proportions of the full-size log.
const (
	fullLines      = 5_500_000
	fullClients    = 50_000
	fullRecordings = 1_200_000
	percentOnRecs  = 30
	damagedEvery   = 10_000
	spanSeconds    = 60 * 86400
)

// firstSecond is 2018-12-20 00:00:00 +0100. The span holds no change to or
// from summer time.
const firstSecond = 1545260400

func (o Options) scale(full int64) int64 {
	return max(8, full*o.Lines/fullLines)
}

func (o Options) clients() int64 {
	if o.Clients > 0 {
		return o.Clients
	}
	return o.scale(fullClients)
}

func (o Options) recordings() int64   { return min(o.scale(fullRecordings), o.onRecordings()) }
func (o Options) onRecordings() int64 { return max(1, o.Lines*percentOnRecs/100) }

// WriteLog writes the log. More clients than recordings or addresses are an
// error.
func WriteLog(w io.Writer, o Options) (Stats, error) {
	if most := min(o.recordings(), addresses); o.Clients < 0 || o.Clients > most {
		return Stats{}, fmt.Errorf("%d clients in %d lines: 0 to %d can be", o.Clients, o.Lines, most)
	}
	out := bufio.NewWriterSize(w, 1<<20)
	g := newGenerator(o)
	for range o.Lines {
		line := g.next()
		g.stats.Bytes += int64(len(line))
		if _, err := out.Write(line); err != nil {
			return g.stats, err
		}
	}
	g.stats.Lines = o.Lines
	return g.stats, out.Flush()
}

// WriteInventory writes the recordings of the same options as CSV with the
// columns path, size, duration_s and phone. The phone is empty where the
// recording's name has none.
func WriteInventory(w io.Writer, o Options) error {
	out := bufio.NewWriterSize(w, 1<<20)
	if _, err := out.WriteString("path,size,duration_s,phone\n"); err != nil {
		return err
	}
	var line []byte
	total := o.recordings()
	for i := range total {
		r := recordingAt(o.Seed, i, total)
		line = r.appendPath(line[:0])
		line = append(line, ',')
		line = appendInt(line, r.size)
		line = append(line, ',')
		line = appendInt(line, (r.size-wavHeader)/wavBytesPerSecond)
		line = append(line, ',')
		if r.phone != 0 {
			line = appendInt(line, r.phone)
		}
		line = append(line, '\n')
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}
