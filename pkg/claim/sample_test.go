package claim

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"
)

// nasTruth is what the clients of the sample evidence really held whole, as
// pairs that are sure both ways, and the names of the clients by number.
func nasTruth(t *testing.T) (pairs []Pair, clients []string) {
	t.Helper()
	f, err := os.Open("../../testdata/nas/truth.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var recordings []string
	for _, row := range rows[1:] {
		if row[4] == "yes" {
			clients, recordings = append(clients, row[0]), append(recordings, row[1])
		}
	}
	slices.Sort(clients)
	slices.Sort(recordings)
	clients, recordings = slices.Compact(clients), slices.Compact(recordings)
	for _, row := range rows[1:] {
		if row[4] == "yes" {
			pairs = append(pairs, Pair{Client: int32(slices.Index(clients, row[0])), Recording: int32(slices.Index(recordings, row[1])), Lower: true, Upper: true})
		}
	}
	return pairs, clients
}

// TestNASClaim: "55 recordings, 7 clients" is true of the clients that the
// sample was made with, and of others too.
func TestNASClaim(t *testing.T) {
	pairs, clients := nasTruth(t)
	q := &Question{Pairs: pairs, Figures: []Figure{{Recordings, 55}, {Clients, 7}}}
	if got := Count(q); !slices.Equal(got, []Bounds{{133, 133}, {33, 33}}) {
		t.Fatalf("the sample has %+v", got)
	}
	for _, goal := range []Goal{Holds, NotContradicted} {
		q.Goal = goal
		e := FewestExclusions(q)
		var kept []string
		for i, name := range clients {
			if !slices.Contains(e.Keys, int32(i)) {
				kept = append(kept, name)
			}
		}
		want := "127.0.10.11 127.0.10.12 127.0.10.13 127.0.10.14 127.0.10.15 127.0.10.16 127.0.10.17"
		if !e.Found || !e.Exact || e.Ways != SeveralWays || e.AtLeast != 26 || strings.Join(kept, " ") != want {
			t.Errorf("%d: %+v, kept %v", goal, e, kept)
		}
	}
	q.Goal, q.Figures = Holds, q.Figures[:1]
	if e := FewestExclusions(q); !e.Found || !e.Exact || len(e.Keys) > 26 {
		t.Errorf("55 recordings alone: %+v", e)
	} else {
		t.Logf("55 recordings alone: %d clients left out, %s", len(e.Keys), e.Why)
	}
}

// TestNASNetwork: the claim is true of one network alone.
func TestNASNetwork(t *testing.T) {
	pairs, clients := nasTruth(t)
	var networks []string
	for _, c := range clients {
		networks = append(networks, network(c))
	}
	slices.Sort(networks)
	networks = slices.Compact(networks)
	q := &Question{Pairs: pairs, Figures: []Figure{{Recordings, 55}, {Clients, 7}}}
	for _, p := range pairs {
		q.Keys = append(q.Keys, int32(slices.Index(networks, network(clients[p.Client]))))
	}
	got := OneKey(q)
	if len(got) != 1 || got[0].Without || networks[got[0].Key] != "127.0.10." {
		t.Errorf("networks %v: %+v", networks, got)
	}
	if e := FewestExclusions(q); !e.Found || len(networks)-len(e.Keys) != 1 {
		t.Errorf("%+v of %d networks", e, len(networks))
	}
}

func network(client string) string { return client[:strings.LastIndexAny(client, ".:")+1] }
