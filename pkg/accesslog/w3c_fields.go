package accesslog

import "bytes"

// A w3cKind says what a column of a W3C log holds.
type w3cKind uint8

const (
	w3cSkip w3cKind = iota
	w3cDate
	w3cTime
	w3cClient
	w3cUser
	w3cMethod
	w3cStem
	w3cQuery
	w3cURI
	w3cFullPath
	w3cHost
	w3cViewerHost
	w3cStatus
	w3cBytes
	w3cMillis
	w3cSeconds
	w3cProtocol
	w3cReferrer
	w3cAgent
	w3cForwarded
	w3cRange
	w3cContentRange
	w3cContentLength
	w3cRangeStart
	w3cRangeEnd
	w3cResult
	w3cDetail
	w3cAddress // of the server: only checked
	w3cNumber  // only checked
	w3cText    // of a client, not kept
	w3cLocalDate
	w3cLocalTime
	w3cTaken // in a unit that the server's name tells
	w3cKinds
)

// w3cNames are the names of columns, in lower case: those of the draft
// (W3C WD-logfile), of IIS and HTTP.sys, IIS Advanced Logging, CloudFront,
// Imperva Incapsula, Citrix NetScaler and Oracle Web Cache.
var w3cNames = map[string]w3cKind{
	"date": w3cDate, "time": w3cTime, "date-utc": w3cDate, "time-utc": w3cTime, "date-local": w3cLocalDate, "time-local": w3cLocalTime,
	"c-ip": w3cClient, "cs-username": w3cUser, "c-auth-id": w3cUser, "x-auth-id": w3cUser,
	"cs-method": w3cMethod, "cs-uri-stem": w3cStem, "cs-uri-query": w3cQuery, "cs-uri": w3cURI, "x-fullpath": w3cFullPath,
	"cs-host": w3cHost, "cs(host)": w3cHost, "x-host-header": w3cViewerHost,
	"sc-status": w3cStatus, "sc-bytes": w3cBytes, "time-taken": w3cTaken, "timetakenms": w3cMillis,
	"cs-version": w3cProtocol, "cs-protocol-version": w3cProtocol,
	"cs(referer)": w3cReferrer, "cs(referrer)": w3cReferrer, "cs(user-agent)": w3cAgent, "cs(cookie)": w3cText,
	"x-forwarded-for": w3cForwarded, "cs(x-forwarded-for)": w3cForwarded, "s-xff": w3cForwarded,
	"cs(range)": w3cRange, "sc(content-range)": w3cContentRange, "sc(content-length)": w3cContentLength, "sc-content-len": w3cContentLength,
	"sc-range-start": w3cRangeStart, "sc-range-end": w3cRangeEnd, "x-edge-result-type": w3cResult, "x-edge-detailed-result-type": w3cDetail,
	"s-ip": w3cAddress, "s-port": w3cNumber, "c-port": w3cNumber, "sc-substatus": w3cNumber, "sc-win32-status": w3cNumber, "cs-bytes": w3cNumber,
}

// iisDefaults are the columns that IIS writes unless told otherwise, since 8.0
// with the referrer, before without (iis-docs, sites/site/logFile).
var iisDefaults = []string{
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
	"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken",
}

// w3cColumns is what a #Fields line says.
type w3cColumns struct {
	kinds []w3cKind
	at    [w3cKinds]int16 // the column of a kind, -1 if there is none
	need  int             // the last column without which no record is whole
	ftp   bool            // has columns that only the FTP service of IIS writes
	iis   bool            // has columns that only Microsoft writes
	edge  bool            // has columns that only CloudFront writes
	local bool            // the time is local
}

// set reads the names of a #Fields line. Of two columns of one kind the first
// counts, and of times those in UTC.
func (c *w3cColumns) set(names []byte) {
	*c = w3cColumns{kinds: c.kinds[:0]}
	for i := range c.at {
		c.at[i] = -1
	}
	for len(names) > 0 {
		var name []byte
		if name, names = nextWord(names); len(name) == 0 {
			continue
		}
		lower := bytes.ToLower(name)
		kind := w3cNames[string(lower)]
		if kind == w3cSkip && bytes.HasPrefix(lower, []byte("cs(")) {
			kind = w3cText
		}
		switch {
		case bytes.HasPrefix(lower, []byte("x-edge-")):
			c.edge = true
		case string(lower) == "x-session", string(lower) == "x-fullpath":
			c.ftp = true
		case string(lower) == "sc-win32-status", string(lower) == "sc-substatus":
			c.iis = true
		}
		if c.at[kind] >= 0 && kind < w3cAddress {
			kind = w3cSkip
		}
		if c.at[kind] < 0 && len(c.kinds) < 1000 {
			c.at[kind] = int16(len(c.kinds))
		}
		c.kinds = append(c.kinds, kind)
	}
	if c.at[w3cTime] < 0 && c.at[w3cLocalTime] >= 0 {
		c.local = true
		c.at[w3cDate], c.at[w3cTime] = c.at[w3cLocalDate], c.at[w3cLocalTime]
	}
	for _, kind := range [...]w3cKind{w3cDate, w3cTime, w3cClient, w3cMethod, w3cStem, w3cQuery, w3cURI, w3cFullPath, w3cStatus} {
		c.need = max(c.need, int(c.at[kind]))
	}
}

// readable says whether the columns can give a record at all.
func (c *w3cColumns) readable() bool {
	return c.at[w3cTime] >= 0 && c.at[w3cClient] >= 0 && c.at[w3cMethod] >= 0 && c.at[w3cStatus] >= 0 && (c.at[w3cStem] >= 0 || c.at[w3cURI] >= 0)
}

// nextWord takes the text before the next run of spaces and tabs.
func nextWord(text []byte) (word, rest []byte) {
	for i, ch := range text {
		if ch == ' ' || ch == '\t' {
			return text[:i], text[i+1:]
		}
	}
	return text, nil
}
