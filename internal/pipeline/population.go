package pipeline

import "github.com/logrecount/recount/pkg/download"

// populationCounts counts clients: all, those without a label, and those of
// each label by its number less one.
type populationCounts struct {
	all, unlabelled clientCounts
	labelled        []clientCounts
}

func (c *populationCounts) add(t *clientTotal, label int32) {
	c.all.add(t)
	if label == 0 {
		c.unlabelled.add(t)
	} else {
		c.labelled[label-1].add(t)
	}
}

// merge adds the counts of other clients.
func (c *populationCounts) merge(o *populationCounts) {
	c.all.merge(&o.all)
	c.unlabelled.merge(&o.unlabelled)
	for i := range c.labelled {
		c.labelled[i].merge(&o.labelled[i])
	}
}

// clientCounts counts clients by the grade they reach.
type clientCounts struct {
	seen, requested, anyBytes, listings int64
	reaching                            [download.GradeComplete + 1]int64
}

func (c *clientCounts) add(t *clientTotal) {
	c.seen++
	if t.requested > 0 {
		c.requested++
	}
	if t.anyBytes > 0 {
		c.anyBytes++
	}
	if t.listings > 0 {
		c.listings++
	}
	for g := range c.reaching {
		if t.reaches(download.Grade(g)) {
			c.reaching[g]++
		}
	}
}

func (c *clientCounts) merge(o *clientCounts) {
	c.seen += o.seen
	c.requested += o.requested
	c.anyBytes += o.anyBytes
	c.listings += o.listings
	for g, n := range o.reaching {
		c.reaching[g] += n
	}
}
