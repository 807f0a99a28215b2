package accesslog

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
		Source: "nginx.org packages, nginx.conf (log_format main); Apache mod_log_config",
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

const combinedForwardedText = `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i"`

func newCombinedForwarded(r Reading) Parser {
	p := newStock(r, formatCombinedForwarded, CompileApache, combinedForwardedText)
	for i := range p.fields {
		if p.fields[i].role == roleForwarded {
			p.fields[i].role = roleForwardedIf
		}
	}
	return p
}

func newNginxMain(r Reading) Parser {
	return newStock(r, formatNginxMain, CompileNginx, nginxMainText)
}

// newStock makes the parser of a format of the table from its text.
func newStock(r Reading, f *Format, compile func(name, s string) (*Format, error), text string) *compiledParser {
	made, err := compile(f.Name, text)
	if err != nil {
		panic(err) // the text is a constant, and a test reads by it
	}
	p := made.parser(r).(*compiledParser)
	p.format = f
	return p
}
