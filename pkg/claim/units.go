package claim

import (
	"cmp"
	"sync"
)

// units numbers who counts as one client, for each unit, from 0. Numbers of
// addresses with their user agents are given as they come, so they depend on
// the order of work; nothing that is counted does. It may be used from several
// goroutines.
type units struct {
	byName    names   // of Basis.Clients
	prefix    []int32 // by client
	asn       []int32 // by client
	label     []int32 // by client: place in labels, or -1
	labels    []string
	prefixes  int
	asns      int
	mu        sync.RWMutex
	withAgent map[withAgent]int32
	agents    map[string]numberedAgent
}

// newUnits numbers the clients of a case. Two of one name, which differ in bytes
// that the tables cannot show, are one.
func newUnits(clients []Client) *units {
	u := &units{
		byName: newNames(clients), withAgent: map[withAgent]int32{}, agents: map[string]numberedAgent{},
		prefix: make([]int32, len(clients)), asn: make([]int32, len(clients)), label: make([]int32, len(clients)),
	}
	prefixes, labels := map[string]int32{}, map[string]int32{}
	number := func(m map[string]int32, key string) int32 {
		n, ok := m[key]
		if !ok {
			n = int32(len(m))
			m[key] = n
		}
		return n
	}
	asns := map[int64]int32{} // by number of the network; below 0: by that of the prefix in its place
	for i := range clients {
		c := &clients[i]
		u.prefix[i] = number(prefixes, cmp.Or(c.Prefix, c.Name))
		asn := c.ASN
		if asn <= 0 {
			asn = -1 - int64(u.prefix[i])
		}
		n, ok := asns[asn]
		if !ok {
			n = int32(len(asns))
			asns[asn] = n
		}
		u.asn[i] = n
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

// withAgent is a client with a user agent.
type withAgent struct {
	client int32
	agent  int32 // its number; -1: it sent none, which is not the same as an empty one
}

// agent numbers a client with a user agent.
func (u *units) agent(client int32, agent []byte) int32 {
	key := withAgent{client, -1}
	if agent != nil {
		key.agent, _ = u.agentAlone(agent)
	}
	u.mu.RLock()
	n, ok := u.withAgent[key]
	u.mu.RUnlock()
	if ok {
		return n
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if n, ok = u.withAgent[key]; !ok {
		n = int32(len(u.withAgent))
		u.withAgent[key] = n
	}
	return n
}
