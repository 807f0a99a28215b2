package pipeline

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/logrecount/recount/pkg/casefile"
)

// TestManyAgents: agents beyond those that get a number are counted as well, and
// the table does not tell which these were.
func TestManyAgents(t *testing.T) {
	const agents = 1500
	pad := strings.Repeat("x", 4000)
	type counts struct {
		clients  map[string]bool
		requests int
	}
	truth := map[string]*counts{}
	var log strings.Builder
	for i := range 3 * agents {
		agent := fmt.Sprintf("agent %04d %s", i*7919%agents, pad)
		switch i % 50 {
		case 0:
			agent = "-"
		case 1:
			agent = "curl/8"
		}
		client := fmt.Sprintf("192.0.2.%d", i*i%11)
		fmt.Fprintf(&log, "%s - - [22/Nov/2025:10:%02d:%02d +0000] \"GET /a/%d.wav HTTP/1.1\" 200 1000 \"-\" \"%s\"\n", client, i/60%60, i%60, i%13, agent)
		if truth[agent] == nil {
			truth[agent] = &counts{clients: map[string]bool{}}
		}
		truth[agent].clients[client] = true
		truth[agent].requests++
	}
	if least := agents * len(pad); least < taggerBytes*5/4 {
		t.Fatalf("%d bytes of agents are too few", least)
	}
	var want []string
	for agent, c := range truth {
		if agent == "-" {
			agent = "null" // sorts before the others too, once it is first
		}
		want = append(want, fmt.Sprintf("%s %d %d", agent, len(c.clients), c.requests))
	}
	slices.SortFunc(want, func(a, b string) int {
		if null := strings.HasPrefix(a, "null "); null != strings.HasPrefix(b, "null ") {
			if null {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	in := files(t, map[string]string{"a.log": log.String()})
	var first string
	for _, workers := range []int{1, 2, 5} {
		for _, memory := range []int64{0, tiny} {
			dir, _ := analyse(t, Options{Evidence: []string{in}, Workers: workers, Memory: memory, Tables: []string{casefile.TableAgents}})
			var got []string
			for _, row := range table(t, dir, casefile.TableAgents) {
				agent, ok := row["user_agent"].(string)
				if !ok {
					agent = "null"
				}
				got = append(got, fmt.Sprintf("%s %v %v", agent, row["clients"], row["requests"]))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%d workers, %d bytes of memory: %d agents, want %d, or other counts", workers, memory, len(got), len(want))
			}
			file := caseFiles(t, dir)["tables/agents.parquet"]
			if first == "" {
				first = file
			}
			if file != first {
				t.Errorf("%d workers, %d bytes of memory: other bytes", workers, memory)
			}
		}
	}
}

// TestAgentNumbers: a number stays with its agent, and there are no more than
// fit.
func TestAgentNumbers(t *testing.T) {
	numbers := newAgentNumbers(1000)
	var got []int32
	for _, agent := range []string{"a", "b", "", "a", string(bytes.Repeat([]byte("c"), 1000)), "d", "b", "d", "a"} {
		got = append(got, numbers.of(agent))
	}
	if want := []int32{1, 2, 3, 1, 4, noNumber, 2, noNumber, 1}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := (*agentNumbers)(nil).of("a"); got != noNumber {
		t.Errorf("%d of none", got)
	}
}
