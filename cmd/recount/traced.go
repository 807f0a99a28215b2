package main

import (
	"encoding/base64"

	"github.com/logrecount/recount/internal/escape"
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/report"
	"github.com/logrecount/recount/pkg/trace"
)

// traced is what was found as plain values.
func traced(m *casefile.Manifest, dir string, t *trace.Trace) *report.Traced {
	out := &report.Traced{
		Case: utf8(dir), Tool: utf8(m.Tool + " " + m.Version), Seal: t.Seal, Sources: []report.TracedSource{}, Downloads: []report.TracedDownload{}, Directories: []report.TracedDirectory{},
		Left: report.TracedLeft(t.More), Limits: report.TraceLimits,
	}
	for _, s := range t.Sources {
		out.Sources = append(out.Sources, tracedSource(m, s))
	}
	for _, d := range t.Downloads {
		out.Downloads = append(out.Downloads, report.TracedDownload{
			Client: string(d.Client), Recording: string(d.Recording), Completeness: d.Grade.String(), Basis: d.Basis,
			Size: orNull(d.Size.Bytes), SizeFrom: d.Size.From.String(), Lower: d.BytesLower, Upper: orNull(d.BytesUpper),
			Proven: ranges(d.Proven), Reached: ranges(d.Reached), Requests: d.Requests, Content: d.ContentRequests, Sessions: d.Sessions,
			UserAgents: d.UserAgents, Transfers: d.Transfers, EarlierCopy: d.EarlierCopy,
			FirstSeen: timeText(d.FirstSeen), LastSeen: timeText(d.LastSeen), TracedLines: tracedLines(&d.Given),
		})
	}
	for _, d := range t.Directories {
		out.Directories = append(out.Directories, report.TracedDirectory{
			Client: string(d.Client), Directory: string(d.Directory), Requests: d.Requests, Names: orNull(d.NamesExposed),
			FirstSeen: timeText(d.FirstSeen), LastSeen: timeText(d.LastSeen), TracedLines: tracedLines(&d.Given),
		})
	}
	return out
}

func tracedSource(m *casefile.Manifest, s *trace.Source) report.TracedSource {
	out := report.TracedSource{
		Source: s.Source, Path: s.Path, SHA256: s.SHA256, StreamSHA256: s.StreamSHA256, Archive: s.Archive,
		File: utf8(s.File), Moved: s.Moved, Right: s.Unread == "", Unread: utf8(s.Unread), Damage: s.Error,
	}
	for _, a := range m.Archives {
		if a.Name == s.Archive {
			out.ArchiveSHA = a.SHA256
		}
	}
	return out
}

func tracedLines(g *trace.Given) report.TracedLines {
	out := report.TracedLines{Lines: []report.TracedLine{}, Left: g.Left, Differs: append([]string{}, g.Differs...), Unchecked: g.Unchecked}
	for _, l := range g.Lines {
		out.Lines = append(out.Lines, tracedLine(l))
	}
	return out
}

func tracedLine(l *trace.Line) report.TracedLine {
	r, p := &l.Request, &l.Part
	out := report.TracedLine{
		Source: r.Source, Path: l.Source.Path, Line: r.Line, Offset: r.Offset, Time: timeText(r.Time()), Kind: r.Kind.String(),
		Session: p.Session, Start: orNull(p.Start), Lower: p.Lower, Upper: orNull(p.Upper),
		Completeness: p.Grade.String(), Basis: p.Basis, Why: p.Why,
	}
	if r.Status != 0 {
		status := int64(r.Status)
		out.Status = &status
	}
	if p.Start != accesslog.None && p.Lower > 0 {
		out.Proven = &report.TracedBytes{First: p.Start, Last: p.Start + p.Lower - 1}
	}
	if l.Text == nil {
		return out
	}
	text := escape.UTF8(l.Text)
	if text != string(l.Text) {
		out.Base64 = base64.StdEncoding.EncodeToString(l.Text)
	}
	out.Text, out.Length, out.Shown = &text, &l.Length, int64(len(l.Text))
	return out
}

func ranges(list []trace.Interval) []report.TracedBytes {
	out := []report.TracedBytes{}
	for _, iv := range list {
		out = append(out, report.TracedBytes{First: iv.From, Last: iv.To - 1})
	}
	return out
}

// orNull is nil for what is not known.
func orNull(n int64) *int64 {
	if n == accesslog.None {
		return nil
	}
	return &n
}
