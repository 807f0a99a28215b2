package accesslog

import "bytes"

// The formats that Squid calls common and combined: those of the common log
// format family with result and hierarchy at the end, as in TCP_HIT:HIER_NONE.
var (
	formatSquidCommon = &Format{
		Name: "squid_common", Title: "Squid's common: common with the cache's result (logformat common)",
		Meaning: MeaningAcceptedWithHeaders, MeaningWhy: "%<st is the reply size sent to the client, headers included",
		TimeAt: TimeAtEnd, Zone: ZoneLogged, Escaping: `\" \\ \r \n \t in quotes`,
		Fields:    "client ident user [time] \"request\" status bytes result:hierarchy",
		Stateless: true, Source: "Squid cf.data.pre (logformat common)", Family: "squid_common",
	}
	formatSquidCombined = &Format{
		Name: "squid_combined", Title: "Squid's combined: combined with the cache's result (logformat combined)",
		Meaning: MeaningAcceptedWithHeaders, MeaningWhy: "%<st is the reply size sent to the client, headers included",
		TimeAt: TimeAtEnd, Zone: ZoneLogged, Escaping: `\" \\ \r \n \t in quotes`,
		Fields:    "client ident user [time] \"request\" status bytes \"referrer\" \"user agent\" result:hierarchy",
		Stateless: true, Source: "Squid cf.data.pre (logformat combined)", Family: "squid_common",
	}
)

// squidCommon takes the result off and leaves the rest to the parser of the
// family.
type squidCommon struct {
	clf  clf
	only *Format
}

func newSquidCommon(reading Reading) Parser {
	p := &squidCommon{clf: clf{combined: formatCombined, cut: formatCombined}}
	if len(reading.Formats) == 1 {
		p.only = reading.Main
	}
	return p
}

// Parse implements Parser.
func (p *squidCommon) Parse(line []byte, r *Record) Reason {
	r.Reset()
	rest, tail, ok := cutLastWord(line)
	if !ok {
		return ReasonMissingFields
	}
	i := bytes.IndexByte(tail, ':')
	if i <= 0 || !isUpperWord(tail[:i]) || !isUpperWord(tail[i+1:]) {
		return ReasonBadTail
	}
	if reason := p.clf.Parse(rest, r); reason != ReasonNone {
		return reason
	}
	r.NumberAtEnd = false
	switch {
	case r.Flags != 0:
		return ReasonBadTail // cut off in the middle is no line of Squid's
	case r.Format == formatCommon:
		r.Format = formatSquidCommon
	case r.Format == formatCombined:
		r.Format = formatSquidCombined
	default:
		return ReasonBadTail
	}
	if p.only != nil && r.Format != p.only {
		return ReasonOtherFormat
	}
	r.Finished = squidFinished(tail[:i])
	return ReasonNone
}
