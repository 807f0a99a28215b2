package claim

import "slices"

// KeyAlone is one key that gives the claim's figures by itself, or whose absence
// does.
type KeyAlone struct {
	Key     int32
	Without bool     // all keys but this one
	Bounds  []Bounds // of each figure
	Sure    bool     // both bounds of all figures are the claim's numbers; else all lower ones are, or all upper ones
}

// OneKey lists the keys of a question by which a claim's figures come out
// exactly, whatever its relation: where only the pairs of this key are counted,
// or where all but those are. A published number often is that of one log, one
// network or one month. Keys must be given; relation, goal and limit are not
// used. A key stands in it once for each of both, those alone first, and in the
// order of the keys.
//
// A download whose pieces stand under several keys has to be graded for each
// key alone. All but one key is then what is whole under any other key: it may
// be too low by downloads that are whole only across keys.
func OneKey(q *Question) []KeyAlone {
	s := itemsOf(q, nil)
	var lower, upper []*cover
	for _, f := range q.Figures {
		lower = append(lower, newCover(q, s, f.Quantity, true))
		upper = append(upper, newCover(q, s, f.Quantity, false))
	}
	var out []KeyAlone
	for _, without := range []bool{false, true} {
		count := (*cover).alone
		if without {
			all := map[*cover]int64{}
			for _, c := range slices.Concat(lower, upper) {
				all[c] = c.all()
			}
			count = func(c *cover, item int) int64 { return all[c] - c.own[item] }
		}
		for item, key := range s.keys {
			a := KeyAlone{Key: key, Without: without}
			least, most := true, true // all lower bounds are the numbers, all upper ones
			for i, f := range q.Figures {
				b := f.Quantity.bounds(count(lower[i], item), count(upper[i], item))
				least, most = least && b.Lower == f.N, most && b.Upper == f.N
				a.Bounds = append(a.Bounds, b)
			}
			if a.Sure = least && most; least || most {
				out = append(out, a)
			}
		}
	}
	return out
}
