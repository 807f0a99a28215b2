package accesslog

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// plainTraefik is the plain twin of the parser: no text holds a quote, and
// client and user are parted in one way only.
var plainTraefik = regexp.MustCompile(`(?s)^([^\x00- ,"\x7f]+) - ([^"]*) \[([^"]{26})\] "([^"]*)" (\d\d\d|-) (\d+|-) "([^"]*)" "([^"]*)" (\d+|-) "[^"]*" "[^"]*" (\d+)ms$`)

func traefikPlain(line []byte) string {
	m := plainTraefik.FindStringSubmatch(wide(line))
	if m == nil || strings.Contains(" "+m[2]+" ", " - ") && m[2] != "-" {
		return "<refused>"
	}
	var r Record
	r.Reset()
	r.Format, r.Client, r.User, r.Referrer, r.Agent = formatTraefikCLF, narrow(m[1]), dashed(m[2]), dashed(m[7]), dashed(m[8])
	var ok bool
	if r.Time, r.UTCOffsetMin, ok = plainTime(m[3]); !ok {
		return "<refused>"
	}
	plainRequest(m[4], &r)
	if m[5] != "-" {
		switch status, _ := strconv.Atoi(m[5]); {
		case status == 0 || status == 9: // none was sent
		case status < 100:
			return "<refused>"
		default:
			r.Status = int16(status)
		}
	}
	for text, n := range map[string]*int64{m[6]: &r.Bytes} {
		if text != "-" {
			v, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return "<refused>"
			}
			*n = v
		}
	}
	if _, err := strconv.ParseInt(m[9], 10, 64); err != nil && m[9] != "-" {
		return "<refused>"
	}
	ms, err := strconv.ParseInt(m[10], 10, 64)
	if err != nil || ms > 1<<50 {
		return "<refused>"
	}
	r.DurationUS = ms * 1000
	return render(&r)
}

func traefikParity(t *testing.T, p Parser, line []byte) {
	t.Helper()
	var r Record
	got := outcome(&r, p.Parse(line, &r))
	if strings.HasPrefix(got, "<") {
		got = "<refused>"
	}
	if want := traefikPlain(line); got != want {
		t.Fatalf("line  %q\nfast  %s\nplain %s", line, got, want)
	}
}

func traefikSeeds(t testing.TB) []string {
	seeds := strings.Split(strings.TrimSpace(string(sampleFiles(t)["traefik_clf"])), "\n")
	if len(seeds) < 20 {
		t.Fatal("seeds are missing")
	}
	return append(seeds, ``, `"`, `a - b [`, ` - - [08/Dec/2021:09:16:05 +0000] "a" 200 5 "-" "-" 5 "-" "-" 0ms`, `a -  [08/Dec/2021:09:16:05 +0000] "a" 200 5 "-" "-" 5 "-" "-" 0ms`,
		`a - - - [08/Dec/2021:09:16:05 +0000] "a" 200 5 "-" "-" 5 "-" "-" 0ms`, `a - [08/Dec/2021:09:16:05 +0000] "a" 200 5 "-" "-" 5 "-" "-" 0ms`)
}

func TestTraefikCLFParity(t *testing.T) {
	p := newTraefikCLF(Reading{})
	seeds := traefikSeeds(t)
	for _, line := range seeds {
		for n := range len(line) + 1 {
			traefikParity(t, p, []byte(line[:n]))
		}
	}
	rnd := rand.New(rand.NewPCG(51, 52))
	for range 20000 {
		line := seeds[rnd.IntN(len(seeds))]
		at := rnd.IntN(len(line) + 1)
		traefikParity(t, p, []byte(line[:at]+hostile[rnd.IntN(len(hostile))]+line[min(len(line), at+rnd.IntN(4)):]))
	}
}

func FuzzTraefikCLFParity(f *testing.F) {
	for _, line := range traefikSeeds(f) {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) { traefikParity(t, newTraefikCLF(Reading{}), line) })
}

// TestTraefikFieldShift: what a client sends is not escaped, and still no
// status, size or client is wrong, whole or cut off.
func TestTraefikFieldShift(t *testing.T) {
	rnd := rand.New(rand.NewPCG(53, 54))
	p := newTraefikCLF(Reading{})
	read := 0
	or := func(text string) string {
		if text == "" {
			return "-"
		}
		return text
	}
	pieces := append([]string{`GET /x HTTP/1.1" 404 9 "-" "-" 1 "-" "-" 0ms`, ` 5 "r" "u" 1ms`, ` - `, `ms`}, hostile...)
	for range 20000 {
		text := func() string {
			var b strings.Builder
			for range rnd.IntN(4) {
				b.WriteString(pieces[rnd.IntN(len(pieces))])
			}
			return strings.ReplaceAll(b.String(), "\n", "")
		}
		line := fmt.Sprintf(`192.0.2.1 - %s [08/Dec/2021:09:16:05 +0000] "GET /%s HTTP/1.1" 206 77 "%s" "%s" 500 "r" "u" 12ms`, or(text()), text(), or(text()), or(text()))
		for _, cut := range []string{line, line[:rnd.IntN(len(line))]} {
			var r Record
			if p.Parse([]byte(cut), &r) != ReasonNone || len(cut) < len(line) && strings.HasSuffix(cut, "ms") {
				continue // a cut right behind a value that ends as a line does cannot be seen
			}
			if string(r.Client) != "192.0.2.1" || r.Status != 206 || r.Bytes != 77 || r.Time != 1638954965e6 || r.DurationUS != 12000 {
				t.Fatalf("%s: %s", render(&r), cut)
			}
			read++
		}
	}
	if read < 1000 {
		t.Errorf("only %d lines were read", read)
	}
}

// TestTrueNASFieldShift: no name of a file or user can move into another field.
func TestTrueNASFieldShift(t *testing.T) {
	rnd := rand.New(rand.NewPCG(55, 56))
	p := newTrueNAS(Reading{})
	for range 2000 {
		user, path := strings.ToValidUTF8(hostileText(rnd, 4), "?"), strings.ToValidUTF8(hostileText(rnd, 5), "?")+"x"
		line := truenasLine(user, path)
		var r Record
		if reason := p.Parse([]byte(line), &r); reason != ReasonNone {
			t.Fatalf("refused (%s): %s", reason, line)
		}
		want := "/s"
		if !strings.HasPrefix(path, "/") {
			want += "/"
		}
		if got := unescapePath(string(r.Target)); got != want+path || string(r.Client) != "192.0.2.1" || r.Status != 0 || r.Bytes != None || r.Flags != FlagAccessOnly {
			t.Fatalf("%q, want %q: %s", got, want+path, line)
		}
		if string(r.User) != user && !(r.User == nil && (user == "" || user == "-")) {
			t.Fatalf("user %q, want %q", r.User, user)
		}
		if n := rnd.IntN(len(line)); p.Parse([]byte(line[:n]), &r) == ReasonNone {
			t.Fatalf("%s: %s", render(&r), line[:n])
		}
	}
}

func truenasLine(user, path string) string {
	inner := fmt.Sprintf(`{"file": {"path": %s, "stream": null}, "result": {"value_parsed": "SUCCESS"}}`, quoteJSON(path))
	return fmt.Sprintf(`@cee:{"TNAUDIT": {"success": true, "addr": "192.0.2.1", "user": %s, "time": "2023-12-20 17:59:27.139385Z", "svc": "SMB", "svc_data": "{\"service\": \"s\"}", "event": "READ", "event_data": %s}}`,
		quoteJSON(user), quoteJSON(inner))
}

func unescapePath(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' {
			b.WriteByte(byte(hexDigit(text[i+1])<<4 | hexDigit(text[i+2])))
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
