package accesslog

import "bytes"

// jsonMap says where the fields of a record stand in a JSON object.
type jsonMap struct {
	root  jsonNode
	count int
	slots [jsonFields][]int // of each field, the best first

	timeForm      timeForm
	durationShift int // decimal places from the logged unit to microseconds
}

// want adds a path to a field.
func (m *jsonMap) want(field int, path ...string) {
	slot := m.root.add(m.count, path...)
	if slot == m.count {
		m.count++
	}
	m.slots[field] = append(m.slots[field], slot)
}

// jsonMapped reads lines by a map.
type jsonMapped struct {
	fields *jsonMap
	json   jsonScanner
	clock  jsonClock
	cut    bool // the line was cut: what is not there may only be missing
}

func newJSONMapped(m *jsonMap, reading Reading) jsonMapped {
	return jsonMapped{fields: m, clock: newJSONClock(reading, m.timeForm == timeLocal)}
}

// slot is the first slot of a field that has a value; of none, the last. ok is
// false if the field is nowhere. Of a line that was cut only the best slot
// counts, since a better one than that which is there may have been cut away.
func (p *jsonMapped) slot(field int) (slot int, ok bool) {
	slots := p.fields.slots[field]
	if p.cut && len(slots) > 1 {
		slots = slots[:1]
	}
	for _, slot = range slots {
		v := &p.json.values[slot]
		if v.kind > jsonNull && (v.kind != jsonString || len(v.raw) > 0) {
			return slot, true
		}
	}
	return slot, false
}

// text is a text field, nil if there is none.
func (p *jsonMapped) text(field int) []byte {
	slot, ok := p.slot(field)
	if !ok {
		return nil
	}
	return p.json.list(slot)
}

// number is a count of bytes.
func (p *jsonMapped) number(field int) (n int64, ok bool) {
	slot, ok := p.slot(field)
	if !ok {
		return None, true
	}
	return p.json.count(slot)
}

// parse reads all but the record's format. A line that was cut is a record if
// time, client, request and status are whole.
func (p *jsonMapped) parse(line []byte, r *Record) Reason {
	r.Reset()
	state := p.json.scan(line, &p.fields.root, p.fields.count)
	if state == jsonBad {
		return ReasonBadJSON
	}
	p.cut = state == jsonCut
	reason := p.required(r)
	if p.cut {
		if reason != ReasonNone || r.Method == nil && p.hasMethod() {
			return ReasonCutOff
		}
		r.Flags |= FlagCutOff
	}
	if reason != ReasonNone {
		return reason
	}
	return p.optional(r)
}

func (p *jsonMapped) required(r *Record) Reason {
	slot, ok := p.slot(jsonTimeField)
	if !ok {
		return ReasonBadTime
	}
	t, ok := p.clock.value(p.json.values[slot], p.fields.timeForm)
	if !ok {
		return ReasonBadTime
	}
	t.set(r)
	if r.Client = p.text(jsonClientField); !oneClient(r.Client) {
		return ReasonBadClient
	}
	if !p.request(r) {
		return ReasonBadRequest
	}
	if slot, ok = p.slot(jsonStatusField); !ok {
		return ReasonBadStatus
	}
	if r.Status, ok = p.json.status(slot); !ok {
		return ReasonBadStatus
	}
	return ReasonNone
}

// hasMethod says whether the lines have a method at all.
func (p *jsonMapped) hasMethod() bool {
	return len(p.fields.slots[jsonMethodField])+len(p.fields.slots[jsonRequestField]) > 0
}

// request reads method and target, from fields of their own or from the line
// of the request. That one may be no request at all (a TLS handshake on a
// plain port): then there is no target. Without either the method stays unknown
// (see Record.MethodUnknown).
func (p *jsonMapped) request(r *Record) bool {
	line := p.text(jsonRequestField)
	splitRequest(line, r)
	r.Target = p.json.target(r.Target)
	if method := p.text(jsonMethodField); method != nil {
		if !isMethod(method) {
			return false
		}
		r.Method = method
	}
	if protocol := p.text(jsonProtocolField); protocol != nil {
		r.Protocol = protocol
	}
	if r.Target != nil {
		return true
	}
	if target := p.text(jsonTargetField); target != nil {
		r.Target = p.json.target(p.withArgs(target))
		return true
	}
	for _, slot := range p.fields.slots[jsonRequestField] { // nginx writes "" for a request it could not read
		if p.json.values[slot].kind == jsonString {
			return true
		}
	}
	return false
}

// withArgs joins path and query where they were logged apart.
func (p *jsonMapped) withArgs(target []byte) []byte {
	args := p.text(jsonArgsField)
	if args == nil || bytes.IndexByte(target, '?') >= 0 {
		return target
	}
	s := &p.json
	start := len(s.scratch)
	s.scratch = append(append(append(s.scratch, target...), '?'), args...)
	return s.scratch[start:len(s.scratch):len(s.scratch)]
}

func (p *jsonMapped) optional(r *Record) Reason {
	var ok bool
	if r.Bytes, ok = p.number(jsonBytesField); !ok {
		return ReasonBadBytes
	}
	if sent := p.fields.slots[jsonSentField]; len(sent) > 0 {
		if used, _ := p.slot(jsonBytesField); used != sent[0] {
			if r.Sent, ok = p.number(jsonSentField); !ok {
				return ReasonBadBytes
			}
		}
	}
	if r.Host, _ = splitPort(p.text(jsonHostField)); len(r.Host) == 0 {
		r.Host = nil
	}
	r.User, r.Forwarded = p.text(jsonUserField), p.text(jsonForwardedField)
	r.Referrer, r.Agent = p.text(jsonReferrerField), p.text(jsonAgentField)
	if slot, ok := p.slot(jsonDurationField); ok {
		if us, ok := scaled(p.json.values[slot].raw, p.fields.durationShift); ok {
			r.DurationUS = us
		}
	}
	placeBody(r, p.text(jsonContentRange), p.text(jsonRangeField))
	if size, ok := p.number(jsonObjectField); ok && size != None {
		r.ObjectSize, r.SizeFrom = size, TotalObject
	}
	setCoding(r, p.text(jsonEncodingField))
	if length, ok := p.number(jsonLengthField); ok && length != None {
		compareLength(r, length)
	}
	for _, slot := range p.fields.slots[jsonFinishedField] {
		switch v := p.json.values[slot]; {
		case v.kind != jsonString:
		case string(v.raw) == "OK":
			r.Finished = FinishedYes
		case len(v.raw) == 0:
			r.Finished = FinishedNo
		}
	}
	return ReasonNone
}
