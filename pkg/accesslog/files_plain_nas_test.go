package accesslog

import (
	"encoding/csv"
	"regexp"
	"strconv"
	"strings"
)

// plainPrefix is the syslog prefix of the first line of a source whose year was
// not given.
func plainPrefix(text string, r *Record) (p plainSyslogLine, ok bool) {
	p, ok = plainSyslog(text)
	return p, ok && plainSyslogTime(p.stamp, 0, r)
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
	p, ok := plainPrefix(text, r)
	if !ok || p.tag != "smbd_audit" {
		return false
	}
	f := strings.Split(p.text, "|")
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
	} else if file[0] != '/' && strings.Contains(text, "|"+found[0]) && strings.Count(strings.Split(p.text, found[0])[0], "|") == 4 {
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
	p, ok := plainPrefix(text, r)
	if !ok || !regexp.MustCompile(`^(WinFileService|FileStation|S?FTP|TFTP|WebDAV|AFP)$`).MatchString(p.tag) {
		return false
	}
	m := plainSynologyLine.FindStringSubmatch(p.text)
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
	p, ok := plainPrefix(text, r)
	if !ok || p.tag != "qulogd" && p.tag != "qlogd" {
		return false
	}
	m := plainQNAPLine.FindStringSubmatch(p.text)
	if m == nil || !plainBareAddress(m[2]) || strings.Contains(m[5], "conn log: Users: ") {
		return false
	}
	return plainQNAPEvent(m[1], m[2], m[5], qnapWords[m[6]], r)
}

// qnapWords are the actions; "-" is what concerns no file.
var qnapWords = map[string]string{
	"Read": "READ", "Open": "READ", "Write": "WRITE", "Add": "WRITE", "Copy": "COPY", "Delete": "DELE", "Rename": "RENAME", "Move": "RENAME",
	"Make Directory": "MKD", "Create Directory": "MKD", "Mkdir": "MKD", "Login": "-", "Login OK": "-", "Login Success": "-", "Login Fail": "-", "Logout": "-",
	"Mount": "-", "Unmount": "-", "Mount Success": "-", "Mount Fail": "-", "Umount": "-",
}

func plainQNAPEvent(user, client, resource, method string, r *Record) bool {
	if client != "0.0.0.0" {
		r.Client = narrow(client)
	}
	if user != "---" && user != "" {
		r.User = narrow(user)
	}
	switch {
	case method == "" || method != "-" && resource != "---" && len([]rune(resource)) > 1022:
		return false
	case method == "-" || resource == "" || resource == "---":
		return true
	}
	r.Method = []byte(method)
	if method != "RENAME" && method != "COPY" {
		r.Target = plainPath(strings.TrimPrefix(resource, "[File Station] "))
	}
	if method == "READ" {
		r.Flags |= FlagAccessOnly
	}
	return true
}
