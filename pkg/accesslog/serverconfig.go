package accesslog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ConfigRemarks is the error of ParseServerConfig when the configuration was
// read but something in it is not used: a format that is not supported, a file
// that is included and was not read. The formats beside it are good.
type ConfigRemarks []string

func (c ConfigRemarks) Error() string { return strings.Join(c, "\n") }

// ParseServerConfig gives the log formats of a server's configuration: those
// of LogFormat, CustomLog, GlobalLog and TransferLog (httpd.conf, apache2.conf),
// those of log_format and access_log (nginx.conf), and those of
// accesslog.format (lighttpd.conf). A format has its nickname; one without has
// the directive and the line it stands in, "CustomLog:12". Included files are
// not read. What is not used is told by ConfigRemarks, beside the formats, and
// so is a log that leaves requests out; any other error means that the
// configuration could not be read.
//
// Source: Apache httpd's configuration files and mod_log_config; nginx's
// configuration file and ngx_http_log_module; lighttpd's configuration file and
// mod_accesslog.
func ParseServerConfig(r io.Reader) ([]*Format, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxConfig {
		return nil, fmt.Errorf("a server's configuration of more than %d bytes", maxConfig)
	}
	c := config{byName: map[string]int{}}
	c.httpd(string(data))
	c.nginx(string(data))
	c.lighttpd(string(data))
	if len(c.formats) == 0 && len(c.remarks) == 0 {
		return nil, errors.New("no LogFormat, CustomLog, log_format or accesslog.format stands in the configuration")
	}
	if len(c.remarks) > 0 {
		return c.formats, c.remarks
	}
	return c.formats, nil
}

const maxConfig = 16 << 20

type config struct {
	formats []*Format
	byName  map[string]int
	remarks ConfigRemarks
}

func (c *config) remark(line int, format string, args ...any) {
	c.remarks = append(c.remarks, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
}

// add compiles a format. Of two of one name the later one holds, as for the
// server, and that is told.
func (c *config) add(line int, name, s string, compile func(name, s string) (*Format, error)) {
	f, err := compile(name, s)
	if err != nil {
		c.remark(line, "%s: %v", name, err)
		return
	}
	if i, ok := c.byName[name]; ok {
		if c.formats[i].Fields != f.Fields {
			c.remark(line, "%s is defined twice, as %q before", name, c.formats[i].Fields)
			// Both may have been written, in different virtual hosts.
			f.Name = fmt.Sprintf("%s:%d", name, line)
			c.formats = append(c.formats, f)
		}
		return
	}
	c.byName[name] = len(c.formats)
	c.formats = append(c.formats, f)
}

// httpd reads the directives of Apache httpd, one a line.
func (c *config) httpd(data string) {
	scanner := bufio.NewScanner(strings.NewReader(data))
	scanner.Buffer(nil, maxConfig+1)
	for n := 1; scanner.Scan(); n++ {
		line, first := strings.TrimSpace(scanner.Text()), n
		for strings.HasSuffix(line, `\`) && scanner.Scan() {
			n++
			line = line[:len(line)-1] + strings.TrimRight(scanner.Text(), " \t\r")
		}
		if line == "" || line[0] == '#' {
			continue
		}
		words := httpdWords(line)
		directive := strings.ToLower(words[0])
		// A line of nginx ends with a semicolon or a brace.
		if last := line[len(line)-1]; last == ';' || last == '{' {
			continue
		}
		if logsTo(directive) && len(words) >= 4 {
			c.some(first, words[0]+" "+words[1], strings.Join(words[3:], " "))
		}
		if given := httpdFormat(directive, words); strings.Contains(given, "${") {
			c.remark(first, "%s: %q holds a variable, which is not read: put its value in its place", words[0], given)
			continue
		}
		switch {
		case directive == "logformat" && len(words) == 3:
			c.add(first, words[2], words[1], compileHTTPD)
		case directive == "logformat" && len(words) == 2:
			c.add(first, fmt.Sprintf("LogFormat:%d", first), words[1], compileHTTPD)
		case logsTo(directive) && len(words) >= 3 && strings.IndexByte(words[2], '%') >= 0:
			c.add(first, fmt.Sprintf("%s:%d", words[0], first), words[2], compileHTTPD)
		case (directive == "include" || directive == "includeoptional") && !strings.Contains(line, ";"):
			c.remark(first, "%s is not read", strings.Join(words, " "))
		}
	}
}

// logsTo says whether a directive names a log and its format.
func logsTo(directive string) bool { return directive == "customlog" || directive == "globallog" }

// some tells that a log leaves requests out.
func (c *config) some(line int, log, condition string) {
	c.remark(line, "%s logs only some requests (%s): requests may be missing by design", log, condition)
}

// httpdFormat is the format, or its nickname, of a directive that gives one.
func httpdFormat(directive string, words []string) string {
	switch {
	case directive == "logformat" && len(words) >= 2:
		return words[1]
	case logsTo(directive) && len(words) >= 3:
		return words[2]
	}
	return ""
}

// compileHTTPD compiles the text of a directive, from which the quoting of the
// configuration was taken off already.
func compileHTTPD(name, s string) (*Format, error) { return CompileApache(name, s) }

// httpdWords splits a line as ap_getword_conf does: words may stand in quotes,
// in which a backslash escapes the quote and itself.
func httpdWords(line string) []string {
	var words []string
	for line = strings.TrimLeft(line, " \t"); line != ""; line = strings.TrimLeft(line, " \t") {
		quote := line[0]
		if quote != '"' && quote != '\'' {
			end := strings.IndexAny(line, " \t")
			if end < 0 {
				end = len(line)
			}
			words = append(words, line[:end])
			line = line[end:]
			continue
		}
		var b strings.Builder
		i := 1
		for ; i < len(line) && line[i] != quote; i++ {
			if line[i] == '\\' && i+1 < len(line) && (line[i+1] == quote || line[i+1] == '\\') {
				i++
			}
			b.WriteByte(line[i])
		}
		words = append(words, b.String())
		line = line[min(i+1, len(line)):]
	}
	return words
}

// nginx reads the directives of nginx: words up to a semicolon or a brace.
func (c *config) nginx(data string) {
	line := 1
	var words []string
	first := 1
	for data != "" {
		word, n, kind := nginxWord(data)
		switch {
		case kind == 'w':
			if len(words) == 0 {
				first = line
			}
			words = append(words, word)
		case kind == ';':
			c.nginxDirective(first, words)
			words = nil
		case kind == '{' || kind == '}':
			words = nil
		}
		line += strings.Count(data[:n], "\n")
		data = data[n:]
		// A directive of nginx may go on in the next line, one of httpd may
		// not: a file of httpd has no semicolons, and its words end there.
		if kind == '\n' && len(words) > 0 && words[0] != "log_format" && words[0] != "access_log" && words[0] != "include" {
			words = nil
		}
	}
}

func (c *config) nginxDirective(line int, words []string) {
	if len(words) == 0 {
		return
	}
	switch words[0] {
	case "log_format":
		if len(words) < 3 {
			return
		}
		text := strings.Join(words[2:], "")
		if strings.HasPrefix(words[2], "escape=") {
			text = words[2] + " " + strings.Join(words[3:], "")
		}
		c.add(line, words[1], text, CompileNginx)
	case "access_log":
		if len(words) == 2 && words[1] == "off" {
			c.remark(line, "access_log off: where it applies, no requests are logged by design")
		}
		for _, word := range words[min(2, len(words)):] {
			if strings.HasPrefix(word, "if=") {
				c.some(line, "access_log "+words[1], word)
			}
		}
		if len(words) == 2 && words[1] != "off" || len(words) > 2 && (words[2] == "combined" || strings.HasPrefix(words[2], "if=")) {
			c.add(line, formatNginxCombined.Name, nginxCombinedText, CompileNginx)
		}
	case "include":
		if len(words) == 2 && !strings.HasSuffix(words[1], "mime.types") && !strings.HasSuffix(words[1], "_params") {
			c.remark(line, "include %s is not read", words[1])
		}
	}
}

// nginxWord takes a word, a comment, a line's end or a mark off the begin of
// data, and says which.
func nginxWord(data string) (word string, n int, kind byte) {
	switch data[0] {
	case ' ', '\t', '\r':
		return "", 1, ' '
	case '\n', ';', '{', '}':
		return "", 1, data[0]
	case '#':
		n = strings.IndexByte(data, '\n')
		if n < 0 {
			n = len(data)
		}
		return "", n, '#'
	}
	var b strings.Builder
	quote := data[0]
	i := 1
	if quote != '"' && quote != '\'' {
		quote, i = 0, 0
	}
	for ; i < len(data); i++ {
		c := data[i]
		if quote != 0 && c == quote {
			i++
			break
		}
		if quote == 0 && c == '$' && i+1 < len(data) && data[i+1] == '{' {
			b.WriteString("${")
			i++
			continue
		}
		if quote == 0 && (strings.IndexByte(" \t\r\n;", c) >= 0 || c == '{') {
			break
		}
		if c == '\\' && i+1 < len(data) {
			i++
			switch data[i] {
			case '"', '\'', '\\':
				b.WriteByte(data[i])
			case 't':
				b.WriteByte('\t')
			case 'r':
				b.WriteByte('\r')
			case 'n':
				b.WriteByte('\n')
			default:
				b.WriteByte('\\')
				b.WriteByte(data[i])
			}
			continue
		}
		b.WriteByte(c)
	}
	return b.String(), i, 'w'
}
