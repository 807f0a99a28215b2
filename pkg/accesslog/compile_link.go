package accesslog

import "strings"

// link says of each field how its end is found, and refuses a format whose
// lines could be read in two ways whatever stands in them.
func (t *template) link(c *compiled) error {
	for i := range t.fields {
		f := &t.fields[i]
		f.after, f.bytes, f.last = t.texts[i+1], []byte(t.texts[i+1]), i == len(t.fields)-1
		f.afterIdent = f.role == roleUser && i > 1 && t.fields[i-1].role == roleIdent && strings.HasSuffix(t.texts[i-1], " ")
		f.statusNext = !f.last && t.fields[i+1].role == roleStatus
		if f.after == "" && !f.last && !f.fixed() {
			return t.nothingBetween(f, &t.fields[i+1])
		}
		if err := t.howFound(f); err != nil {
			return err
		}
	}
	for i := range t.fields {
		if f := &t.fields[i]; f.scan == scanSearch {
			t.segment(i)
			if err := t.userAtEnd(i); err != nil {
				return err
			}
		}
	}
	if err := t.lineEnd(c); err != nil {
		return err
	}
	t.describe(c)
	return nil
}

func (t *template) nothingBetween(f, next *field) error {
	why := ""
	switch {
	case next.rooted && f.role == roleHost:
		why = " (" + f.text + " is what the client sent, which may hold a slash; a host that the server checked, " + t.example("%v or %V", "$host") + ", could stand there)"
	case next.rooted:
		why = " (a host or port could stand there: it holds no slash, and the target begins with one)"
	}
	return t.errorf("nothing stands between %s and %s, so where one ends cannot be told%s: such lines cannot be read; write a space or a quote between them", f.text, next.text, why)
}

// userAtEnd refuses a segment from field i on that ends the line with a quote
// and holds a user.
func (t *template) userAtEnd(i int) error {
	f := &t.fields[i]
	end := &t.fields[f.segment]
	for k := i; end.last && f.quoted && f.quoteAt+1 == len(end.after) && k <= f.segment; k++ {
		if t.fields[k].user {
			return t.errorf("only a quote stands behind %s, and an empty user is written as two, so where a line was cut cannot be told: put another field behind it", t.fields[k].text)
		}
	}
	return nil
}

// lineEnd says what ends a line: a line that was cut there looks whole.
func (t *template) lineEnd(c *compiled) error {
	f := &t.fields[len(t.fields)-1]
	if f.after != "" {
		return nil
	}
	switch f.role {
	case roleEpoch, roleClient, roleClientLast, roleTarget, rolePath, rolePathQuery, roleRequest, roleQuery, roleJoined:
		return t.errorf("%s ends the line, so a line that was cut there cannot be told from a whole one: put a quote or another field behind it", f.text)
	case roleBytes:
		t.drop(roleSent) // so that it is the size that the caller takes back from a cut line
	}
	c.end = f.role
	return nil
}

// describe says of the whole what its fields tell.
func (t *template) describe(c *compiled) {
	timed := 0
	for i := range t.fields {
		f := &t.fields[i]
		timed += b2i(f.timed())
		switch {
		case f.timed():
			c.required = i
		case f.role == roleJoined:
			if f.joined[1].role != roleSkip {
				c.required = i
			}
		}
		switch f.role {
		case roleClient, roleClientLast, roleRequest, roleMethod, roleTarget, rolePath, rolePathQuery, roleQuery, roleStatus:
			c.required = i
		}
		c.rescue = c.rescue || f.role == roleRequest && f.scan == scanQuoted && !t.raw && !t.json && i > 0 && t.fields[i-1].shape == shapeCLF && t.texts[i] == `] "` && strings.HasSuffix(t.texts[i-1], "[")
	}
	for i := range t.fields {
		f := &t.fields[i]
		f.alone = timed == 1 && f.role == rolePieces && f.width <= lastTimeLen
		c.alone = c.alone || f.alone
	}
	c.open = t.openEnd(c)
	c.queried = t.find(roleQuery) >= 0
	c.apart = timed > 1 || c.time == timePieces && !c.alone
	c.late = c.apart || c.queried || t.find(roleContentLength) >= 0
	c.headless = t.begins("% % % ", roleClient, roleIdent, roleUser) || t.begins("% - % ", roleClient, roleUser)
}

// openEnd says whether a line that was cut may look whole: where the line's end
// closes a segment, a text in it may hold what stands behind it, and so what the
// cut took may be found in what it left. A control cannot stand in an escaped
// text, so where one stands behind each text that cannot be.
func (t *template) openEnd(c *compiled) bool {
	for i := range t.fields {
		f := &t.fields[i]
		if f.scan < scanWidth || f.quoted || !t.raw && f.after != "" && f.after[0] < ' ' {
			continue
		}
		for k := i; k < len(t.fields); k++ {
			if role := t.fields[k].role; k <= c.required || (role == roleBytes || role == roleSent) && k < len(t.fields)-1 {
				return true
			}
		}
	}
	return false
}

// begins says whether the format begins with these roles, in this text.
func (t *template) begins(text string, roles ...role) bool {
	begin := t.texts[0]
	for i, r := range roles {
		if i >= len(t.fields) || t.fields[i].role != r {
			return false
		}
		begin += "%" + t.texts[i+1]
	}
	return strings.HasPrefix(begin, text)
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

// separates says whether a comma is followed by what cannot go on with a list:
// a quote, as between the keys of JSON.
func separates(after string) bool {
	after = strings.TrimPrefix(after[1:], " ")
	return after != "" && after[0] == '"'
}
