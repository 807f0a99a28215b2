package accesslog

import (
	"bytes"
	"encoding/csv"
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
	record, reason := plainCLF(formatCombined, narrow(m[1]+" - "+m[3]))
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
	record, reason := plainCLF(nil, narrow(m[1]))
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
		p, ok := plainPrefix(text)
		if !ok {
			return false
		}
		text = p.message
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
	plainXferLine = regexp.MustCompile(`(?s)^` + plainCtime + ` (\d+) ([^ ]+) (\d+) (.+) [ab] [_CUT]+ ([iod]) [agr] ([^ ]+) [^ ]+ [01] [^ ]+ ([ci])$`)
	plainXferTwo  = regexp.MustCompile(`(?s) [ab] [^ ]{1,3} [iod] [agr]`)
)

func plainXferlog(text string, r *Record) bool {
	m := plainXferLine.FindStringSubmatch(text)
	if m == nil || !plainCtimeOf(m[1], r) || tooLarge(m[2], 1000) || plainNumber(m[2]) > 1<<52/1000 || tooLarge(m[4], 1) || plainXferTwo.MatchString(m[5]) {
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

// plainPrefixed is what stands before and behind a syslog prefix.
type plainPrefixed struct{ time, tag, message string }

var (
	plainOld = regexp.MustCompile(`(?s)^(?:<\d+>)?([^<1-9].{2} .. .{8}) (?:[^ ]*[^ :] )?([^ ]+) (.*)$`)
	plainISO = regexp.MustCompile(`(?s)^(?:<\d+>)?([^ <A-~][^ ]*) (?:[^ ]*[^ :] )?([^ ]+) (.*)$`)
	plainNew = regexp.MustCompile(`(?s)^(?:<\d+>)?1 ([^ ]+) [^ ]+ ([^ ]+) [^ ]+ [^ ]+ - (?:\x{ef}\x{bb}\x{bf})?(.*)$`)
)

func plainPrefix(text string) (p plainPrefixed, ok bool) {
	body := regexp.MustCompile(`^<\d{1,3}>`).ReplaceAllString(text, "")
	if strings.HasPrefix(body, "<") {
		return p, false
	}
	re := plainISO
	switch {
	case strings.HasPrefix(body, "1 ") && len(body) > 2:
		re = plainNew
	case len(body) > 16 && body[0] >= 'A':
		re = plainOld
	}
	m := re.FindStringSubmatch(body)
	if m == nil {
		return p, false
	}
	p = plainPrefixed{m[1], m[2], m[3]}
	if re != plainNew {
		// The first word is the tag if it ends with a colon.
		rest := body[len(m[1])+1:]
		words := strings.SplitN(rest, " ", 3)
		if strings.HasSuffix(words[0], ":") {
			p.tag, p.message = words[0], strings.Join(words[1:], " ")
		}
		p.tag = strings.TrimSuffix(p.tag, ":")
		p.tag = regexp.MustCompile(`(?s)^([^\[]+)\[.*\]$`).ReplaceAllString(p.tag, "$1")
	}
	return p, true
}

// plainPrefixTime reads a prefix's time of the first line of a source.
func plainPrefixTime(text string, r *Record) bool {
	if regexp.MustCompile(`^[A-Za-z]{3} (?: \d|\d\d| \d) \d\d:\d\d:\d\d$`).MatchString(text) {
		at, ok := plainLayout("2006 Jan 2 15:04:05", "1972 "+strings.Join(strings.Fields(text), " "))
		r.Time = at
		r.Flags |= FlagYearInferred
		return ok
	}
	m := regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$`).FindStringSubmatch(text)
	if m == nil {
		return false
	}
	at, ok := plainLayout("2006-01-02 15:04:05", m[1]+" "+m[2])
	if !ok {
		return false
	}
	at += plainNumber((m[3] + "000000")[:6])
	if len(m[4]) > 1 {
		zone := strings.Replace(m[4], ":", "", 1)
		off := plainNumber(zone[1:3])*60 + plainNumber(zone[3:])
		if zone[0] == '-' {
			off = -off
		}
		r.UTCOffsetMin = int16(off)
		at -= off * 60e6
	}
	r.Time = at
	return true
}

// sambaWords are the operations with a file behind them.
var sambaWords = map[string]string{
	"open": "", "openat": "", "create_file": "", "pread": "READ", "pread_send": "READ", "pread_recv": "READ", "read": "READ", "sendfile": "READ",
	"offload_read_send": "READ", "offload_read_recv": "READ", "aio_read": "READ", "opendir": "LIST", "fdopendir": "LIST", "unlink": "DELE", "unlinkat": "DELE",
	"rmdir": "DELE", "mkdir": "MKD", "mkdirat": "MKD", "rename": "RENAME", "renameat": "RENAME", "write": "WRITE", "pwrite": "WRITE", "pwrite_send": "WRITE",
	"pwrite_recv": "WRITE", "recvfile": "WRITE", "ftruncate": "WRITE", "fallocate": "WRITE", "aio_write": "WRITE", "offload_write_send": "WRITE", "offload_write_recv": "WRITE",
}

var plainSambaOp = regexp.MustCompile(`(?s)^([a-z_]+)\|(?:ok|fail \(((?:[^|)]|\)[^|])*)\))\|(.*)$`)

func plainSamba(text string, r *Record) bool {
	p, ok := plainPrefix(text)
	if !ok || p.tag != "smbd_audit" || !plainPrefixTime(p.time, r) {
		return false
	}
	f := strings.Split(p.message, "|")
	if len(f) < 3 || f[0] == "" || !plainBareAddress(f[1]) {
		return false
	}
	r.User, r.Client = narrow(f[0]), narrow(f[1])
	var found []string
	var share string
	for n := 2; n <= 4 && n < len(f); n++ {
		m := plainSambaOp.FindStringSubmatch(strings.Join(f[n:], "|"))
		if m == nil || sambaKindOf([]byte(m[1])) == 0 {
			continue
		}
		if strings.HasPrefix(m[1], "open") && sambaWords[m[1]] == "" && m[1] != "opendir" && !regexp.MustCompile(`(?s)^[rw]\|.`).MatchString(m[3]) ||
			m[1] == "create_file" && !regexp.MustCompile(`(?s)^0x.*\|.*\|.*\|`).MatchString(m[3]) {
			continue
		}
		if found != nil {
			return false
		}
		found = m
		if n == 4 {
			share = f[3]
		}
	}
	if found == nil {
		return false
	}
	method, known := sambaWords[found[1]]
	file := found[3]
	switch {
	case !known:
		return true
	case found[1] == "create_file":
		c := strings.SplitN(file, "|", 4)
		file = c[3]
		rights, err := strconv.ParseUint(c[0][2:], 16, 64)
		switch {
		case err != nil && c[0] != "0x" || rights > 1<<36 || c[1] != "file":
			return true
		case c[2] == "create" || c[2] == "supersede" || c[2] == "overwrite" || c[2] == "overwrite_if":
			method = "WRITE"
		case rights&0x92000001 != 0:
			method = "READ"
		default:
			return true
		}
	case method == "":
		method = map[byte]string{'r': "READ", 'w': "WRITE"}[file[0]]
		file = file[2:]
	case method == "RENAME":
		r.Method = []byte(method)
		return true
	}
	if file == "" {
		return false
	}
	r.Method, r.TextAtEnd = []byte(method), true
	r.Target = plainPath(file)
	if share != "" && file[0] != '/' {
		r.Target = append(plainPath(share), r.Target...)
	} else if file[0] != '/' && strings.Contains(text, "|"+found[0]) && strings.Count(strings.Split(p.message, found[0])[0], "|") == 4 {
		r.Target = append([]byte("/"), r.Target...) // a share without a name
	}
	if strings.Contains(found[0], "|fail (") && strings.HasPrefix(found[0], found[1]+"|fail (") {
		r.Status = map[string]int16{"No such file or directory": 550, "Permission denied": 530, "Operation not permitted": 530}[found[2]]
		if r.Status == 0 {
			r.Status = 500
		}
	} else if method == "READ" {
		r.Flags |= FlagAccessOnly
	}
	return true
}

var plainSynologyLine = regexp.MustCompile(`(?s)^Event: (.*?), Path: (.+), File/Folder: (File|Folder), Size: (?:(NA)|(?:(\d+)(?:\.00)? (?:Bytes|Byte|B))|([0-9][0-9.]* [KMGT]B)), User: ([^,]+), IP: ([^,]+)$`)

func plainSynology(text string, r *Record) bool {
	p, ok := plainPrefix(text)
	if !ok || !regexp.MustCompile(`^(WinFileService|FileStation|S?FTP|TFTP|WebDAV|AFP)$`).MatchString(p.tag) || !plainPrefixTime(p.time, r) {
		return false
	}
	m := plainSynologyLine.FindStringSubmatch(p.message)
	if m == nil || strings.Contains(m[2], ", Path: ") || strings.Contains(m[2], " Event: ") || !plainBareAddress(m[8]) || m[5] != "" && tooLarge(m[5], 1) {
		return false
	}
	if strings.HasSuffix(m[8], ".") || strings.HasSuffix(m[8], ":") {
		return false
	}
	r.User, r.Client, r.TextAtEnd = narrow(m[7]), narrow(m[8]), true
	method := map[string]string{"download": "RETR", "read": "READ", "upload": "STOR", "write": "WRITE", "create": "WRITE", "delete": "DELE", "mkdir": "MKD",
		"rename": "RENAME", "move": "RENAME"}[m[1]]
	switch {
	case method == "":
		return true
	case method == "RENAME":
		r.Method = []byte(method)
		return true
	case m[3] == "Folder" && (method == "RETR" || method == "READ"):
		method = "LIST"
	}
	r.Method, r.Target = []byte(method), plainPath(m[2])
	if method != "RETR" && method != "READ" {
		return true
	}
	r.ObjectSize = plainNumber(m[5])
	if m[6] != "" {
		r.Flags |= FlagRounded
	}
	if method == "RETR" {
		r.Status, r.Bytes = 226, r.ObjectSize
	} else {
		r.Flags |= FlagAccessOnly
	}
	return true
}

var plainSynologyRow = regexp.MustCompile(`(?s)^\d{4}([/-])\d\d[/-]\d\d \d\d:\d\d:\d\d$`)

// plainSynologyCSV reads with encoding/csv, a name with commas in no quotes as
// one field.
func plainSynologyCSV(text string, r *Record) bool {
	if text == "Log,Time,IP address,User,Event,File/Folder,File size,File name" {
		return false
	}
	if m := regexp.MustCompile(`^((?:(?:"(?:[^"]|"")*"|[^",]*),){7})([^"].*)$`).FindStringSubmatch(text); m != nil {
		text = m[1] + `"` + strings.ReplaceAll(m[2], `"`, `""`) + `"`
	}
	f, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil || len(f) != 8 || f[7] == "" || f[0] == "" {
		return false
	}
	m := plainSynologyRow.FindStringSubmatch(f[1])
	if m == nil || f[1][4] != f[1][7] {
		return false
	}
	var ok bool
	if r.Time, ok = plainLayout("2006-01-02 15:04:05", strings.ReplaceAll(f[1], "/", "-")); !ok || !plainBareAddress(f[2]) || f[3] == "" {
		return false
	}
	for _, field := range f[:7] {
		if strings.Contains(field, `"`) {
			return false
		}
	}
	line := "1 2000-01-01T00:00:00Z h FTP - - - Event: " + strings.ToLower(f[4]) + ", Path: x, File/Folder: " + f[5] + ", Size: " + f[6] + ", User: x, IP: 1.2.3.4"
	if strings.Contains(f[4], ",") || strings.Contains(f[5]+f[6], ",") {
		return false
	}
	at := r.Time
	if !plainSynology(line, r) {
		return false
	}
	r.Time, r.User, r.Client, r.TextAtEnd = at, dashed(f[3]), []byte(f[2]), r.Target != nil
	r.User, r.Client = dashed(f[3]), narrow(f[2])
	if r.Target != nil {
		r.Target = plainPath(f[7])
	}
	return true
}

var plainQNAPLine = regexp.MustCompile(`(?s)^conn log: Users: ([^,]+), Source IP: ([^,]+), Computer name: ([^,]+), Connection type: ([^,]+), Accessed resources: (.*), Action: ([A-Za-z ]+)$`)

func plainQNAP(text string, r *Record) bool {
	p, ok := plainPrefix(text)
	if !ok || p.tag != "qulogd" && p.tag != "qlogd" || !plainPrefixTime(p.time, r) {
		return false
	}
	m := plainQNAPLine.FindStringSubmatch(p.message)
	if m == nil || !plainBareAddress(m[2]) || strings.Contains(m[5], "conn log: Users: ") {
		return false
	}
	method, ok := qnapMethod([]byte(m[6]))
	if !ok {
		return false
	}
	r.Client = narrow(m[2])
	if m[1] != "---" {
		r.User = narrow(m[1])
	}
	if method == nil || m[5] == "" || m[5] == "---" {
		return true
	}
	r.Method = method
	if string(method) != "RENAME" {
		r.Target = plainPath(strings.TrimPrefix(m[5], "[File Station] "))
		if string(method) == "READ" {
			r.Flags |= FlagAccessOnly
		}
	}
	return true
}

// fileParity compares parser and twin for one line.
func fileParity(t *testing.T, f fileFormat, line []byte) {
	t.Helper()
	if regexp.MustCompile(`^(?:<\d+>)?1 [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ \[`).Match(line) {
		return // the twin knows no structured data; TestLogPrefix does
	}
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
