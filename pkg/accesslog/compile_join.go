package accesslog

import "bytes"

// mergeQueries makes one field of a path and the query that follows it at once.
//
// nginx writes "-" for no query, so $uri$is_args$args is "/a-" for "/a" (and
// "/a--" for "/a-"): ngx_http_variable_request, ngx_http_log_variable.
func (t *template) mergeQueries() {
	for i := 0; i+1 < len(t.fields); i++ {
		f, next := &t.fields[i], &t.fields[i+1]
		if t.texts[i+1] != "" || f.role != rolePath && f.role != rolePathQuery || next.role != roleQuery && next.signs != "?" {
			continue
		}
		f.role = rolePathQuery
		f.dashed = next.role == roleQuery && t.server == "nginx" && !t.raw && !t.json
		f.text += next.text
		t.remove(i + 1)
		i--
	}
}

// joinTargets makes one field of a host or port and the target that follows it
// at once. The target begins with the first slash: no server lets one into its
// host (nginx: ngx_http_validate_host; Apache: fix_hostname in vhost.c). The
// header Host is as the client sent it and may hold one, so it is not joined.
func (t *template) joinTargets() {
	for i := 0; i+1 < len(t.fields); i++ {
		f, next := t.fields[i], t.fields[i+1]
		if t.texts[i+1] != "" || !f.slashless || !next.rooted {
			continue
		}
		t.fields[i] = field{text: f.text + next.text, role: roleJoined, joined: []field{f, next}}
		if t.raw {
			t.fields[i].shape = shapeRaw
		}
		t.remove(i + 1)
	}
}

// joinedAt is where the target of a joined field begins, -1 if v is none.
func (f *field) joinedAt(v []byte) int {
	host, at := &f.joined[0], bytes.IndexByte(v, '/')
	if n := len(v); at < 0 { // no target, or * of OPTIONS
		switch {
		case n > 0 && (v[n-1] == '-' || v[n-1] == '*'):
			at = n - 1
		case f.joined[1].empty:
			at = n
		default:
			return -1
		}
	}
	if at > 0 && v[at-1] == ':' { // a forward proxy's http://, and where the host ends is not known
		return -1
	}
	if host.shape != shapeNumber {
		return at
	}
	for i, c := range v[:at] {
		if c-'0' > 9 && (c != '-' || i > 0 || at > 1) {
			return -1
		}
	}
	return at
}

// remove takes out field i, which follows field i-1 at once.
func (t *template) remove(i int) {
	t.fields = append(t.fields[:i], t.fields[i+1:]...)
	t.texts = append(t.texts[:i], t.texts[i+1:]...)
}
