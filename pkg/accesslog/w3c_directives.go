package accesslog

import "bytes"

// Directive implements Director.
func (p *w3c) Directive(line []byte) {
	name, value, ok := bytes.Cut(line, colon)
	if !ok {
		return
	}
	switch string(name) {
	case "#Version": // a new header, perhaps of another server: what it does not say again does not hold
		p.offset, p.dated = 0, false
	case "#Software":
		p.software = softwareOf(value)
	case "#Fields":
		p.declared.set(value)
		p.columns = &p.declared
	case "#Date", "#Start-Date":
		p.setDate(bytes.TrimLeft(value, " \t"))
	case "#GMT-Offset":
		p.setOffset(bytes.TrimSpace(value))
	}
	p.setDialect()
}

func softwareOf(value []byte) int {
	value = bytes.TrimLeft(value, " \t")
	switch {
	case bytes.HasPrefix(value, []byte("Microsoft Internet Information")), bytes.HasPrefix(value, []byte("Microsoft HTTP Server API")):
		return softwareIIS
	case bytes.HasPrefix(value, []byte("IIS Advanced Logging")):
		return softwareAdvanced
	case bytes.HasPrefix(bytes.ToLower(value), []byte("netscaler")):
		return softwareNetScaler
	case bytes.HasPrefix(value, []byte("Incapsula")):
		return softwareIncapsula
	}
	return softwareUnknown
}

func (p *w3c) setDialect() {
	p.dialect = formatW3C
	c := p.columns
	microsoft := p.software == softwareIIS || p.software == softwareAdvanced || p.software == softwareUnknown && c != nil && c.iis
	switch {
	case c != nil && c.edge:
		p.dialect = formatCloudFront
	case c != nil && c.local:
		p.dialect = formatIISLocal
	case microsoft && c != nil && c.ftp:
		p.dialect = formatIISFTP
	case microsoft:
		p.dialect = formatIIS
	case p.only != nil && p.software == softwareUnknown:
		p.dialect = p.only
	}
}
