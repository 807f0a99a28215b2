package accesslog

import (
	"slices"
	"strings"
)

// chooseRoles keeps one field for each role, the best, and makes the others
// text that is passed over. It refuses a format that cannot say who asked for
// what.
func (t *template) chooseRoles() error {
	for r := roleClient; r <= roleDuration; r++ {
		best := -1
		for i, f := range t.fields {
			if f.role != r {
				continue
			}
			if best >= 0 && f.rank >= t.fields[best].rank {
				t.fields[i].role = roleSkip
				continue
			}
			if best >= 0 {
				t.fields[best].role = roleSkip
			}
			best = i
		}
	}
	// A size with headers is the size only where there is no other.
	if t.find(roleBytes) < 0 {
		if i := t.find(roleSent); i >= 0 {
			t.fields[i].role, t.fields[i].rank = roleBytes, rankHeaders
		}
	}
	if t.find(roleClient) < 0 {
		if i := t.find(roleForwarded); t.find(roleClientLast) < 0 && i >= 0 {
			t.fields[i].role = roleClientLast
		} else if t.find(roleClientLast) < 0 {
			return t.errorf("it cannot give the client: %s is missing", t.example("%h or %a", "$remote_addr"))
		}
	} else {
		t.drop(roleClientLast)
	}
	if t.find(roleRequest) >= 0 {
		t.drop(roleMethod, roleTarget, rolePath, rolePathQuery, roleQuery, roleProtocol)
	} else {
		switch {
		case t.find(roleTarget) >= 0:
			t.drop(rolePath, rolePathQuery, roleQuery)
		case t.find(rolePathQuery) >= 0:
			t.drop(rolePath, roleQuery)
		case t.find(rolePath) < 0:
			return t.errorf("it cannot give the request: %s is missing", t.example("%r, or %m with %U and %q,", "$request, or $request_method with $request_uri,"))
		}
	}
	for _, f := range t.fields {
		if f.maybe && f.role >= roleClient && f.role <= roleTarget && f.role != roleHost && f.role != roleUser && f.role != roleIdent {
			return t.errorf("%s stands under a condition, and a line without it says nothing", f.text)
		}
	}
	return nil
}

func (t *template) example(apache, nginx string) string {
	if t.server == "nginx" {
		return nginx
	}
	return apache
}

func (t *template) drop(roles ...role) {
	for i := range t.fields {
		for _, r := range roles {
			if t.fields[i].role == r {
				t.fields[i].role = roleSkip
			}
		}
	}
}

// merge joins a path with the query that follows it at once.
func (t *template) merge() error {
	for i := 0; i+1 < len(t.fields); i++ {
		f, next := &t.fields[i], &t.fields[i+1]
		if t.texts[i+1] != "" || f.role != rolePath && f.role != rolePathQuery || next.role != roleQuery && next.signs != "?" {
			continue
		}
		f.role = rolePathQuery
		f.text += next.text
		t.remove(i + 1)
		i--
	}
	return nil
}

// remove takes out field i, which follows field i-1 at once.
func (t *template) remove(i int) {
	t.fields = append(t.fields[:i], t.fields[i+1:]...)
	t.texts = append(t.texts[:i], t.texts[i+1:]...)
}

// link says of each field how its end is found.
func (t *template) link(c *compiled) error {
	n := len(t.fields)
	for i := range t.fields {
		f := &t.fields[i]
		f.after, f.bytes, f.last = t.texts[i+1], []byte(t.texts[i+1]), i == n-1
		f.afterIdent = f.role == roleUser && i > 1 && t.fields[i-1].role == roleIdent && strings.HasSuffix(t.texts[i-1], " ")
		f.statusNext = !f.last && t.fields[i+1].role == roleStatus
		if f.after == "" && !f.last && !f.fixed() {
			return t.errorf("nothing stands between %s and %s, so where one ends cannot be told", f.text, t.fields[i+1].text)
		}
		if err := t.howFound(f); err != nil {
			return err
		}
	}
	for i := range t.fields {
		if f := &t.fields[i]; f.scan == scanSearch {
			t.segment(i)
			end := &t.fields[f.segment]
			for k := i; end.last && f.quoted && f.quoteAt+1 == len(end.after) && k <= f.segment; k++ {
				if t.fields[k].user {
					return t.errorf("only a quote stands behind %s, and an empty user is written as two, so where a line was cut cannot be told", t.fields[k].text)
				}
			}
		}
	}
	for i := range t.fields {
		switch f := &t.fields[i]; {
		case f.scan != scanShape:
		case f.shape == shapeWord:
			f.scan = scanWord
		case f.role == roleBytes || f.role == roleSent:
			f.scan = scanNumber
		}
	}
	switch f := &t.fields[n-1]; {
	case f.after != "":
	case f.role == roleEpoch || f.role == roleClient || f.role == roleClientLast || f.role == roleTarget || f.role == rolePath || f.role == rolePathQuery || f.role == roleRequest || f.role == roleQuery:
		return t.errorf("%s ends the line, so a line that was cut there cannot be told from a whole one", f.text)
	case f.role == roleBytes:
		t.drop(roleSent) // so that it is the size that the caller takes back from a cut line
		c.end = f.role
	default:
		c.end = f.role
	}
	for i, f := range t.fields {
		switch f.role {
		case roleClient, roleClientLast, roleRequest, roleMethod, roleTarget, rolePath, rolePathQuery, roleQuery, roleStatus:
			c.required = i
		}
		if f.timed() {
			c.required = i
		}
		switch f.role {
		case rolePath, rolePathQuery, roleQuery, rolePieces, roleMonth, roleEpoch, roleContentLength:
			c.late = true
		}
	}
	t.headOf(c)
	timed := 0
	for i := range t.fields {
		timed += b2i(t.fields[i].timed())
	}
	for i := range t.fields {
		t.fields[i].alone = timed == 1 && t.fields[i].role == rolePieces && t.fields[i].width <= lastTimeLen
	}
	for i, f := range t.fields {
		c.rescue = c.rescue || f.role == roleRequest && f.scan == scanQuoted && !t.raw && !t.json && i > 0 && t.fields[i-1].shape == shapeCLF && t.texts[i] == `] "` && strings.HasSuffix(t.texts[i-1], "[")
	}
	return nil
}

func (f *field) timed() bool {
	return f.role >= roleTime && f.role <= rolePieces
}

func (f *field) fixed() bool {
	return f.shape == shapeFixed || f.shape == shapeCLF || f.shape == shapeSign && !f.empty && !f.maybe
}

// howFound says how the end of a field is found, if its neighbours behind do
// not matter.
func (t *template) howFound(f *field) error {
	if f.last && f.after == "" && (f.shape == shapeText || f.shape == shapeRaw) {
		f.scan = scanRest
		return nil
	}
	f.scan = scanShape
	next := byte(' ')
	if f.after != "" {
		next = f.after[0]
	}
	switch f.shape {
	case shapeText:
		if f.scan = scanSearch; next == '"' {
			f.scan = scanQuoted
		}
	case shapeRaw:
		f.scan = scanSearch
	case shapeWord:
		if next > ' ' && next != '"' {
			f.scan = scanSearch
		}
	case shapeNumber, shapeStatus, shapeDecimal:
		if next >= '0' && next <= '9' || f.shape == shapeDecimal && next == '.' {
			return t.errorf("a digit or point stands behind %s, so where it ends cannot be told", f.text)
		}
	case shapeList:
		if next == ',' && !separates(f.after) || strings.HasPrefix(f.after, " : ") {
			return t.errorf("a comma or colon stands behind %s, so where it ends cannot be told", f.text)
		}
		if next != ' ' && next != '"' && next != ',' && next > ' ' {
			f.scan = scanSearch
		}
	case shapeSign:
		if (f.empty || f.maybe) && strings.IndexByte(f.signs+"-", next) >= 0 {
			return t.errorf("%q stands behind %s, so where it ends cannot be told", next, f.text)
		}
	case shapeCLF:
		f.width = clfTimeLen
	}
	return nil
}

// separates says whether a comma is followed by what cannot go on with a list:
// a quote, as between the keys of JSON.
func separates(after string) bool {
	after = strings.TrimPrefix(after[1:], " ")
	return after != "" && after[0] == '"'
}

// segment says how the end of field i is found, which its shape does not tell:
// by what stands between it and the next quote of the format, or the line's
// end. No text that the server escapes can hold such a quote.
func (t *template) segment(i int) {
	f := &t.fields[i]
	tail, least, fixed := 0, 0, true
	for k := i; ; k++ {
		at := &t.fields[k]
		f.segment = k
		if k > i {
			fixed = fixed && at.fixed() && at.scan == scanShape
			tail += max(at.width, 1)
			if at.shape == shapeWord && !at.empty {
				least++
			}
			least += at.width
		}
		if q := strings.IndexByte(at.after, '"'); q >= 0 && !t.raw {
			f.quoted, f.quoteAt, f.tail, f.least = true, q, tail+q, least+q
			break
		}
		tail += len(at.after)
		least += len(at.after)
		if at.last {
			f.quoteAt, f.tail, f.least = len(at.after), tail, least
			break
		}
	}
	if fixed && f.shape == shapeText && !t.raw {
		f.scan = scanWidth
	}
}

// headOf says whether the format begins with client, ident and user.
func (t *template) headOf(c *compiled) {
	var roles []role
	text := t.texts[0]
	for i := 0; i < len(t.fields) && i < 4; i++ {
		roles = append(roles, t.fields[i].role)
		text += "%" + t.texts[i+1]
	}
	is := func(want string, wanted ...role) bool {
		return strings.HasPrefix(text, want) && len(roles) >= len(wanted) && slices.Equal(roles[:len(wanted)], wanted)
	}
	apache := is("% % % ", roleClient, roleIdent, roleUser)
	nginx := is("% - % ", roleClient, roleUser)
	c.headless = apache || nginx
	switch {
	case apache && is(`% % % [%] "`, roleClient, roleIdent, roleUser, roleTime):
		c.head = 4
	case nginx && is(`% - % [%] "`, roleClient, roleUser, roleTime):
		c.head = 3
	}
}
