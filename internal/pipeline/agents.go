package pipeline

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/logrecount/recount/internal/spill"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/request"
)

// agentNumbers numbers user agents, from 1; 0 is that none was logged. A log can
// hold any number of them, so when they are many, those that come later get no
// number. Which these are depends on the order in which they are looked at, and
// nothing that is written does. It is for many goroutines; nil numbers none.
type agentNumbers struct {
	sync.Mutex
	known map[string]int32
	texts []string // by number less one
	size  int      // bytes that they take
	most  int      // bytes that they may take
}

const noNumber = -1

func newAgentNumbers(most int) *agentNumbers {
	return &agentNumbers{known: map[string]int32{}, most: most}
}

func (a *agentNumbers) of(agent string) int32 {
	if a == nil {
		return noNumber
	}
	a.Lock()
	defer a.Unlock()
	if n, ok := a.known[agent]; ok {
		return n
	}
	if a.size >= a.most {
		return noNumber
	}
	a.size += len(agent) + 100 // about what an entry costs beside
	a.texts = append(a.texts, agent)
	a.known[agent] = int32(len(a.texts))
	return int32(len(a.texts))
}

// agentCounts counts requests by user agent. It is for one goroutine.
type agentCounts struct {
	rest     *spill.Fold[int64] // requests with agents without a number, by agent and client
	requests []int64            // by the agent's number
	last     int32              // number of the agent of the client at hand that it has no posting with yet; or noNumber
	key      []byte
}

// agent takes a request's user agent, and gives its tags. A client's posting is with
// one agent; for each other one that it had meanwhile it gets a posting more.
func (g *grouper) agent(r *request.Request) (client.Tags, error) {
	agent := g.tagger.of(r.Agent)
	if !g.out.wantsAgents() {
		return agent.tags, nil
	}
	c := &g.agents
	if agent.number == noNumber {
		c.key = pairKey(c.key[:0], r.Agent, r.Client)
		n, _, err := c.rest.At(c.key)
		if err == nil {
			*n++
		}
		return agent.tags, err
	}
	for int(agent.number) >= len(c.requests) {
		c.requests = append(c.requests, 0)
	}
	c.requests[agent.number]++
	last := c.used()
	c.last = agent.number
	if last == noNumber || last == agent.number {
		return agent.tags, nil
	}
	e := nothing
	e.agent = last
	return agent.tags, g.ledger.add(r.Client, &e)
}

// used is the number of the agent that the client at hand has no posting with yet; it
// is then asked for.
func (c *agentCounts) used() (number int32) {
	number, c.last = c.last, noNumber
	return number
}

// pairKey writes two texts as one key. Keys whose first text is the same stand
// together, in the order of the first texts: a zero byte ends it, and zero and one
// bytes within it are written as two.
func pairKey(dst, first, second []byte) []byte {
	if bytes.IndexByte(first, 0) < 0 && bytes.IndexByte(first, 1) < 0 { // nearly all
		return append(append(append(dst, first...), 0), second...)
	}
	for _, c := range first {
		if c <= 1 {
			dst = append(dst, 1, c+1)
			continue
		}
		dst = append(dst, c)
	}
	return append(append(dst, 0), second...)
}

// firstOfPair is the part of a key that all keys of its first text share.
func firstOfPair(key []byte) []byte { return key[:bytes.IndexByte(key, 0)+1] }

// textOfPair is the first text of a key, by the part that firstOfPair gives. It may
// be borrowed from that.
func textOfPair(shared []byte) []byte {
	text := shared[:len(shared)-1]
	if bytes.IndexByte(text, 1) < 0 { // nearly all
		return text
	}
	plain := []byte{}
	for k := 0; k < len(text); k++ {
		c := text[k]
		if c == 1 {
			k++
			c = text[k] - 1
		}
		plain = append(plain, c)
	}
	return plain
}

var countCodec = spill.Codec[int64]{
	Append: func(dst []byte, n *int64) []byte { return binary.AppendVarint(dst, *n) },
	Read:   func(src []byte, n *int64) { *n, _ = binary.Varint(src) },
	Merge:  func(into, from *int64) { *into += *from },
}

// writeAgents writes the agents table. Of agents with a number it is known how many
// clients had them, and those without stand between them.
func (a *analysis) writeAgents(ctx context.Context, clients []int64) error {
	if !a.writer.Wants(casefile.TableAgents) {
		return nil
	}
	var folds []*spill.Fold[int64]
	numbered := make([]casefile.AgentRow, 1+len(a.agents.texts))
	for i, text := range a.agents.texts {
		numbered[i+1].UserAgent = []byte(text)
	}
	for number, n := range clients {
		numbered[number].Clients = n
	}
	for _, g := range a.groupers {
		folds = append(folds, g.agents.rest)
		for number, n := range g.agents.requests {
			numbered[number].Requests += n
		}
	}
	var row casefile.AgentRow // without a number
	var shared []byte
	sorted := false
	// put writes the row, and those before the one that comes next; nil: all.
	put := func(next *casefile.AgentRow) error {
		if row.Clients > 0 {
			if err := a.putAgent(&row); err != nil {
				return err
			}
		}
		if !sorted {
			slices.SortFunc(numbered, agentOrder)
			sorted = true
		}
		for ; len(numbered) > 0 && (next == nil || agentOrder(numbered[0], *next) < 0); numbered = numbered[1:] {
			if err := a.putAgent(&numbered[0]); err != nil {
				return err
			}
		}
		return nil
	}
	err := spill.Each(folds, func(key []byte, n *int64) error {
		if row.Clients > 0 && bytes.HasPrefix(key, shared) {
			row.Clients++
			row.Requests += *n
			return nil
		}
		next := bytes.Clone(firstOfPair(key))
		nextRow := casefile.AgentRow{UserAgent: textOfPair(next), Clients: 1, Requests: *n}
		if err := put(&nextRow); err != nil {
			return err
		}
		row, shared = nextRow, next
		if ctx.Err() != nil {
			return ErrInterrupted
		}
		return nil
	})
	if err != nil {
		return err
	}
	return put(nil)
}

// agentOrder puts none before the empty agent.
func agentOrder(a, b casefile.AgentRow) int {
	if (a.UserAgent == nil) != (b.UserAgent == nil) {
		if a.UserAgent == nil {
			return -1
		}
		return 1
	}
	return bytes.Compare(a.UserAgent, b.UserAgent)
}

func (a *analysis) putAgent(row *casefile.AgentRow) error {
	if row.Clients == 0 {
		return nil // nobody came without an agent
	}
	row.Tags = client.TagsOf(row.UserAgent).String()
	return a.writer.Agents().Append(row)
}
