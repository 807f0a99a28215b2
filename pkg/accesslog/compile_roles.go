package accesslog

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
