package pipeline

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// answer is one request that a made-up server answered, with all that any log
// could say of it.
type answer struct {
	client, host, method, path, agent string
	start, took                       int64 // microseconds; start since the epoch
	status                            int
	planned, sent                     int64 // body bytes
	headers                           int64
}

func (a answer) end() int64 { return a.start + a.took }

// traffic is what n requests of some clients came to. Some take long, some are
// given up, some ask for what is not there or for directory pages.
func traffic(r *rand.Rand, n, clients int) []answer {
	var all []answer
	at := day.Add(10 * time.Hour).UnixMicro()
	for i := range n {
		at += r.Int64N(400_000) // some five in two seconds... never in step with the clock
		if i%97 == 96 {
			at += 90_000_000
		}
		file := r.IntN(80)
		a := answer{
			client: fmt.Sprintf("198.51.100.%d", r.IntN(clients)+1), host: fmt.Sprintf("h%d.example.se", r.IntN(3)), method: "GET",
			path: fmt.Sprintf("/calls/%03d.wav", file), agent: "curl/8.5.0", start: at, took: r.Int64N(60_000), status: 200,
			planned: 400_000 + int64(file)*1001, headers: 250 + r.Int64N(3),
		}
		a.sent = a.planned
		switch k := r.IntN(40); {
		case k < 4: // slow
			a.took = r.Int64N(30_000_000)
		case k < 7: // given up
			a.sent = r.Int64N(a.planned)
		case k == 7:
			a.method, a.planned, a.sent = "HEAD", 0, 0
		case k == 8:
			a.path, a.status, a.planned, a.sent = fmt.Sprintf("/calls/none%d.wav", file), 404, 196, 196
		case k == 9:
			a.path, a.planned, a.sent = "/calls/", 4321, 4321
		case k == 10:
			a.status, a.planned, a.sent = 304, 0, 0
		case k == 11:
			a.path, a.planned, a.sent = "/style.css", 99, 99
		case k < 15: // a player's probe, and what it takes then
			a.status, a.planned, a.sent = 206, 2, 2
			all = append(all, a)
			a.start += 3_000
			a.planned = 400_000 + int64(file)*1001
			a.sent = a.planned
		case k == 15: // the same again, in the same moment
			all = append(all, a)
		}
		all = append(all, a)
	}
	return all
}

// inTurn gives the answers in the order in which a server of some workers writes
// them: as they end, but for neighbours within jitter microseconds.
func inTurn(r *rand.Rand, all []answer, jitter int64) []answer {
	type turn struct {
		answer
		at int64
	}
	turns := make([]turn, len(all))
	for i, a := range all {
		turns[i] = turn{a, a.end() + r.Int64N(jitter)}
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.at, b.at) })
	out := make([]answer, len(all))
	for i, t := range turns {
		out[i] = t.answer
	}
	return out
}

// shape writes an answer as a line of a log.
type shape func(a answer) string

func clfTime(us int64) string {
	return time.UnixMicro(us).UTC().Format("02/Jan/2006:15:04:05 -0700")
}

func orDash(n int64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

// onWire is what Apache's %O counts.
func (a answer) onWire() int64 { return a.headers + a.sent }

func apacheCombined(a answer) string {
	return fmt.Sprintf("%s - - [%s] \"%s %s HTTP/1.1\" %d %s \"-\" \"%s\"\n", a.client, clfTime(a.start), a.method, a.path, a.status, orDash(a.planned), a.agent)
}

func apacheDebian(a answer) string {
	return fmt.Sprintf("%s - - [%s] \"%s %s HTTP/1.1\" %d %d \"-\" \"%s\"\n", a.client, clfTime(a.start), a.method, a.path, a.status, a.onWire(), a.agent)
}

func apacheCombinedIO(a answer) string {
	return fmt.Sprintf("%s 300 %d\n", strings.TrimSuffix(apacheCombined(a), "\n"), a.onWire())
}

func apacheVhost(a answer) string { return a.host + ":80 " + apacheDebian(a) }

func nginxCombined(a answer) string {
	return fmt.Sprintf("%s - - [%s] \"%s %s HTTP/1.1\" %d %d \"-\" \"%s\"\n", a.client, clfTime(a.end()), a.method, a.path, a.status, a.sent, a.agent)
}

func nginxJSON(a answer) string {
	done := ""
	if a.sent == a.planned {
		done = "OK"
	}
	ms := a.end() / 1000
	return fmt.Sprintf(`{"msec":%d.%03d,"remote_addr":"%s","request":"%s %s HTTP/1.1","status":%d,"body_bytes_sent":%d,"http_user_agent":"%s","request_completion":"%s","request_time":%d.%03d}`+"\n",
		ms/1000, ms%1000, a.client, a.method, a.path, a.status, a.sent, a.agent, done, a.took/1000_000, a.took/1000%1000)
}

// logOf writes answers, those that keep allows (nil: all).
func logOf(all []answer, to shape, keep func(a answer) bool) string {
	var b strings.Builder
	for _, a := range all {
		if keep == nil || keep(a) {
			b.WriteString(to(a))
		}
	}
	return b.String()
}
