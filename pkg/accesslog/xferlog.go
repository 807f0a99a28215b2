package accesslog

import "bytes"

// formatXferlog is the transfer log of wu-ftpd, which ProFTPD, vsftpd
// (xferlog_std_format) and others write too. Pure-FTPd writes "ftp 1 * c"
// behind every transfer, one that was cut off too, so that c proves no end
// there. In ProFTPD's log these words stand where an ident server did not know
// the user.
var formatXferlog = &Format{
	Name: "xferlog", Title: "FTP transfer log (wu-ftpd, ProFTPD, vsftpd, Pure-FTPd)",
	Meaning: MeaningTransferred, MeaningWhy: "the size field counts the bytes of this transfer; of a resumed one only the rest; a line that ends with 1 * c (Pure-FTPd) may be of a cut transfer",
	TimeAt: TimeAtEnd, Zone: ZoneLocal,
	Escaping:  "spaces and control bytes of a file's name become underscores, so a name may be another one; old vsftpd leaves spaces and writes question marks",
	Fields:    "ctime seconds client bytes file type actions direction mode user service method id completion",
	Stateless: true, Source: "ProFTPD xferlog(5), src/xferlog.c; vsftpd logging.c; Pure-FTPd src/altlog.c, src/ftpd.c",
	FileService: true,
}

type xferlog struct {
	clock   ctimeClock
	scratch []byte
}

func newXferlog(reading Reading) Parser {
	return &xferlog{clock: ctimeClock{local: localClock{zone: reading.location()}}}
}

// Parse implements Parser. The name of the file stands in the middle, so the
// line is read from both ends.
func (p *xferlog) Parse(line []byte, r *Record) Reason {
	r.Reset()
	r.Format = formatXferlog
	rest, ok := p.clock.cut(line, r)
	if !ok {
		return ReasonBadTime
	}
	seconds, rest, ok := cutWord(rest)
	if !ok {
		return ReasonMissingFields
	}
	us, ok := thousandfold(seconds)
	if !ok || us > 1<<52 {
		return ReasonMissingFields
	}
	r.DurationUS = us * 1000
	if r.Client, rest, ok = cutWord(rest); !ok {
		return ReasonMissingFields
	}
	size, rest, ok := cutWord(rest)
	if !ok {
		return ReasonMissingFields
	}
	if r.Bytes, ok = wholeNumber(size); !ok {
		return ReasonBadBytes
	}
	var words [9][]byte // type actions direction mode user service method id completion
	for i := len(words) - 1; i >= 0; i-- {
		if rest, words[i], ok = cutLastWord(rest); !ok {
			return ReasonCutOff
		}
	}
	if !isXferTail(words[:]) {
		return ReasonBadTail
	}
	if len(rest) == 0 || twoXferTails(rest) || holdsCtime(rest) {
		return ReasonBadRequest
	}
	r.User = absent(words[4])
	p.transfer(rest, words[2][0], words[8][0], r)
	if words[6][0] == '1' && string(words[7]) == "*" && r.Finished == FinishedYes {
		r.Finished = FinishedUnknown
	}
	return ReasonNone
}

// isXferTail checks the words behind the file's name.
func isXferTail(words [][]byte) bool {
	for _, i := range [...]int{0, 2, 3, 6, 8} {
		if len(words[i]) != 1 {
			return false
		}
	}
	for _, c := range words[1] { // _ none, C compressed, U uncompressed, T tar
		if c != '_' && c != 'C' && c != 'U' && c != 'T' {
			return false
		}
	}
	return oneOf(words[0][0], "ab") && oneOf(words[2][0], "iod") && oneOf(words[3][0], "agr") &&
		oneOf(words[6][0], "01") && oneOf(words[8][0], "ci")
}

// twoXferTails says whether a name with spaces holds what stands behind a name
// (` b _ o a `): then a user's name may hold spaces too, and where the name of
// the file ends is not known. But for old vsftpd, servers write no spaces.
func twoXferTails(name []byte) bool {
	for {
		i := bytes.IndexByte(name, ' ')
		if i < 0 {
			return false
		}
		name = name[i+1:]
		if len(name) < 7 || !oneOf(name[0], "ab") || name[1] != ' ' {
			continue
		}
		actions, rest, ok := cutWord(name[2:])
		if ok && len(actions) <= 3 && len(rest) >= 3 && oneOf(rest[0], "iod") && rest[1] == ' ' && oneOf(rest[2], "agr") {
			return true
		}
	}
}

// holdsCtime says whether a name holds the begin of a line (Tue Mar  3): then
// two lines ran into each other.
func holdsCtime(name []byte) bool {
	for i := 0; ; i++ {
		n := bytes.IndexByte(name[i:], ' ')
		if n < 0 {
			return false
		}
		i += n
		if i < 3 || !isWeekday(name[i-3:]) || len(name) < i+6 || name[i+4] != ' ' || monthOf(name[i+1:]) == 0 {
			continue
		}
		if day := bytes.TrimPrefix(name[i+5:], space); len(day) > 0 && day[0]-'0' <= 9 {
			return true
		}
	}
}

func oneOf(c byte, set string) bool {
	for i := range len(set) {
		if set[i] == c {
			return true
		}
	}
	return false
}

// transfer sets method, target and status. A deletion has a completion, too.
func (p *xferlog) transfer(name []byte, direction, completion byte, r *Record) {
	p.scratch = appendEscapedPath(p.scratch[:0], name)
	r.Target = p.scratch
	done := completion == 'c'
	r.Finished = FinishedNo
	if done {
		r.Finished = FinishedYes
	}
	switch direction {
	case 'o':
		r.Method, r.Status = methodRetr, transferStatus(done)
	case 'i':
		r.Method, r.Status = methodStor, transferStatus(done)
	default:
		r.Method, r.Status, r.Finished = methodDele, 250, FinishedUnknown
		if !done {
			r.Status = 550
		}
	}
}

// The methods that logs of file services are written with. Do not change them.
var (
	methodRetr   = []byte("RETR")
	methodStor   = []byte("STOR")
	methodDele   = []byte("DELE")
	methodMkd    = []byte("MKD")
	methodRename = []byte("RENAME")
	methodList   = []byte("LIST")
	methodRead   = []byte("READ")
	methodWrite  = []byte("WRITE")
)

// transferStatus is FTP's reply: 226 transfer done, 426 connection closed,
// transfer aborted (RFC 959, section 4.2).
func transferStatus(done bool) int16 {
	if done {
		return 226
	}
	return 426
}
