package accesslog

// chooseTime takes the time that is nearest to the request's start and makes
// all other times text that is passed over.
func (t *template) chooseTime(c *compiled) error {
	for _, at := range []TimeAt{TimeAtStart, TimeAtEnd} {
		if c.time = t.timeOf(at); c.time == timeNone {
			continue
		}
		c.start = at
		var have [pieceKinds]bool
		taken := false
		for i := range t.fields {
			f := &t.fields[i]
			var skip bool
			switch {
			case !f.timed():
				continue
			case f.at != at:
				skip = true
			case f.role == roleTime, f.role == roleEpoch:
				skip = taken || (f.role == roleTime) != (c.time == timeLogged) || c.time == timePieces
				taken = taken || !skip
			case f.role == rolePieces && f.pieces[0].kind >= pieceMilli:
				skip = have[pieceMilli] || !t.wholeSeconds(c.time, at)
				have[pieceMilli] = have[pieceMilli] || !skip
			case f.role == roleMonth:
				skip = c.time != timePieces || have[pieceMonth] || have[pieceMonthName]
				have[pieceMonth] = have[pieceMonth] || !skip
			case f.pieces[0].kind < pieceDay: // kept with the pieces around it, so that they are one text
				skip = c.time != timePieces
			default:
				kind := f.pieces[0].kind
				skip = c.time != timePieces || have[kind] ||
					kind == pieceMonth && have[pieceMonthName] || kind == pieceMonthName && have[pieceMonth] ||
					kind == pieceYear && have[pieceYear2] || kind == pieceYear2 && have[pieceYear]
				have[kind] = have[kind] || !skip
			}
			if skip {
				f.role = roleSkip
			} else if f.maybe {
				return t.errorf("%s stands under a condition, and a line without it has no time", f.text)
			}
		}
		c.zoned = have[pieceZone] || have[pieceZoneColon]
		return nil
	}
	return t.errorf("it cannot give the time of a request: %s is missing", t.example("%t", "$time_local"))
}

// wholeSeconds says whether the time chosen lacks the part of its second.
func (t *template) wholeSeconds(from timeFrom, at TimeAt) bool {
	for _, f := range t.fields {
		if from == timeEpoch && f.role == roleEpoch && f.at == at {
			return f.scale == 1e6 && f.shape == shapeNumber
		}
	}
	return true
}

// timeOf says what the fields of one moment can give.
func (t *template) timeOf(at TimeAt) timeFrom {
	var have [pieceKinds]bool
	epoch := false
	for _, f := range t.fields {
		switch {
		case f.at != at:
		case f.role == roleTime:
			return timeLogged
		case f.role == roleEpoch:
			epoch = true
		case f.role == roleMonth:
			have[pieceMonth] = true
		case f.role == rolePieces:
			for _, p := range f.pieces {
				have[p.kind] = true
			}
		}
	}
	day := (have[pieceYear] || have[pieceYear2]) && (have[pieceMonth] || have[pieceMonthName]) && have[pieceDay]
	clock := (have[pieceHour] || have[pieceHour12] && have[pieceHalf]) && have[pieceMinute] && have[pieceSecond]
	switch {
	case day && clock && (have[pieceZone] || have[pieceZoneColon] || !epoch):
		return timePieces
	case epoch:
		return timeEpoch
	}
	return timeNone
}

// joinTimes makes one field of the pieces of a time that follow each other,
// and the common log format's time where it is that.
func (t *template) joinTimes(c *compiled) {
	for i := 0; i < len(t.fields); i++ {
		f := &t.fields[i]
		if f.shape != shapeFixed {
			continue
		}
		for i+1 < len(t.fields) && t.fields[i+1].shape == shapeFixed && (t.fields[i+1].role == f.role) {
			f.pieces[len(f.pieces)-1].after = t.texts[i+1]
			f.pieces = append(f.pieces, t.fields[i+1].pieces...)
			t.texts[i+1] = ""
			t.remove(i + 1)
			f = &t.fields[i]
		}
		f.width = 0
		for _, p := range f.pieces {
			f.width += pieceWidths[p.kind] + len(p.after)
		}
		f.minute = minuteOf(f.pieces)
		if f.role == rolePieces && isCLF(f.pieces) {
			f.shape, f.role = shapeCLF, roleTime
			c.time = timeLogged
		}
	}
}

// clfPieces are those of the common log format.
var clfPieces = []piece{{kind: pieceDay, after: "/"}, {kind: pieceMonthName, after: "/"}, {kind: pieceYear, after: ":"}, {kind: pieceHour, after: ":"}, {kind: pieceMinute, after: ":"}, {kind: pieceSecond, after: " "}, {kind: pieceZone}}

func isCLF(pieces []piece) bool {
	if len(pieces) != len(clfPieces) {
		return false
	}
	for i, p := range pieces {
		if p != clfPieces[i] {
			return false
		}
	}
	return true
}
