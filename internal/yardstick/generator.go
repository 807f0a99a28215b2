package yardstick

// generator writes one line after the other. All its choices come from one
// random sequence, so the order of the draws is part of the format: changing
// it changes every log.
type generator struct {
	random
	opt   Options
	stats Stats
	line  []byte

	addresses []string
	agents    []string
	pages     []string
	referrers []string

	left       int64 // lines still to write
	leftOnRecs int64 // of which on recordings
	fresh      int64 // recordings that nobody has asked for yet
	newcomers  int64 // clients that have yet to take one of those, never more than fresh

	micros    int64 // since firstSecond
	second    int64 // of stamp
	stamp     []byte
	lanes     [64]lane // downloaders, each in its own part of the archive
	piecemeal []pieces // downloads that go on
}

// lane is a stretch of the archive that is walked in order, and by whom now.
type lane struct{ client, next, end int64 }

// pieces is a download in pieces, or one that is resumed.
type pieces struct{ client, recording, next, chunk int64 }

func newGenerator(o Options) *generator {
	g := &generator{
		random: random{state: o.Seed}, opt: o, agents: agents(), pages: pages(), referrers: referrers(),
		left: o.Lines, leftOnRecs: o.onRecordings(), second: -1,
	}
	g.stats.Clients, g.stats.Recordings = o.clients(), o.recordings()
	for i := range o.clients() {
		g.addresses = append(g.addresses, address(o.Seed, i))
	}
	g.fresh, g.newcomers = g.stats.Recordings, o.Clients
	for i := range g.lanes {
		n, all := int64(i), int64(len(g.lanes))
		g.lanes[i] = lane{g.skewed(g.stats.Clients), n * g.fresh / all, (n + 1) * g.fresh / all}
	}
	return g
}

// next gives the next line with its newline, valid until the next call.
func (g *generator) next() []byte {
	g.tick()
	onRecording := g.below(g.left) < g.leftOnRecs
	g.left--
	g.line = g.line[:0]
	switch {
	case onRecording:
		g.leftOnRecs--
		g.stats.OnRecords++
		g.recordingLine()
	case g.below(damagedEvery*7/10) == 0: // only lines on other things are damaged, so that the truth stays known
		g.pageLine()
		g.damage()
		g.stats.Damaged++
	default:
		g.pageLine()
	}
	g.line = append(g.line, '\n')
	return g.line
}

// tick moves the clock: three lines in four follow within the same second.
func (g *generator) tick() {
	mean := int64(spanSeconds) * 1_000_000 / max(1, g.opt.Lines)
	if g.below(4) == 0 {
		g.micros += g.below(8 * max(1, mean))
	}
}

func (g *generator) recordingLine() {
	spare := g.leftOnRecs >= g.fresh // lines beyond those that the rest of the recordings need
	switch {
	case spare && len(g.piecemeal) > 0 && g.percent(40):
		g.goOn()
	case g.fresh > 0 && (!spare || g.below(g.leftOnRecs+1) < g.fresh):
		l := g.lane()
		if g.below(200) == 0 {
			l.client = g.skewed(g.stats.Clients)
		}
		client := l.client
		if g.newcomers > 0 && g.below(g.fresh) < g.newcomers {
			g.newcomers--
			client = g.newcomers
		}
		g.fresh--
		l.next++
		g.take(client, l.next-1)
	default:
		g.again(g.skewed(g.stats.Clients), g.skewed(g.stats.Recordings))
	}
}

// lane draws a lane that has recordings left.
func (g *generator) lane() *lane {
	for i := g.below(int64(len(g.lanes))); ; i++ {
		l := &g.lanes[i%int64(len(g.lanes))]
		if l.next < l.end {
			return l
		}
	}
}

// take is a client's first request for a recording.
func (g *generator) take(client, n int64) {
	size := recordingAt(g.opt.Seed, n, g.stats.Recordings).size
	switch draw := g.below(100); {
	case draw < 84:
		g.onRecording(client, n, "GET", 200, size)
	case draw < 88: // cut short
		sent := g.below(size)
		g.onRecording(client, n, "GET", 200, sent)
		if g.percent(40) {
			g.piecemeal = append(g.piecemeal, pieces{client, n, sent, size})
		}
	case draw < 91: // a player's probe
		g.onRecording(client, n, "GET", 206, 2)
		g.piecemeal = append(g.piecemeal, pieces{client, n, 0, size})
	case draw < 96:
		chunk := int64(1) << (17 + g.below(3))
		g.onRecording(client, n, "GET", 206, min(chunk, size))
		g.piecemeal = append(g.piecemeal, pieces{client, n, chunk, chunk})
	case draw < 98:
		g.onRecording(client, n, "HEAD", 200, 0)
	case draw < 99:
		g.onRecording(client, n, "GET", 403, 162)
	default:
		g.onRecording(client, n, "GET", 404, 162)
	}
}

// goOn writes the next piece of a download in pieces.
func (g *generator) goOn() {
	i := g.below(int64(len(g.piecemeal)))
	p := &g.piecemeal[i]
	size := recordingAt(g.opt.Seed, p.recording, g.stats.Recordings).size
	rest := size - p.next
	client, n := p.client, p.recording
	sent := min(p.chunk, rest)
	p.next += p.chunk
	if p.next >= size || g.below(100) < 2 {
		g.piecemeal[i] = g.piecemeal[len(g.piecemeal)-1]
		g.piecemeal = g.piecemeal[:len(g.piecemeal)-1]
	}
	if rest <= 0 {
		g.onRecording(client, n, "GET", 416, 197)
		return
	}
	g.onRecording(client, n, "GET", 206, sent)
}

// again is a request for a recording that was asked for, or will be.
func (g *generator) again(client, n int64) {
	size := recordingAt(g.opt.Seed, n, g.stats.Recordings).size
	switch draw := g.below(100); {
	case draw < 70:
		g.onRecording(client, n, "GET", 200, size)
	case draw < 88:
		g.onRecording(client, n, "GET", 304, 0)
	case draw < 95:
		g.onRecording(client, n, "HEAD", 200, 0)
	default:
		g.onRecording(client, n, "GET", 500, 170)
	}
}

func (g *generator) onRecording(client, n int64, method string, status, bytes int64) {
	g.head(client, method)
	g.line = recordingAt(g.opt.Seed, n, g.stats.Recordings).appendPath(g.line)
	// Downloaders use few and short agents; a client keeps to one.
	g.tail(status, bytes, "-", g.agents[client*7%17])
}

func (g *generator) pageLine() {
	client := g.skewed(g.stats.Clients)
	agent := g.agents[(client*31+g.below(2))%int64(len(g.agents))]
	if g.percent(34) {
		agent = g.agents[client%11]
	}
	ref := "-"
	if g.percent(38) {
		ref = g.referrers[g.skewed(int64(len(g.referrers)))]
	}
	method := "GET"
	if g.percent(4) {
		method = "POST"
	}
	g.head(client, method)
	switch draw := g.below(100); {
	case draw < 2: // a directory page
		g.line = recordingAt(g.opt.Seed, g.skewed(g.stats.Recordings), g.stats.Recordings).appendFolder(g.line)
		g.tail(200, 20_000+g.below(400_000), ref, agent)
		return
	case draw < 20:
		g.line = append(g.line, "/api/v1/calls?id="...)
		g.line = appendInt(g.line, g.below(9_000_000))
	default:
		g.line = append(g.line, g.pages[g.skewed(int64(len(g.pages)))]...)
	}
	switch draw := g.below(200); {
	case draw < 166:
		g.tail(200, 200+g.skewed(120_000), ref, agent)
	case draw < 182:
		g.tail(304, 0, ref, agent)
	case draw < 190:
		g.tail(404, 162, ref, agent)
	case draw < 195:
		g.tail(301, 178, ref, agent)
	case draw < 198:
		g.tail(403, 162, ref, agent)
	default:
		g.tail(500, 170, ref, agent)
	}
}

func (g *generator) head(client int64, method string) {
	g.line = append(g.line, g.addresses[client]...)
	g.line = append(g.line, " - - ["...)
	g.line = g.appendTime(g.line)
	g.line = append(g.line, `] "`...)
	g.line = append(g.line, method...)
	g.line = append(g.line, ' ')
}

func (g *generator) tail(status, bytes int64, referrer, agent string) {
	g.line = append(g.line, ` HTTP/1.1" `...)
	g.line = appendInt(g.line, status)
	g.line = append(g.line, ' ')
	g.line = appendInt(g.line, bytes)
	g.line = append(g.line, ` "`...)
	g.line = append(g.line, referrer...)
	g.line = append(g.line, `" "`...)
	g.line = append(g.line, agent...)
	g.line = append(g.line, '"')
}

// damage spoils the line so that nothing can be read from it.
func (g *generator) damage() {
	switch g.below(3) {
	case 0: // cut before the request
		g.line = g.line[:12]
	case 1: // a worker's memory
		for i := range g.line {
			g.line[i] = byte(128 + g.below(127))
		}
	default:
		g.line = append(g.line[:0], "*** log buffer overrun, lines lost ***"...)
	}
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

// appendTime appends the clock's time; its text is made once a second.
func (g *generator) appendTime(b []byte) []byte {
	second := firstSecond + 3600 + g.micros/1_000_000
	if second != g.second {
		g.second = second
		year, month, day := civil(second)
		s := append2(g.stamp[:0], day)
		s = append(s, '/')
		s = append(s, months[3*month-3:3*month]...)
		s = append(s, '/')
		s = appendInt(s, year)
		s = append(s, ':')
		s = append2(s, second/3600%24)
		s = append(s, ':')
		s = append2(s, second/60%60)
		s = append(s, ':')
		s = append2(s, second%60)
		g.stamp = append(s, " +0100"...)
	}
	return append(b, g.stamp...)
}
