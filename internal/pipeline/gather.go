package pipeline

import (
	"bytes"
	"context"
	"encoding/binary"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/client"
)

// gathered is what clients come to.
type gathered struct {
	counts  populationCounts
	top     topList
	byAgent []int64 // clients by the number of their agent
}

// gatherer adds up the postings of one bin after another, client by client. It is
// for one goroutine.
type gatherer struct {
	gathered
	*analysis
	fold  *spill.Fold[clientTotal] // of the bin at hand, by client and the number of the agent
	out   *output                  // of the bin at hand; nil: no table wants rows
	block []byte                   // of a ledger
	key   []byte                   // of the fold
	own   []byte                   // what all keys of the client at hand begin with
	total clientTotal              // of the client at hand
}

// bin is one of the bins.
type bin struct {
	number int
	out    *output
}

// gather adds up what the groupers' ledgers say of each client, bin by bin, and
// writes the clients table.
func (a *analysis) gather(ctx context.Context) (*gathered, error) {
	var parts []bin
	var outs []*output
	for i := range a.groupers[0].ledger.pages {
		p := bin{number: i}
		if a.writer.Wants(casefile.TableClients) {
			p.out = newOutput(&wanted{})
		}
		parts, outs = append(parts, p), append(outs, p.out)
	}
	var workers []*gatherer
	for range min(a.budget.workers, len(parts)) {
		workers = append(workers, a.newGatherer())
	}
	err := a.writing(ctx, outs, func(ctx context.Context) error {
		return sideBySide(ctx, parts, workers, func(ctx context.Context, g *gatherer, p bin) error { return g.bin(ctx, p) })
	})
	a.discards.add(a.ledgers)
	if ctx.Err() != nil {
		return nil, ErrInterrupted
	}
	all := &workers[0].gathered
	for _, g := range workers[1:] {
		all.merge(&g.gathered)
	}
	return all, err
}

func (a *analysis) newGatherer() *gatherer {
	g := &gatherer{analysis: a, fold: spill.NewFold(a.store, a.budget.fold, clientCodec), block: make([]byte, 0, ledgerBlock)}
	g.counts.labelled = make([]clientCounts, a.labels.Len())
	g.byAgent = make([]int64, 1+len(a.agents.texts))
	return g
}

// bin gathers one bin, and gives the rows of its clients in order.
func (g *gatherer) bin(ctx context.Context, p bin) error {
	g.out = p.out
	g.out.open()
	defer g.out.close()
	for _, from := range g.groupers {
		if err := g.read(ctx, from.ledger, p.number); err != nil {
			return err
		}
	}
	g.own = g.own[:0]
	if err := spill.Each([]*spill.Fold[clientTotal]{g.fold}, g.item); err != nil {
		return err
	}
	if err := g.end(); err != nil {
		return err
	}
	g.fold.Clear()
	return g.out.flush(ctx)
}

// read adds up a bin's postings in a ledger, whose memory it gives back.
func (g *gatherer) read(ctx context.Context, l *ledger, bin int) error {
	p := &l.pages[bin]
	for _, b := range p.blocks {
		if err := ctx.Err(); err != nil {
			return err
		}
		block, err := g.ledgers.GetIn(g.block, b)
		if err == nil {
			err = g.add(block, l.since)
		}
		if err != nil {
			return err
		}
		if b.InMemory() { // the disk's comes back with the last bin's
			g.ledgers.Release(b)
		}
	}
	err := g.add(p.buf, l.since)
	*p = ledgerPage{}
	return err
}

// add adds up the postings of a block.
func (g *gatherer) add(block []byte, since int64) error {
	var e posting
	for len(block) > 0 {
		var name []byte
		name, block = e.read(block, since)
		g.key = pairKey(g.key[:0], name, nil)
		if e.agent != noNumber {
			g.key = binary.BigEndian.AppendUint32(g.key, uint32(e.agent))
		}
		t, _, err := g.fold.At(g.key)
		if err != nil {
			return err
		}
		t.add(&e)
	}
	return nil
}

// item takes a client's total with one agent, or without.
func (g *gatherer) item(key []byte, t *clientTotal) error {
	own := firstOfPair(key)
	if agent := key[len(own):]; len(agent) > 0 {
		g.byAgent[binary.BigEndian.Uint32(agent)]++
	}
	if bytes.Equal(own, g.own) {
		clientCodec.Merge(&g.total, t)
		return nil
	}
	err := g.end()
	g.own, g.total = append(g.own[:0], own...), *t
	return err
}

// end counts the client at hand.
func (g *gatherer) end() error {
	if err := g.runs.stop(); err != nil || len(g.own) == 0 {
		return err
	}
	name := textOfPair(g.own)
	label := g.labels.Number(name)
	g.counts.add(&g.total, label)
	row := clientRow(name, &g.total)
	row.Label = g.labels.Name(label)
	g.top.add(&row)
	if g.out == nil {
		return nil
	}
	row.Prefix = client.Prefix(name)
	if err := g.place(&row); err != nil {
		return err
	}
	return g.out.client(&row)
}

// merge adds what other clients come to.
func (g *gathered) merge(o *gathered) {
	g.counts.merge(&o.counts)
	for i := range o.top {
		g.top.add(&o.top[i])
	}
	for number, n := range o.byAgent {
		g.byAgent[number] += n
	}
}
