package claim

import (
	"fmt"
	"testing"
)

func TestNames(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 1000} {
		var clients []Client
		for i := range n {
			clients = append(clients, Client{Name: fmt.Sprint("x", i)})
		}
		clients = append(clients, clients[:n/2]...) // two of one name are the first
		x := newNames(clients)
		for i := range n {
			if at, ok := x.find([]byte(clients[i].Name)); !ok || int(at) != i {
				t.Errorf("%d of %d: %d, %t", i, n, at, ok)
			}
		}
		if at, ok := x.find([]byte("y")); ok {
			t.Errorf("a name that is not there is at %d", at)
		}
	}
}
