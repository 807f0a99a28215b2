package accesslog

import "bytes"

// The connection log as QTS exports it: rows of CSV behind a line of titles,
// which say where the columns stand.
//
// Exports are known that title the connection type before the resource but hold
// them the other way round. So which of the two is the connection type is told
// by what stands there, row by row.
//
// Sources: QNAP Turbo NAS user manual, "System Connection Logs" (the codes of
// connection types and actions); naslog.h in QNAP's Samba (the columns of the
// log's database, further codes, lengths); importers of exports, which name the
// titles: one in OCaml, which also tells of the swap, one into Elasticsearch,
// and Paulfinex/LogDatabase. QNAP publishes no description.
var formatQNAPCSV = &Format{
	Name: "qnap_csv", Title: "QNAP QTS connection log exported as CSV (reads prove access, never quantity)",
	Meaning: MeaningUnknown, MeaningWhy: "the log has no sizes",
	TimeAt: TimeAtEither, Zone: ZoneLocal, Escaping: `quotes of CSV, a quote in them doubled, or none`,
	Fields:    "as the titles say; without titles: Number,Type,Date,Time,Users,Source IP,Computer name,Connection type,Accessd resources (sic),Action; connection type and resources may be swapped",
	Stateless: false, Source: "QNAP Turbo NAS user manual (System Connection Logs), naslog.h of QNAP's Samba, titles in public importers",
	FileService: true,
}

// The columns that are read.
const (
	qnapDateColumn = iota
	qnapTimeColumn
	qnapUserColumn
	qnapClientColumn
	qnapConnectionColumn
	qnapResourceColumn
	qnapActionColumn
	qnapColumnsRead // how many they are
)

// qnapColumns says where the columns that are read stand in a row.
type qnapColumns struct {
	at    [qnapColumnsRead]int
	width int // columns of a row
}

// qnapUntitled is the order of the exports that are known, for the rest of one
// that was cut in two.
var qnapUntitled = qnapColumns{at: [...]int{2, 3, 4, 5, 7, 8, 9}, width: 10}

// qnapWidest is how many columns a row may have.
const qnapWidest = 32

// qnapCSV reads rows. It keeps the titles, and whether a quote is open at the
// end of a line, so it must get all lines of its source in order.
type qnapCSV struct {
	columns qnapColumns
	titled  bool // columns are those of a line of titles
	settled bool // by titles or a record: titles that say otherwise are refused
	open    int  // bytes of a value whose quote is not closed yet; 0: none

	local    localClock
	last     stamp
	row      [][]byte // the values, quotes in them still doubled
	user     []byte
	resource []byte
	target   []byte
}

func newQNAPCSV(reading Reading) Parser {
	return &qnapCSV{columns: qnapUntitled, local: localClock{zone: reading.location()}, row: make([][]byte, 0, qnapWidest)}
}

// Parse implements Parser.
func (p *qnapCSV) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatQNAPCSV
	if p.inValue(line) {
		return ReasonCutOff
	}
	reason := p.split(bytes.TrimPrefix(line, byteOrderMark))
	if reason != ReasonNone {
		return reason
	}
	if reason = p.record(r); reason == ReasonNone {
		p.settled = true
		// What ends with a digit in no quotes is a code, of which one may be cut off.
		r.TextAtEnd = p.columns.at[qnapActionColumn] != p.columns.width-1 || line[len(line)-1]-'0' <= 9
		return ReasonNone
	}
	if titles, ok := qnapTitles(p.row); ok {
		return p.title(titles)
	}
	return reason
}

// title takes the columns of a line of titles. Such a line may come again, as
// in exports put behind one another, but then with the same columns: what a
// client names a file must not turn them around.
func (p *qnapCSV) title(titles qnapColumns) Reason {
	if p.settled && titles != p.columns {
		return ReasonOtherFormat
	}
	p.columns, p.titled, p.settled = titles, true, true
	return ReasonHeader
}

// record reads the values of a row.
func (p *qnapCSV) record(r *Record) Reason {
	if len(p.row) < p.columns.width {
		return ReasonMissingFields
	}
	if len(p.row) > p.columns.width {
		return ReasonBadTail // a comma in no quotes: which value it is in cannot be told
	}
	if _, ok := wholeNumber(p.row[0]); !ok && !p.titled {
		return ReasonMissingFields
	}
	if !p.time(p.value(qnapDateColumn), p.value(qnapTimeColumn), r) {
		return ReasonBadTime
	}
	client := p.value(qnapClientColumn)
	if !isBareAddress(client) {
		return ReasonBadClient
	}
	connection, resource := p.value(qnapConnectionColumn), p.value(qnapResourceColumn)
	titled, swapped := isQNAPConnection(connection), isQNAPConnection(resource)
	if titled == swapped {
		return ReasonBadTail // neither is a connection type, or both are
	}
	if swapped {
		resource = connection
	}
	method, ok := qnapMethod(p.value(qnapActionColumn))
	if !ok {
		method, ok = qnapMethodOfCode(p.value(qnapActionColumn))
	}
	if !ok {
		return ReasonBadTail
	}
	p.user, p.resource = appendUndoubled(p.user[:0], p.value(qnapUserColumn)), appendUndoubled(p.resource[:0], resource)
	setQNAPClient(client, r)
	setQNAPUser(p.user, r)
	var reason Reason
	p.target, reason = qnapEventOf(method, p.resource, p.target, r)
	return reason
}

func (p *qnapCSV) value(column int) []byte { return p.row[p.columns.at[column]] }

// time reads 2015-03-03 or 2015/03/03, and 08:12:01.
func (p *qnapCSV) time(day, clock []byte, r *Record) bool {
	if len(day) != 10 || len(clock) != 8 || day[4] != '/' && day[4] != '-' || day[7] != day[4] {
		return false
	}
	var both [18]byte
	copy(both[copy(both[:], day):], clock)
	if p.last.seen(both[:], r) {
		return true
	}
	d := date{year: fourDigits(day), month: twoDigits(day[5:]), day: twoDigits(day[8:])}
	return d.clock(clock) && p.last.setLocal(both[:], &p.local, d, 0, r)
}

// qnapMethodOfCode is qnapMethod for the numbers of older exports.
func qnapMethodOfCode(code []byte) (method []byte, ok bool) {
	switch string(code) {
	case "2", "4": // read, open
		return methodRead, true
	case "3", "15": // write, add
		return methodWrite, true
	case "1":
		return methodDele, true
	case "5":
		return methodMkd, true
	case "8", "14": // rename, move
		return methodRename, true
	case "13":
		return methodCopy, true
	case "6", "7", "9", "10", "11", "12", "16", "17": // mount, log-in and log-out
		return nil, true
	case "18", "19", "20", "21", "22": // back from the trash, transcoding, a watermark, rotation: within the NAS
		return nil, true
	}
	return nil, false
}

// isQNAPConnection knows the connection types, as words and as codes.
func isQNAPConnection(text []byte) bool {
	switch string(text) {
	case "SAMBA", "Samba", "FTP", "HTTP", "HTTPS", "HTTP/HTTPS", "NFS", "AFP", "TELNET", "Telnet", "SSH", "SSH/SFTP",
		"ISCSI", "iSCSI", "RADIUS", "VPN", "File Station", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10":
		return true
	}
	return false
}
