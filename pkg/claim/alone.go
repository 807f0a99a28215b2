package claim

// KeyAlone is one key that gives the claim's figures by itself, or whose absence
// does.
type KeyAlone struct {
	Key     int32
	Without bool // all keys but this one
}

// OneKey lists the keys of a question by which what counts for the lower bound is
// exactly what the claim's figures say, whatever its relation: where only the
// pairs of this key are counted, or where all but those are. A published number
// often is that of one log, one network or one month. Keys must be given;
// relation, goal and limit are not used. Those alone come first, each in the order
// of the keys.
//
// A download whose pieces stand under several keys has to be graded for each
// key alone. All but one key is then what is whole under any other key: it may
// be too low by downloads that are whole only across keys.
func OneKey(q *Question) []KeyAlone {
	s := itemsOf(q, nil)
	var covers []*cover
	var all []int64
	for _, f := range q.Figures {
		c := newCover(q, s, f.Quantity, true)
		covers, all = append(covers, c), append(all, c.all())
	}
	var out []KeyAlone
	for _, without := range []bool{false, true} {
		for item, key := range s.keys {
			fits := func(i int, f Figure) bool {
				n := covers[i].alone(item)
				if without {
					n = all[i] - covers[i].own[item]
				}
				return f.Quantity.bounds(n, n).Lower == f.N
			}
			exact := true
			for i, f := range q.Figures {
				exact = exact && fits(i, f)
			}
			if exact {
				out = append(out, KeyAlone{Key: key, Without: without})
			}
		}
	}
	return out
}
