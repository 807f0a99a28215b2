package claim

import "hash/maphash"

// names finds clients by name. It takes about 8 bytes for each, as the names
// themselves are those of the list that it was made of.
type names struct {
	seed    maphash.Seed
	clients []Client
	slots   []int32 // place in clients, from 1, or 0; as many as a power of 2
}

// newNames indexes clients. Of two of one name the first is found.
func newNames(clients []Client) names {
	size := 1
	for 2*size < 3*len(clients) { // a third is free, at least
		size *= 2
	}
	x := names{maphash.MakeSeed(), clients, make([]int32, size)}
	for i := range clients {
		slot := maphash.String(x.seed, clients[i].Name)
		for ; ; slot++ {
			at := &x.slots[slot&uint64(len(x.slots)-1)]
			if *at == 0 {
				*at = int32(i) + 1
			}
			if clients[*at-1].Name == clients[i].Name {
				break
			}
		}
	}
	return x
}

// find gives the place of a client in the list.
func (x *names) find(name []byte) (place int32, ok bool) {
	for slot := maphash.Bytes(x.seed, name); ; slot++ {
		at := x.slots[slot&uint64(len(x.slots)-1)]
		if at == 0 {
			return 0, false
		}
		if x.clients[at-1].Name == string(name) {
			return at - 1, true
		}
	}
}
