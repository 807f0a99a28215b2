package pipeline

import "github.com/logrecount/recount/pkg/client"

// tagger gives the tags of user agents and remembers them, so that an agent is
// looked at once and not once per request. It is for one goroutine; a nil tagger
// gives no tags.
type tagger struct {
	known map[string]*taggedAgent
	size  int // bytes of the agents that are known
	last  *taggedAgent
}

type taggedAgent struct {
	agent string
	tags  client.Tags
}

// taggerBytes is how many bytes of agents a tagger remembers before it starts
// afresh: a log can hold any number of them.
const taggerBytes = 4 << 20

func newTagger() *tagger {
	return &tagger{known: map[string]*taggedAgent{}, last: new(taggedAgent)}
}

// of gives the tags of one request's agent. Requests of one client stand
// together, and mostly have one agent.
func (t *tagger) of(agent []byte) client.Tags {
	if t == nil {
		return 0
	}
	if string(agent) == t.last.agent {
		return t.last.tags
	}
	k := t.known[string(agent)]
	if k == nil {
		k = &taggedAgent{string(agent), client.TagsOf(agent)}
		if t.size > taggerBytes {
			clear(t.known)
			t.size = 0
		}
		t.known[k.agent] = k
		t.size += len(agent) + 100 // about what an entry costs beside
	}
	t.last = k
	return k.tags
}
