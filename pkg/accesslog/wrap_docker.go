package accesslog

import "bytes"

// wrapDocker is Docker's logging driver json-file: one object for each line
// that a container wrote. A line of more than 16 KiB is written in pieces, of
// which only the last ends with a newline; such a line is refused, every piece
// of it, so the lines must come in order.
var wrapDocker = &Wrapper{
	Name: "docker", Title: "Docker json-file",
	Source: "Docker documentation, JSON File logging driver; moby/moby daemon/logger (jsonfilelog, copier.go)",
	peels:  func(line []byte) bool { return newDocker(Reading{}, nil).(*docker).peels(line) },
	parser: newDocker,
}

var (
	dockerRoot   = &jsonNode{}
	dockerLog    = dockerRoot.add(0, "log")
	dockerStream = dockerRoot.add(1, "stream")
	dockerTime   = dockerRoot.add(2, "time")
)

const dockerSlots = 3

type docker struct {
	wrapped
	json  jsonScanner
	clock jsonClock
	open  [2]bool // a line of stdout, of stderr is not yet at its end
}

func newDocker(_ Reading, inner Parser) Parser { return &docker{wrapped: newWrapped(inner)} }

var dockerPrefix = []byte(`{"log":"`)

func (p *docker) peels(line []byte) bool {
	return bytes.HasPrefix(line, dockerPrefix) && p.json.scan(line, dockerRoot, dockerSlots) == jsonWhole &&
		p.json.values[dockerStream].kind == jsonString && p.json.values[dockerTime].kind == jsonString
}

// Parse implements Parser.
func (p *docker) Parse(line []byte, r *Record) Reason {
	r.Reset()
	switch p.json.scan(line, dockerRoot, dockerSlots) {
	case jsonBad:
		return ReasonBadJSON
	case jsonCut:
		return ReasonCutOff
	}
	if p.json.values[dockerLog].kind != jsonString {
		return ReasonOtherFormat
	}
	t, ok := p.clock.value(p.json.values[dockerTime], timeText)
	if !ok {
		return ReasonBadTime
	}
	stream := 0
	switch string(p.json.values[dockerStream].raw) {
	case "stdout":
	case "stderr":
		stream = 1
	default:
		return ReasonOtherFormat
	}
	text := p.json.str(dockerLog)
	text, ended := bytes.CutSuffix(text, newline)
	piece := p.open[stream] || !ended
	p.open[stream] = !ended
	if piece {
		return ReasonCutOff
	}
	return p.parseAt(bytes.TrimSuffix(text, carriageReturn), t, r)
}

var (
	newline        = []byte{'\n'}
	carriageReturn = []byte{'\r'}
)
