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

// agentCounts counts requests by user agent, and keeps which clients had which
// agent. It is for one goroutine.
type agentCounts struct {
	clients  *spill.Fold[int64] // by agent and client; the requests of agents without a number
	requests []int64            // by the agent's number
	last     int32              // the number of the agent of the requests at hand that is not kept with the client yet
	key      []byte
}

// add counts one request. It is followed by used.
func (c *agentCounts) add(agent *taggedAgent, r *request.Request) error {
	if agent.number == noNumber {
		c.key = agentKey(c.key[:0], r.Agent, r.Client)
		n, _, err := c.clients.At(c.key)
		if err == nil {
			*n++
		}
		return err
	}
	for int(agent.number) >= len(c.requests) {
		c.requests = append(c.requests, 0)
	}
	c.requests[agent.number]++
	if c.last == noNumber || c.last == agent.number {
		c.last = agent.number
		return nil
	}
	return c.keep(agent.number, r.Client)
}

// used keeps the agent of the requests that were added, all of one client, whose
// total t is. Nearly always it is the one that the client had the last time.
func (c *agentCounts) used(t *clientTotal, client []byte) error {
	number := c.last
	if c.last = noNumber; number == noNumber || number+1 == t.agent {
		return nil
	}
	t.agent = number + 1
	return c.keep(number, client)
}

// keep keeps that a client had an agent.
func (c *agentCounts) keep(number int32, client []byte) error {
	c.key = append(binary.BigEndian.AppendUint32(append(c.key[:0], 0), uint32(number)), client...)
	_, _, err := c.clients.At(c.key)
	return err
}

// agentKey is the key under which a client's requests with an agent that has no
// number are counted: the agent, then the client. Keys of one agent stand
// together in byte order, behind those with a number: a zero byte ends the agent,
// and zero and one bytes within it are written as two.
func agentKey(dst, agent, client []byte) []byte {
	dst = append(dst, 1)
	if bytes.IndexByte(agent, 0) < 0 && bytes.IndexByte(agent, 1) < 0 { // nearly all
		return append(append(append(dst, agent...), 0), client...)
	}
	for _, c := range agent {
		if c <= 1 {
			dst = append(dst, 1, c+1)
			continue
		}
		dst = append(dst, c)
	}
	return append(append(dst, 0), client...)
}

// agentOf is the agent of a key, and the part of the key that all its clients
// share.
func agentOf(key []byte) (agent, shared []byte) {
	i := bytes.IndexByte(key, 0)
	agent = []byte{}
	for k := 1; k < i; k++ {
		c := key[k]
		if c == 1 {
			k++
			c = key[k] - 1
		}
		agent = append(agent, c)
	}
	return agent, key[:i+1]
}

var countCodec = spill.Codec[int64]{
	Append: func(dst []byte, n *int64) []byte { return binary.AppendVarint(dst, *n) },
	Read:   func(src []byte, n *int64) { *n, _ = binary.Varint(src) },
	Merge:  func(into, from *int64) { *into += *from },
}

// writeAgents writes the agents table: those with a number are counted first, and
// those without stand between them.
func (a *analysis) writeAgents(ctx context.Context) error {
	if !a.writer.Wants(casefile.TableAgents) {
		return nil
	}
	var folds []*spill.Fold[int64]
	numbered := make([]casefile.AgentRow, 1+len(a.agents.texts))
	for i, text := range a.agents.texts {
		numbered[i+1].UserAgent = []byte(text)
	}
	for _, g := range a.groupers {
		folds = append(folds, g.agents.clients)
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
		if key[0] == 0 {
			numbered[binary.BigEndian.Uint32(key[1:])].Clients++
			return nil
		}
		if row.Clients > 0 && bytes.HasPrefix(key, shared) {
			row.Clients++
			row.Requests += *n
			return nil
		}
		agent, prefix := agentOf(key)
		next := casefile.AgentRow{UserAgent: agent, Clients: 1, Requests: *n}
		if err := put(&next); err != nil {
			return err
		}
		row, shared = next, bytes.Clone(prefix)
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
