package accesslog

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The plain twins of the parsers of proxies, file services and NAS: a regular
// expression per format, written from its documentation, over text in which
// each byte is one character. They say only that a line is refused, not why.

// fileFormat is a format with its twin.
type fileFormat struct {
	format *Format
	plain  func(text string, r *Record) bool
}

var fileFormats = []fileFormat{
	{formatLighttpd, plainLighttpd}, {formatHAProxy, plainHAProxy}, {formatSquid, plainSquid},
	{formatSquidCommon, plainSquidCommon}, {formatXferlog, plainXferlog}, {formatVsftpd, plainVsftpd},
	{formatSamba, plainSamba}, {formatSynology, plainSynology}, {formatQNAP, plainQNAP}, {formatSynologyCSV, plainSynologyCSV},
	{formatQNAPCSV, plainQNAPCSV},
}

func (f fileFormat) reading() Reading {
	return Reading{Formats: formatsOf(f.format.family()), Main: f.format}
}

func plainNumber(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return None
	}
	return n
}

// tooLarge says whether a number of a match does not fit.
func tooLarge(text string, factor int64) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err != nil || n > (1<<63-1)/factor
}

func plainPath(path string) []byte {
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	var b []byte
	for _, c := range narrow(path) {
		if c <= ' ' || c == 0x7f || strings.IndexByte(`%?#\"`, c) >= 0 {
			b = append(b, '%', "0123456789ABCDEF"[c/16], "0123456789ABCDEF"[c%16])
		} else {
			b = append(b, c)
		}
	}
	return b
}

func plainLighttpd(text string, r *Record) bool {
	m := regexp.MustCompile(`(?s)^([^ ]+) ([^ ]+) ([^ ]+ \[.{26}\] ".*)$`).FindStringSubmatch(text)
	if m == nil || !plainAddress.MatchString(m[1]) {
		return false
	}
	record, reason := plainCLF(Only(formatCombined), narrow(m[1]+" - "+m[3]))
	if reason != ReasonNone {
		return false
	}
	*r = record
	r.Format = formatLighttpd
	if m[2] != "-" {
		r.Host = narrow(m[2])
		if port := plainPort.FindStringSubmatch(m[2]); port != nil {
			r.Host = narrow(port[1])
		}
	}
	return true
}

var plainSquidTail = regexp.MustCompile(`(?s)^(.*) ([A-Z0-9_]+):[A-Z0-9_]+$`)

func plainSquidCommon(text string, r *Record) bool {
	m := plainSquidTail.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	record, reason := plainCLF(anyCLF(), narrow(m[1]))
	if reason != ReasonNone || record.Flags != 0 {
		return false
	}
	*r = record
	r.NumberAtEnd = false
	switch r.Format {
	case formatCommon:
		r.Format = formatSquidCommon
	case formatCombined:
		r.Format = formatSquidCombined
	default:
		return false
	}
	if plainNotFinished.MatchString(m[2]) {
		r.Finished = FinishedNo
	}
	return true
}

var plainNotFinished = regexp.MustCompile(`_(ABORTED|TIMEDOUT)$`)

var plainHAProxyLine = regexp.MustCompile(`(?s)^([^ ]+):(\d+) \[(.{24})\] (?:([^ ]*/[^ ]*): .*|[^ ]+ [^ /]+[^ ]* (?:(?:-1|\d+)/){4}(\+?\d+|-1) (-1|\d{3}) (\+?\d+) [^ ]+ [^ ]+ ([^ ]{4}) ` +
	`([^ ]+) ([^ ]+) (?:\{[^}"]*\} ){0,2}"([^"]*)"((?: [^"\[]*)?))$`)

func plainHAProxy(text string, r *Record) bool {
	if !regexp.MustCompile(`(?s)^[^ ]+ \[.{24}\] .`).MatchString(text) {
		p, ok := plainSyslog(text)
		if !ok {
			return false
		}
		text = p.text
	}
	m := plainHAProxyLine.FindStringSubmatch(text)
	if m == nil || tooLarge(m[2], 1) || !regexp.MustCompile(`^\d\d/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d\.\d{3}$`).MatchString(m[3]) {
		return false
	}
	at, ok := plainLayout("02/Jan/2006:15:04:05.000", m[3])
	if !ok {
		return false
	}
	r.Time, r.Client = at, narrow(m[1])
	if m[7] == "" {
		return strings.Contains(m[4], "/") && m[4][0] != '/'
	}
	timers := strings.Split(text[len(m[1])+len(m[2])+len(m[3])+5:], " ")[2]
	for _, n := range strings.Split(timers, "/") {
		if n != "-1" && tooLarge(strings.TrimPrefix(n, "+"), 1) {
			return false
		}
	}
	server := strings.Split(text[len(m[1])+len(m[2])+len(m[3])+5:], " ")[1]
	early := m[5][0] == '+'
	if early != (m[7][0] == '+') || strings.Count(m[9], "/") != 4 || strings.Count(m[10], "/") != 1 || tooLarge(strings.TrimPrefix(m[7], "+"), 1) ||
		strings.IndexByte(server, '/') <= 0 || strings.Count(m[12], " ") > 2 || strings.Count(m[12], "/") > 6 {
		return false
	}
	if m[6] != "-1" {
		r.Status = int16(plainNumber(m[6]))
	}
	if !early {
		r.Bytes = plainNumber(m[7])
		if m[5] != "-1" {
			if tooLarge(m[5], 1000) {
				return false
			}
			r.DurationUS = plainNumber(m[5]) * 1000
		}
		switch state := m[8]; {
		case state[:2] == "--" || state[0] == 'L':
			r.Finished = FinishedYes
		case state[0] != '-' && state[0] != 'P':
			r.Finished = FinishedNo
		}
	}
	plainRequest(m[11], r)
	target := strings.ReplaceAll(wide(r.Target), `\`, "%5C")
	if bad := regexp.MustCompile(`#[0-9A-Fa-f]{2}`).ReplaceAllString(target, ""); strings.Contains(bad, "#") {
		return false
	}
	if r.Target != nil {
		r.Target = narrow(strings.ReplaceAll(target, "#", "%"))
	}
	return true
}

// plainLayout reads with the standard library, in UTC.
func plainLayout(layout, text string) (int64, bool) {
	leap := int64(0)
	if i := strings.Index(text, ":60"); i >= 0 && strings.Contains(layout, ":05") && strings.Count(text[:i], ":") == strings.Count(layout[:strings.Index(layout, ":05")], ":") {
		text, leap = text[:i]+":59"+text[i+3:], 1e6
	}
	t, err := time.Parse(layout, text)
	if err != nil {
		return NoTime, false
	}
	return t.UnixMicro() + leap, true
}

var plainSquidLine = regexp.MustCompile(`(?s)^(\d{1,11})\.(\d{3}) +(\d+) ([^ ]+) ([A-Z0-9_]+)/(\d{3}) (\d+) ([^ ]+) ([^ ]+) ([^ ]+) [A-Z0-9_]+/[^ ]* [^ ]+$`)

// plainSquidCut ends behind its URL.
var plainSquidCut = regexp.MustCompile(`(?s)^(\d{1,11})\.(\d{3}) +(\d+) ([^ ]+) ([A-Z0-9_]+)/(\d{3}) (\d+) ([^ ]+) ([^ ]+) (?:([^ ]+) (?:[^ ]+ ?)?|[^ ]*)$`)

func plainSquid(text string, r *Record) bool {
	m := plainSquidLine.FindStringSubmatch(text)
	if m == nil {
		m = plainSquidCut.FindStringSubmatch(text)
		r.Flags = FlagCutOff
	}
	if m == nil || tooLarge(m[3], 1000) || tooLarge(m[7], 1) {
		return false
	}
	r.Time = plainNumber(m[1])*1e6 + plainNumber(m[2])*1000
	r.DurationUS, r.Client, r.Status, r.Bytes, r.User = plainNumber(m[3])*1000, narrow(m[4]), int16(plainNumber(m[6])), plainNumber(m[7]), dashed(m[10])
	if m[10] == "" {
		r.User = nil
	}
	if plainNotFinished.MatchString(m[5]) {
		r.Finished = FinishedNo
	}
	if regexp.MustCompile(`^[A-Za-z_-]{1,32}$`).MatchString(m[8]) && m[8] != "NONE" && m[8] != "-" {
		r.Method, r.Target = narrow(m[8]), narrow(strings.ReplaceAll(m[9], `\`, "%5C"))
	}
	return true
}

const plainCtime = `((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Za-z]{3} (?: \d\d?|\d\d?) \d\d:\d\d:\d\d \d{4})`

func plainCtimeOf(text string, r *Record) bool {
	f := strings.Fields(text)
	var ok bool
	r.Time, ok = plainLayout("Jan 2 15:04:05 2006", strings.Join(f[1:], " "))
	return ok
}

var (
	plainXferLine  = regexp.MustCompile(`(?s)^` + plainCtime + ` (\d+) ([^ ]+) (\d+) (.+) [ab] [_CUT]+ ([iod]) [agr] ([^ ]+) [^ ]+ [01] [^ ]+ ([ci])$`)
	plainXferLines = regexp.MustCompile(`(?s)(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?i:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)  ?\d`)
	plainPureFTPd  = regexp.MustCompile(`(?s) [io] [agr] [^ ]+ [^ ]+ 1 \* c$`)
	plainXferTwo   = regexp.MustCompile(`(?s) [ab] [^ ]{1,3} [iod] [agr]`)
)

func plainXferlog(text string, r *Record) bool {
	m := plainXferLine.FindStringSubmatch(text)
	if m == nil || !plainCtimeOf(m[1], r) || tooLarge(m[2], 1000) || plainNumber(m[2]) > 1<<52/1000 || tooLarge(m[4], 1) || plainXferTwo.MatchString(m[5]) || plainXferLines.MatchString(m[5]) {
		return false
	}
	r.DurationUS, r.Client, r.Bytes, r.Target, r.User = plainNumber(m[2])*1e6, narrow(m[3]), plainNumber(m[4]), plainPath(m[5]), dashed(m[7])
	switch m[6] + m[8] {
	case "oc":
		r.Method, r.Status, r.Finished = []byte("RETR"), 226, FinishedYes
	case "oi":
		r.Method, r.Status, r.Finished = []byte("RETR"), 426, FinishedNo
	case "ic":
		r.Method, r.Status, r.Finished = []byte("STOR"), 226, FinishedYes
	case "ii":
		r.Method, r.Status, r.Finished = []byte("STOR"), 426, FinishedNo
	case "dc":
		r.Method, r.Status = []byte("DELE"), 250
	case "di":
		r.Method, r.Status = []byte("DELE"), 550
	}
	if plainPureFTPd.MatchString(text) {
		r.Finished = FinishedUnknown
	}
	return true
}

var (
	plainVsftpdLine     = regexp.MustCompile(`(?s)^` + plainCtime + ` \[pid (\d+)\] (?:\[([^\]\["]*)\] )?([^\[].*)$`)
	plainVsftpdTransfer = regexp.MustCompile(`(?s)^(OK|FAIL) (DOWNLOAD|UPLOAD): Client "([^"]*)", "(.+)"(?:, (\d+) bytes)?, ([0-9.]+|inf|nan|-nan)Kbyte/sec$`)
	plainVsftpdOther    = regexp.MustCompile(`(?s)^(?:(OK|FAIL) (MKDIR|DELETE|RMDIR|RENAME|LOGIN|CHMOD)|CONNECT|FTP command|FTP response|DEBUG): Client "([^"]*)"(|, (?:anon password )?".*")$`)
)

func plainVsftpd(text string, r *Record) bool {
	m := plainVsftpdLine.FindStringSubmatch(text)
	if m == nil || !plainCtimeOf(m[1], r) || tooLarge(m[2], 1) {
		return false
	}
	if strings.Contains(text, "] ["+m[3]+"] "+m[4]) {
		r.User = narrow(m[3])
	}
	if t := plainVsftpdTransfer.FindStringSubmatch(m[4]); t != nil {
		if strings.Contains(t[4], `: Client "`) || !plainBareAddress(t[3]) || t[5] != "" && tooLarge(t[5], 1) {
			return false
		}
		r.Client, r.Target, r.Bytes = narrow(t[3]), plainPath(t[4]), max(0, plainNumber(t[5]))
		r.Method, r.Status, r.Finished = []byte("RETR"), 226, FinishedYes
		if t[2] == "UPLOAD" {
			r.Method = []byte("STOR")
		}
		if t[1] == "FAIL" {
			r.Status, r.Finished = 426, FinishedNo
			if r.Bytes == 0 {
				r.Status = 550
			}
		}
		return true
	}
	t := plainVsftpdOther.FindStringSubmatch(m[4])
	if t == nil || !plainBareAddress(t[3]) {
		return false
	}
	r.Client = narrow(t[3])
	switch t[2] {
	case "RENAME":
		r.Method = []byte("RENAME")
	case "MKDIR", "DELETE", "RMDIR":
		if len(t[4]) < 5 || t[4][2] != '"' || strings.Contains(t[4], `: Client "`) {
			return false
		}
		r.Method, r.Status, r.Target = []byte("DELE"), 250, plainPath(t[4][3:len(t[4])-1])
		if t[2] == "MKDIR" {
			r.Method = []byte("MKD")
		}
		if t[1] == "FAIL" {
			r.Status = 550
		}
	}
	return true
}

// fileParity compares parser and twin for one line.
func fileParity(t *testing.T, f fileFormat, line []byte) {
	t.Helper()
	if f.format == formatSynologyCSV && bytes.IndexByte(line, '\r') >= 0 {
		return // encoding/csv takes it for the end of the row
	}
	var got, want Record
	want.Reset()
	want.Format = f.format
	reason := f.reading().NewParser().Parse(line, &got)
	ok := f.plain(wide(line), &want)
	if ok != (reason == ReasonNone) || ok && render(&got) != render(&want) {
		t.Fatalf("format %s\nline  %q\nfast  %s\nplain %v %s", f.format.Name, line, outcome(&got, reason), ok, render(&want))
	}
}

// fileSeeds are the lines of the samples.
func fileSeeds(t testing.TB) [][]byte {
	t.Helper()
	var seeds [][]byte
	samples := sampleFiles(t)
	for _, f := range fileFormats {
		before := len(seeds)
		for _, line := range bytes.Split(samples[f.format.Name], []byte{'\n'}) {
			if len(line) > 0 {
				seeds = append(seeds, line)
			}
		}
		if len(seeds) == before {
			t.Fatalf("%s: no seeds", f.format.Name)
		}
	}
	return seeds
}

func plainBareAddress(text string) bool {
	return plainAddress.MatchString(text) && regexp.MustCompile(`^[0-9A-Za-z:.%_-]+$`).MatchString(text)
}
