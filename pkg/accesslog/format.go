package accesslog

// TimeAt says which moment of a request a format's time is.
type TimeAt uint8

// The moments.
const (
	TimeAtStart  TimeAt = iota // the request was received
	TimeAtEnd                  // the line was written, after the response
	TimeAtEither               // one or the other, by server; the syntax does not tell
)

var timeAtNames = [...]string{"start", "end", "start or end"}

func (t TimeAt) String() string { return timeAtNames[t] }

// Zone says in which time zone a format's times are.
type Zone uint8

// The zones.
const (
	ZoneLogged Zone = iota // each time has its offset
	ZoneUTC                // always UTC, by the format's documentation
	ZoneLocal              // the server's local time, and the log does not say which: see Reading.Zone
	ZoneOfLine             // logged in some lines, local in others: see Record.LocalTime
)

var zoneNames = [...]string{"logged", "UTC", "local, not logged", "by line: logged, or local"}

func (z Zone) String() string { return zoneNames[z] }

// Format is one line format that can be read. The table of formats is the
// variable table; a new format is one file and one line in it.
type Format struct {
	Name       string // as in --format and the sources table
	Title      string // one line for people
	Meaning    Meaning
	MeaningWhy string // why the format fixes the meaning, or why it does not
	TimeAt     TimeAt
	Zone       Zone
	Escaping   string // how the server escapes texts, for people
	Fields     string // the fields in their order, for people
	Stateless  bool   // a line can be read without the lines before it
	Source     string // the documentation that the entry was taken from

	// FileService: the lines are of a file service and not of HTTP. Their
	// methods are its own words (RETR, READ, STOR), their statuses the replies
	// of FTP (RFC 959, section 4.2), or none. A client of a web server may send
	// such a word as its method, where it means nothing.
	FileService bool

	// TimeOfWrapper: the lines have no time of their own, the wrapper's is theirs.
	TimeOfWrapper bool

	// Family names the formats that one parser tells apart line by line, so
	// that they may be mixed in one source; empty: the format alone.
	Family string

	// shows says whether a record of the format can be of no other one; nil:
	// each is. A source in which most records show nothing is not taken for
	// the format.
	shows func(*Record) bool

	// parser makes the parser of a format that is not in the table: one that
	// was compiled from a server's configuration.
	parser func(Reading) Parser
}

// family is the name under which a format's parser is found.
func (f *Format) family() string {
	if f.Family != "" {
		return f.Family
	}
	return f.Name
}

// entry is a line of the table: a format and the parser of its family.
type entry struct {
	format *Format
	parser func(Reading) Parser
}

// table lists the formats in the order of detection: of two that read as many
// lines of a sample, the one that stands first is taken. So the stricter stand
// before the more general.
var table = []entry{
	{formatHAProxy, newHAProxy},
	{formatSquid, newSquid},
	{formatSquidCommon, newSquidCommon},
	{formatSquidCombined, newSquidCommon},
	{formatXferlog, newXferlog},
	{formatVsftpd, newVsftpd},
	{formatSamba, newSamba},
	{formatSynology, newSynology},
	{formatSynologyCSV, newSynologyCSV},
	{formatQNAP, newQNAP},
	{formatQNAPCSV, newQNAPCSV},
	{formatLighttpd, newLighttpd},
	{formatIIS, newW3C},
	{formatIISLocal, newW3C},
	{formatIISFTP, newW3C},
	{formatCloudFront, newW3C},
	{formatW3C, newW3C},
	{formatGCS, newGCS},
	{formatAzureStorage, newAzureStorage},
	{formatALB, newELB},
	{formatELB, newELB},
	{formatNLB, newELB},
	{formatS3, newS3},
	{formatIISNative, newIISNative},
	{formatIISNativeFTP, newIISNative},
	{formatCommon, newCLF},
	{formatCombined, newCLF},
	{formatVhostCommon, newCLF},
	{formatVhostCombined, newCLF},
	{formatCombinedIO, newCLF},
	{formatNginxCombined, newCLF},
	{formatCombinedForwarded, newCLF},
	{formatNginxMain, newNginxMain},
	{formatTraefikCLF, newTraefikCLF},
	{formatTrueNAS, newTrueNAS},
	{formatCaddy, newCaddy},
	{formatTraefikJSON, newTraefikJSON},
	{formatNginxJSON, newKeyedJSON},
	{formatAccessJSON, newKeyedJSON},
}

// Formats lists the table. The entries are shared: do not change them.
func Formats() []*Format {
	list := make([]*Format, len(table))
	for i, e := range table {
		list[i] = e.format
	}
	return list
}

// FormatByName finds a format of the table.
func FormatByName(name string) (*Format, bool) {
	for _, e := range table {
		if e.format.Name == name {
			return e.format, true
		}
	}
	return nil, false
}

// FormatNames lists the names of the table.
func FormatNames() []string {
	names := make([]string, len(table))
	for i, e := range table {
		names[i] = e.format.Name
	}
	return names
}
