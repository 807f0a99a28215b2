package claim

import (
	"strconv"
	"sync"
)

// units numbers who counts as one client, for each unit, from 0. Numbers of
// addresses with their user agents are given as they come, so they depend on
// the order of work; nothing that is counted does. It may be used from several
// goroutines.
type units struct {
	byName    map[string]int32 // of Basis.Clients
	prefix    []int32          // by client
	asn       []int32          // by client
	label     []int32          // by client: place in labels, or -1
	labels    []string
	prefixes  int
	asns      int
	mu        sync.RWMutex
	withAgent map[string]int32
	agents    map[string]numberedAgent
}

// newUnits numbers the clients of a case. Two of one name, which differ in bytes
// that the tables cannot show, are one.
func newUnits(clients []Client) *units {
	u := &units{
		byName: make(map[string]int32, len(clients)), withAgent: map[string]int32{}, agents: map[string]numberedAgent{},
		prefix: make([]int32, len(clients)), asn: make([]int32, len(clients)), label: make([]int32, len(clients)),
	}
	prefixes, asns, labels := map[string]int32{}, map[string]int32{}, map[string]int32{}
	number := func(m map[string]int32, key string) int32 {
		n, ok := m[key]
		if !ok {
			n = int32(len(m))
			m[key] = n
		}
		return n
	}
	for i := range clients {
		c := &clients[i]
		if _, twice := u.byName[c.Name]; !twice {
			u.byName[c.Name] = int32(i)
		}
		prefix := c.Prefix
		if prefix == "" {
			prefix = c.Name
		}
		u.prefix[i] = number(prefixes, prefix)
		if c.ASN > 0 {
			u.asn[i] = number(asns, "AS"+strconv.FormatInt(c.ASN, 10))
		} else {
			u.asn[i] = number(asns, "-"+prefix)
		}
		u.label[i] = -1
		if c.Label != "" {
			if u.label[i] = number(labels, c.Label); int(u.label[i]) == len(u.labels) {
				u.labels = append(u.labels, c.Label)
			}
		}
	}
	u.prefixes, u.asns = len(prefixes), len(asns)
	return u
}

// agent numbers a client with a user agent.
func (u *units) agent(client int32, agent []byte, key []byte) (n int32, scratch []byte) {
	key = append(key[:0], byte(client), byte(client>>8), byte(client>>16), byte(client>>24), 0)
	if agent != nil {
		key[4] = 1
		key = append(key, agent...)
	}
	u.mu.RLock()
	n, ok := u.withAgent[string(key)]
	u.mu.RUnlock()
	if ok {
		return n, key
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if n, ok = u.withAgent[string(key)]; !ok {
		n = int32(len(u.withAgent))
		u.withAgent[string(key)] = n
	}
	return n, key
}
