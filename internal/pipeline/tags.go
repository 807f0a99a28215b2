package pipeline

import "github.com/logrecount/recount/pkg/client"

// tagger knows user agents, so that an agent is looked at once and not once per
// request. It is for one goroutine; a nil tagger knows none.
type tagger struct {
	known   map[string]*taggedAgent
	size    int // bytes of the agents that are known
	last    *taggedAgent
	numbers *agentNumbers // nil: agents are not counted
}

type taggedAgent struct {
	agent  string
	tags   client.Tags
	number int32
}

// taggerBytes is how many bytes of agents a tagger remembers before it starts
// afresh: a log can hold any number of them.
const taggerBytes = 4 << 20

// nobody is no agent.
var nobody = new(taggedAgent)

func newTagger(numbers *agentNumbers) *tagger {
	return &tagger{known: map[string]*taggedAgent{}, last: nobody, numbers: numbers}
}

// of gives what is known of one request's agent. Requests of one client stand
// together, and mostly have one agent.
func (t *tagger) of(agent []byte) *taggedAgent {
	if t == nil || agent == nil {
		return nobody
	}
	if string(agent) == t.last.agent && t.last != nobody {
		return t.last
	}
	k := t.known[string(agent)]
	if k == nil {
		k = &taggedAgent{agent: string(agent), tags: client.TagsOf(agent)}
		k.number = t.numbers.of(k.agent)
		if t.size > taggerBytes {
			clear(t.known)
			t.size = 0
		}
		t.known[k.agent] = k
		t.size += len(agent) + 100 // about what an entry costs beside
	}
	t.last = k
	return k
}
