package claim

import (
	"net/netip"
	"strings"
)

// networkNames gives each client of the case the network that its neighbours
// share: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address, as
// a provider gives them to one customer (RFC 6177). What is no address is a
// network of its own.
func networkNames(clients []Client) []string {
	names := make([]string, len(clients))
	for i, c := range clients {
		names[i] = c.Name
		addr, err := netip.ParseAddr(c.Name)
		if err != nil {
			continue
		}
		bits := 48
		if addr.Is4() {
			bits = 24
		}
		if network, err := addr.WithZone("").Prefix(bits); err == nil {
			names[i] = network.String()
		}
	}
	return names
}

// networksAlone lists the networks of which the claim is exactly right by a rule
// of its measure, alone or left out, where one client is one address or more of
// one network.
func (e *evaluation) networksAlone() []Alone {
	if e.claim.Unit != UnitIP || e.nothing() {
		return nil
	}
	var out []Alone
	names := networkNames(e.basis.Clients)
	for i := len(RuleNames) - 1; i >= 0; i-- {
		if rulesOf(e.claim.Measure)&ruleMasks[i] == 0 {
			continue
		}
		q, clients := e.question(ruleMasks[i], ruleMasks[i])
		number, listed := map[string]int32{}, []string{}
		q.Keys = make([]int32, 0, len(q.Pairs))
		for _, p := range q.Pairs {
			name := names[clients[p.Client]]
			n, known := number[name]
			if !known {
				n = int32(len(listed))
				number[name] = n
				listed = append(listed, name)
			}
			q.Keys = append(q.Keys, n)
		}
		if len(listed) < 2 {
			continue
		}
		for _, k := range OneKey(q) {
			a := Alone{Kind: kindOf[strings.Contains(listed[k.Key], "/")], Name: listed[k.Key], Rule: RuleNames[i], Without: k.Without}
			for _, f := range e.claim.Figures {
				a.Figures = append(a.Figures, Stated{f.Quantity.String(), f.N})
			}
			out = append(out, a)
		}
	}
	return out
}

// kindOf says of a name whether it is a network's; a host name is a client.
var kindOf = map[bool]string{true: "network", false: "client"}

// rulesOf gives the rules that count what a measure means.
func rulesOf(m Measure) mask {
	switch m {
	case AnyBytes:
		return maskAny
	case Requested:
		return maskRequested
	}
	return maskPossible | maskLikely | maskComplete
}
