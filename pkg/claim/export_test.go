package claim

import "slices"

// GradedPair is what a view makes of one pair.
type GradedPair struct {
	Site, First, Unit int32
	Grade             string
	Basis             string
	Requests          int64
	EarlierOrPossible bool
	Any, Lower, Upper bool
}

// Graded grades one recording under a view: with the shortcuts that tell when a
// view sees the same as a simpler one, or plainly.
func (c *Counter) Graded(v View, rec *Recording, plainly bool) ([]GradedPair, error) {
	if err := c.look(rec); err != nil {
		return nil, err
	}
	c.memo = nil
	var pairs []graded
	if plainly {
		pairs = c.grade(nil, v, rec)
	} else {
		c.under(View{}, rec) // so that there is something to use again
		pairs = slices.Clone(c.under(v, rec))
	}
	var out []GradedPair
	for _, g := range pairs {
		out = append(out, GradedPair{
			g.site, g.first, c.unit(v.Unit, g.first, rec), g.grade.String(), g.basis, g.requests,
			g.mask&maskReach != 0, g.mask&maskAny != 0, g.mask&maskLower != 0, g.mask&maskUpper != 0,
		})
	}
	slices.SortFunc(out, func(a, b GradedPair) int { return int(a.site() - b.site()) })
	return out, nil
}

func (g GradedPair) site() int64 { return int64(g.Site)<<32 + int64(g.First) }

// Views are all views that a plan counts.
func (p *Plan) Views() []View { return p.views }
