package accesslog

import "bytes"

// wrapCRI is the log of Kubernetes' container runtimes:
//
//	2016-10-06T00:17:09.669794202Z stdout F the line
//
// P marks a piece of a long line that goes on. Such a line is refused, every
// piece of it, so the lines must come in order.
var wrapCRI = &Wrapper{
	Name: "cri", Title: "Kubernetes CRI (containerd, CRI-O)",
	Source: "Kubernetes, design proposal CRI logging; kubernetes/cri-client pkg/logs",
	peels: func(line []byte) bool {
		_, _, _, _, ok := splitCRI(line)
		return ok
	},
	parser: newCRI,
}

type cri struct {
	wrapped
	clock jsonClock
	open  [2]bool // a line of stdout, of stderr is not yet at its end
}

func newCRI(_ Reading, inner Parser) Parser { return &cri{wrapped: newWrapped(inner)} }

// splitCRI parts a line. Tags may be more than one, joined by colons; the
// first says whether the line is whole.
func splitCRI(line []byte) (stamp, text []byte, stderr, partial, ok bool) {
	stamp, rest, _ := bytes.Cut(line, space)
	if len(stamp) < len("2006-01-02T15:04:05Z") || stamp[10] != 'T' {
		return nil, nil, false, false, false
	}
	stream, rest, _ := bytes.Cut(rest, space)
	switch string(stream) {
	case "stdout":
	case "stderr":
		stderr = true
	default:
		return nil, nil, false, false, false
	}
	tags, text, ok := bytes.Cut(rest, space)
	tag, _, _ := bytes.Cut(tags, colon)
	switch string(tag) {
	case "F":
	case "P":
		partial = true
	default:
		ok = false
	}
	return stamp, text, stderr, partial, ok
}

var space = []byte{' '}

// Parse implements Parser.
func (p *cri) Parse(line []byte, r *Record) Reason {
	r.Reset()
	stamp, text, stderr, partial, ok := splitCRI(line)
	if !ok {
		return ReasonOtherFormat
	}
	t, ok := p.clock.text(stamp)
	if !ok {
		return ReasonBadTime
	}
	stream := 0
	if stderr {
		stream = 1
	}
	piece := p.open[stream] || partial
	p.open[stream] = partial
	if piece {
		return ReasonCutOff
	}
	return p.parseAt(text, t, r)
}
