package accesslog

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// plainQNAPCSV is the plain twin for a single row in the order that needs no
// titles, over text in which each byte is one character.
func plainQNAPCSV(text string, r *Record) bool {
	m := plainQNAPRow.FindStringSubmatch(text)
	if m == nil || tooLarge(m[1]+m[2], 1) {
		return false
	}
	f := make([]string, 10)
	for i, value := range m[3:] {
		if f[i+1] = value; strings.HasPrefix(value, `"`) {
			f[i+1] = strings.ReplaceAll(value[1:len(value)-1], `""`, `"`)
		}
	}
	day := regexp.MustCompile(`^(\d{4})(?:-(\d\d)-|/(\d\d)/)(\d\d)$`).FindStringSubmatch(f[2])
	if day == nil || !regexp.MustCompile(`^\d\d:\d\d:\d\d$`).MatchString(f[3]) || !plainBareAddress(f[5]) {
		return false
	}
	var ok bool
	if r.Time, ok = plainLayout("2006-01-02 15:04:05", day[1]+"-"+day[2]+day[3]+"-"+day[4]+" "+f[3]); !ok {
		return false
	}
	resource := f[8]
	switch a, b := plainQNAPType.MatchString(f[7]), plainQNAPType.MatchString(f[8]); {
	case a == b:
		return false
	case b:
		resource = f[7]
	}
	method := qnapWords[f[9]]
	if method == "" {
		method = map[string]string{"1": "DELE", "2": "READ", "3": "WRITE", "4": "READ", "5": "MKD", "6": "-", "7": "-", "8": "RENAME", "9": "-", "10": "-", "11": "-",
			"12": "-", "13": "COPY", "14": "RENAME", "15": "WRITE", "16": "-", "17": "-", "18": "-", "19": "-", "20": "-", "21": "-", "22": "-"}[f[9]]
	}
	r.TextAtEnd = regexp.MustCompile(`\d$`).MatchString(text)
	return plainQNAPEvent(f[4], f[5], resource, method, r)
}

var (
	plainQNAPRow  = regexp.MustCompile(`(?s)^(?:\x{ef}\x{bb}\x{bf})?(?:"(\d+)"|(\d+))` + strings.Repeat(`,("(?:[^"]|"")*"|[^",]*)`, 9) + `$`)
	plainQNAPType = regexp.MustCompile(`^(?:SAMBA|Samba|FTP|HTTPS?|HTTP/HTTPS|NFS|AFP|TELNET|Telnet|SSH|SSH/SFTP|ISCSI|iSCSI|RADIUS|VPN|File Station|\d|10)$`)
)

// qnapLines reads a source of several lines and writes what each came to.
func qnapLines(source string) string {
	p := newQNAPCSV(Reading{})
	var (
		b     strings.Builder
		r     Record
		lines = NewLines([]byte(source))
	)
	for line, ok := lines.Next(); ok; line, ok = lines.Next() {
		switch {
		case Blank(line.Text):
		case Comment(line.Text):
			p.(Director).Directive(line.Text)
		default:
			switch reason := p.Parse(line.Text, &r); reason {
			case ReasonNone:
				fmt.Fprintf(&b, "%s %s %s;", r.Client, r.Method, r.Target)
			default:
				b.WriteString(reason.String() + ";")
			}
		}
	}
	return b.String()
}

// TestQNAPCSVTitles: the columns are where the titles say, whatever stands
// between them.
func TestQNAPCSVTitles(t *testing.T) {
	const (
		titles = "Number,Type,Date,Time,Users,Source IP,Computer name,Connection type,Accessd resources,Action\n"
		row    = "1,0,2015-03-03,08:12:01,anna,192.0.2.7,pc,SAMBA,c/a.mp3,Read\n"
		other  = "Date,Time,Users,Source IP,Connection type,Accessed resources,Action\n"
		brief  = "2015-03-03,08:12:01,anna,192.0.2.7,SAMBA,c/a.mp3,Read\n"
		record = "192.0.2.7 READ /c/a.mp3;"
	)
	test := func(source, want string) {
		t.Helper()
		if got := qnapLines(source); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", source, got, want)
		}
	}
	test(titles+row, "header;"+record)
	test("\ufeff"+titles+row, "header;"+record)
	test("\ufeff\""+strings.ReplaceAll(strings.TrimSpace(titles), ",", `","`)+"\"\r\n"+row, "header;"+record)
	test(strings.ToUpper(titles)+row, "header;"+record)
	test(strings.Replace(titles, "Accessd", "Accessed", 1)+row, "header;"+record)
	test(other+brief, "header;"+record)
	test("Action,App,Source IP,Users,Time,Accessed resources,Connection type,Date\n"+
		"Read,x,192.0.2.7,anna,08:12:01,c/a.mp3,SAMBA,2015-03-03\n"+
		"Read,x,192.0.2.7,anna,08:12:01,SAMBA,c/a.mp3,2015-03-03\n", "header;"+record+record)

	// Without titles only the order that is known is read.
	test(row, record)
	test(brief, "missing_fields;")
	test(strings.Replace(row, "1,", "a,", 1), "missing_fields;")
	test(titles+strings.Replace(row, "1,", "a,", 1), "header;"+record) // what is not read may be anything

	// Titles may come again, and before the first record they may be others.
	test(titles+row+titles+row, "header;"+record+"header;"+record)
	test(row+titles+row, record+"header;"+record)
	test("rubbish\n"+other+brief, "missing_fields;header;"+record)
	test(titles+row+other+brief+row, "header;"+record+"other_format;missing_fields;"+record)
	test(row+other+row, record+"other_format;"+record)
	test(titles+other+row, "header;other_format;"+record)

	// No titles: one of them is missing, or there twice.
	test(strings.Replace(other, "Users", "User", 1)+brief, "missing_fields;missing_fields;")
	test("Accessd resources,"+other+brief, "missing_fields;missing_fields;")
	test(strings.Replace(other, "Time", "date", 1)+brief, "missing_fields;missing_fields;")
	test(titles+strings.Replace(row, "c/a.mp3", "SSH/SFTP", 1), "header;bad_tail;") // which is the connection type?
	test(titles+row+"x,"+row+strings.Replace(row, "1,", "", 1), "header;"+record+"bad_tail;missing_fields;")
	test(titles+strings.Repeat(",", 1000)+"\n"+row, "header;bad_tail;"+record)
}

// TestQNAPCSVDetect: an export is known by its titles or by its rows, and no
// other CSV is taken for one.
func TestQNAPCSVDetect(t *testing.T) {
	const (
		titles = "\ufeff\"Number\",\"Type\",\"Date\",\"Time\",\"Users\",\"Source IP\",\"Computer name\",\"Connection type\",\"Accessd resources\",\"Action\"\n"
		row    = `"7","Information","2015-03-03","08:12:01","anna","192.0.2.7","pc7","calls/a.mp3","SAMBA","Read"` + "\n"
	)
	test := func(sample, want string, parsed int) {
		t.Helper()
		d := Detect([]byte(sample))
		if d.Reading.Name() != want || d.Best().Parsed != parsed {
			t.Errorf("%s: %s, %d lines read", sample, d.Reading.Name(), d.Best().Parsed)
		}
	}
	test(titles, "qnap_csv", 1)
	test(titles+row+row, "qnap_csv", 3)
	test(row, "qnap_csv", 1)
	test(strings.ReplaceAll(titles+row, "\n", "\r\n"), "qnap_csv", 2)
	test(strings.ReplaceAll(titles+row, ",", ";"), "unknown", 0)
	test(strings.ReplaceAll(row, `"7",`, ""), "unknown", 0)
	// TerraMaster's export, and another table with some of the titles.
	test("\ufeff\n\"Service\",\"Date\",\"User Name\",\"Source IP\",\"Computer Name\",\"Size\",\"Event\",\"Level\"\n"+
		"SMB,\"2015-03-03 08:12:01\",anna,192.0.2.7,pc7,17,\"Read calls/a.mp3\",0\n", "unknown", 0)
	test("Date,Time,Users,Source IP,Action\n2015-03-03,08:12:01,anna,192.0.2.7,Read\n", "unknown", 0)
}

// TestQNAPCSVLineEnd: what stands behind a line end in a value is no row, and
// a line that was cut with its quote open takes few others with it.
func TestQNAPCSVLineEnd(t *testing.T) {
	const (
		bare   = "1,0,2015-03-03,08:12:01,anna,192.0.2.7,pc,SAMBA,c/a.mp3,Read\n"
		quoted = `"1","0","2015-03-03","08:12:01","anna","192.0.2.7","pc","SAMBA","c/a.mp3","Read"` + "\n"
		begin  = `"1","0","2015-03-03","08:12:01","anna","192.0.2.7","pc","SAMBA","c/b`
		end    = `.mp3","Read"` + "\n"
		record = "192.0.2.7 READ /c/a.mp3;"
	)
	test := func(source, want string) {
		t.Helper()
		if got := qnapLines(source); got != want {
			t.Errorf("%.300s\ngot  %.300s\nwant %s", source, got, want)
		}
	}
	test(begin+"\n"+end+quoted, "cut_off;cut_off;"+record)
	test(begin+"\n"+bare+end+bare, "cut_off;cut_off;cut_off;"+record)
	test(begin+"\r\n"+bare+end+bare, "cut_off;cut_off;cut_off;"+record)
	test(begin+"\n\n#\n"+bare+"#x"+end+bare, "cut_off;cut_off;"+record)
	test(begin+"\n"+strings.ReplaceAll(quoted, `"`, `""`)+end+quoted, "cut_off;cut_off;cut_off;"+record)
	test(begin+"\n\"\"\n"+end+quoted, "cut_off;cut_off;cut_off;"+record)
	test(begin+`.mp3","Re`+"\n"+`ad"`+"\n"+bare, "cut_off;cut_off;"+record)

	test(begin+"\n\",\"Re\n"+bare+"ad\"\n"+bare, "cut_off;cut_off;cut_off;cut_off;"+record)
	test("#\",\"\n"+bare+end+bare, record+"bad_tail;"+record) // no row
	test("#,\"\n"+bare+end+bare, "cut_off;cut_off;"+record)

	test(begin+"\n"+quoted+bare, "cut_off;"+record+record) // the quote did not belong to what follows
	test(begin+"\n"+bare+quoted+bare, "cut_off;cut_off;"+record+record)
	n := qnapLongest/len(bare) + 1
	if got := strings.Count(qnapLines(begin+"\n"+strings.Repeat(bare, n+5)), record); got < 5 || got > 7 {
		t.Errorf("%d of %d rows read behind a cut line", got, n+5)
	}
}

// TestQNAPCSVShift writes exports by encoding/csv and by hand, with hostile
// values, line ends and whole rows in them. What is read are rows that were
// written, each with its own client, time, user and target.
func TestQNAPCSVShift(t *testing.T) {
	rnd := rand.New(rand.NewPCG(41, 42))
	read := 0
	for range 600 {
		w := qnapWriter{order: rnd.Perm(len(qnapOrder)), quoted: rnd.IntN(2) == 0}
		forged := []string{"6", "0", "2015-03-03", "08:12:01", "eve", "6.6.6.6", "pc", "SAMBA", "c/6.mp3", "Read"}
		pieces := append([]string{
			"\n", "\n", "\r\n", "\r", `"`, `""`, `","`, ",", "#", "#", "SAMBA", "Read", "\ufeff", "\nAction,Users,Source IP,Date,Time,Connection type,Accessed resources\n",
			"\n" + w.line(forged, false), "\n" + w.line(forged, true), "\n" + w.line(qnapOrder, false),
		}, fileHostile...)
		text := func() string {
			var b strings.Builder
			for range rnd.IntN(4) {
				b.WriteString(pieces[rnd.IntN(len(pieces))])
			}
			return b.String()
		}
		source, wrote := w.line(qnapOrder, w.quoted), map[string]bool{}
		for n := range 12 {
			client, user, resource := fmt.Sprintf("192.0.2.%d", n), "u"+text(), "c/"+text()
			values := []string{fmt.Sprint(n), text(), "2015-03-03", fmt.Sprintf("08:12:%02d", n), user, client, text(), "FTP", resource, "Read"}
			if rnd.IntN(2) == 0 {
				values[7], values[8] = values[8], values[7]
			}
			source += w.line(values, w.quoted)
			var want Record
			want.Reset()
			want.Client, want.User, want.Method, want.Target = []byte(client), []byte(user), methodRead, plainPath(wide([]byte(resource)))
			want.Time, want.Format, want.Flags = 1425370320e6+int64(n)*1e6, formatQNAPCSV, FlagAccessOnly
			wrote[render(&want)] = true
		}
		p := newQNAPCSV(Reading{})
		var r Record
		lines := NewLines([]byte(source))
		for line, ok := lines.Next(); ok; line, ok = lines.Next() {
			switch {
			case Blank(line.Text):
			case Comment(line.Text):
				p.(Director).Directive(line.Text)
			case p.Parse(line.Text, &r) == ReasonNone:
				r.TextAtEnd = false
				if got := render(&r); !wrote[got] {
					t.Fatalf("%s\nread  %s\nwrote %s", source, got, slices.Sorted(maps.Keys(wrote)))
				}
				read++
			}
		}
	}
	if read < 1500 {
		t.Errorf("%d of 7200 rows read", read)
	}
}

// qnapWriter writes rows of values in qnapOrder.
type qnapWriter struct {
	order  []int // which value stands where
	quoted bool
}

// line writes all values in quotes, or by encoding/csv.
func (w qnapWriter) line(values []string, quoted bool) string {
	var b strings.Builder
	row := make([]string, len(w.order))
	for i, column := range w.order {
		row[i] = values[column]
		if quoted {
			row[i] = `"` + strings.ReplaceAll(row[i], `"`, `""`) + `"`
		}
	}
	if quoted {
		return strings.Join(row, ",") + "\n"
	}
	c := csv.NewWriter(&b)
	c.Write(row)
	c.Flush()
	return b.String()
}

var qnapOrder = []string{"Number", "Type", "Date", "Time", "Users", "Source IP", "Computer name", "Connection type", "Accessd resources", "Action"}

// TestQNAPCSVCodes: the codes of the manual and of naslog.h, in their order.
func TestQNAPCSVCodes(t *testing.T) {
	methods := []string{"?", "DELE", "READ", "WRITE", "READ", "MKD", "", "", "RENAME", "", "", "", "", "COPY", "RENAME", "WRITE", "", "", "", "", "", "", "", "?"}
	for code, method := range methods {
		want := "192.0.2.7 " + method + " /c/a.mp3;"
		switch method {
		case "?":
			want = "bad_tail;"
		case "", "RENAME", "COPY":
			want = "192.0.2.7 " + method + " ;"
		}
		if got := qnapLines(fmt.Sprintf("1,0,2015-03-03,08:12:01,anna,192.0.2.7,pc,1,c/a.mp3,%d\n", code)); got != want {
			t.Errorf("code %d: %s, want %s", code, got, want)
		}
	}
}
