package accesslog

import "bytes"

// The formats with the forwarded address behind combined.
//
// combined_forwarded is what a sample shows: the syntax is written by nginx's
// own packages (log_format main of their nginx.conf) and by Apache servers with
// %{X-Forwarded-For}i added to combined, and their sizes mean different things.
// The last text may be any other header, so it is taken for a forwarded address
// only where it looks like one. nginx_main is the same by the user's word.
var (
	formatCombinedForwarded = &Format{
		Name: "combined_forwarded", Title: "combined and a third text, such as X-Forwarded-For (nginx.org's main)",
		Meaning: MeaningUnknown, MeaningWhy: "the same syntax is written with %b (planned), %O (accepted with headers) and nginx's $body_bytes_sent (accepted body)",
		TimeAt: TimeAtEither, Zone: ZoneLogged, Escaping: clfEscaping, Fields: "client ident user [time] \"request\" status bytes \"referrer\" \"user agent\" \"forwarded\"", Stateless: true,
		Source: "nginx.org packages, nginx.conf (log_format main); Apache mod_log_config", Family: "clf",
	}
	formatNginxMain = &Format{
		Name: "nginx_main", Title: "main of nginx.org's packages; give it with --format, others write its syntax too",
		Meaning: MeaningAcceptedBody, MeaningWhy: "$body_bytes_sent counts body bytes that the network accepted",
		TimeAt: TimeAtEnd, Zone: ZoneLogged, Escaping: `\xHH; "-" for nothing`, Fields: nginxMainText, Stateless: true,
		Source: "nginx.org packages, nginx.conf (log_format main); nginx ngx_http_log_module",
	}
)

const (
	nginxCombinedText = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`
	nginxMainText     = nginxCombinedText + ` "$http_x_forwarded_for"`
)

// finishForwarded reads the text behind the user agent and its quote.
func (p *clf) finishForwarded(text []byte, r *Record) Reason {
	r.Format = formatCombinedForwarded
	end := closingQuote(text)
	switch {
	case end < 0: // no other format goes on with a quote
		r.Flags |= FlagCutOff
		return p.check(r)
	case end+1 != len(text):
		return ReasonBadTail
	}
	if text = text[:end:end]; looksForwarded(text) {
		r.Forwarded = absent(text)
	}
	return p.check(r)
}

// looksForwarded says whether text is a list of addresses, as
// X-Forwarded-For is.
func looksForwarded(text []byte) bool {
	for len(text) > 0 {
		one := text
		if i := bytes.IndexByte(text, ','); i >= 0 {
			one, text = text[:i], text[i+1:]
		} else {
			text = nil
		}
		one = bytes.Trim(one, " ")
		if string(one) != "unknown" && !isAddress(bytes.Trim(one, "[]")) || bytes.IndexByte(one, ' ') >= 0 {
			return false
		}
	}
	return true
}

func newNginxMain(r Reading) Parser {
	made, err := CompileNginx(formatNginxMain.Name, nginxMainText)
	if err != nil {
		panic(err) // the text is a constant, and a test reads by it
	}
	p := made.parser(r).(*compiledParser)
	p.format = formatNginxMain
	return p
}
