package client

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strings"
	"testing"
)

// said makes entries of "network=label" pairs.
func said(pairs ...string) []LabelEntry {
	var entries []LabelEntry
	for i, p := range pairs {
		network, label, _ := strings.Cut(p, "=")
		entries = append(entries, LabelEntry{network, label, "list.csv", i + 2})
	}
	return entries
}

func TestLabels(t *testing.T) {
	f := func(entries []LabelEntry, clients ...string) {
		t.Helper()
		l, err := NewLabels(entries)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range clients {
			name, want, _ := strings.Cut(p, "=")
			var c Canonicalizer
			text, _ := c.Client([]byte(name))
			if got := l.Name(l.Number(text)); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
	f(said("192.0.2.0/24=office", "192.0.2.7=boss", "2001:db8::/32=office", "2001:db8:1::/48=lab"),
		"192.0.2.1=office", "192.0.2.7=boss", "192.0.2.8=office", "192.0.1.255=", "192.0.3.0=", "::ffff:192.0.2.7=boss",
		"2001:db8::1=office", "2001:db8:1:2::3=lab", "2001:db8:2::=office", "2001:db9::=", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff=",
		"192.0.2.7:4711=boss", "[2001:db8:1::]:80=lab", "host.example=", "-=", "192.168.001.001=")
	// the longest prefix, however it was ordered
	f(said("10.1.2.3=d", "10.0.0.0/8=a", "10.1.2.0/24=c", "10.1.0.0/16=b"),
		"10.1.2.3=d", "10.1.2.4=c", "10.1.3.0=b", "10.2.0.0=a", "11.0.0.0=", "9.255.255.255=", "10.255.255.255=a")
	// all of a kind, and neighbours
	f(said("0.0.0.0/0=four"), "0.0.0.0=four", "255.255.255.255=four", "::=", "::1=", "ffff::=")
	f(said("::/0=six", "255.255.255.255=end"), "::=six", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff=six", "1.2.3.4=", "255.255.255.255=end")
	f(said("ffff::/16=high", "::/0=six"), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff=high", "::=six")
	f(said("192.0.2.0/25=a", "192.0.2.128/25=b"), "192.0.2.127=a", "192.0.2.128=b", "192.0.3.0=")
	// IPv4-mapped networks are IPv4 ones
	f(said("::ffff:192.0.2.0/120=a", "::ffff:198.51.100.1=b"), "192.0.2.200=a", "198.51.100.1=b", "::ffff:192.0.2.1=a")
	f(said("::ffff:0:0/96=four"), "1.2.3.4=four", "::1=")
	// ranges
	f(said("192.0.2.10-192.0.2.20=a", "192.0.2.0/24=b", "192.0.2.15=c"),
		"192.0.2.9=b", "192.0.2.10=a", "192.0.2.15=c", "192.0.2.20=a", "192.0.2.21=b")
	f(said("0.0.0.0 - 255.255.255.255=all", "2001:db8::-2001:db8::f=few"), "0.0.0.0=all", "255.255.255.255=all", "2001:db8::f=few", "2001:db8::10=")
	f(said("::ffff:192.0.2.1-192.0.2.3=a"), "192.0.2.2=a")
	// names, and addresses with zones
	f(said("Host.Example.=a", "-=nobody", "fe80::/10=link", "fe80::1%eth0=mine", "1.2.3.4-static.isp.example=b"),
		"host.EXAMPLE=a", "sub.host.example=", "-=nobody", "=nobody", "fe80::2%eth1=link", "fe80::1%eth0=mine", "fe80::1%25eth0=mine",
		"fe80::1%eth1=link", "1.2.3.4-static.isp.example=b")
	f(nil, "192.0.2.1=", "host=")
}

func TestLabelsCount(t *testing.T) {
	l, err := NewLabels(said("192.0.2.0/24=office", "192.0.2.0/24=office", "198.51.100.1-198.51.100.6=office", "host.example=a=b", "::ffff:192.0.2.0/120=office"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%d: %q %d, %q %d", l.Len(), l.Name(1), l.Networks(1), l.Name(2), l.Networks(2)); got != `2: "a=b" 1, "office" 2` {
		t.Error(got)
	}
	var none *Labels
	if none.Len() != 0 || none.Number([]byte("192.0.2.1")) != 0 || none.Name(0) != "" {
		t.Error("nil has labels")
	}
}

// TestLabelsMemory: what labels say they hold is about what they hold.
func TestLabelsMemory(t *testing.T) {
	var none *Labels
	if n := none.MemoryBytes(); n != 0 {
		t.Errorf("no labels hold %d bytes", n)
	}
	const n = 200_000
	entries := make([]LabelEntry, 0, 2*n)
	for i := range n {
		entries = append(entries, LabelEntry{Network: fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), Label: fmt.Sprintf("label %d", i/10)})
		entries = append(entries, LabelEntry{Network: fmt.Sprintf("host-%d.example.se", i), Label: fmt.Sprintf("label %d", i/10)})
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l, err := NewLabels(entries)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	held := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	if got := l.MemoryBytes(); got < held*2/3 || got > held*3/2 {
		t.Errorf("labels say they hold %d bytes; the heap grew by %d", got, held)
	}
	runtime.KeepAlive(entries)
}

func TestLabelsErrors(t *testing.T) {
	f := func(want string, pairs ...string) {
		t.Helper()
		_, err := NewLabels(said(pairs...))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %q", pairs, err, want)
		}
	}
	f(`192.0.2.0/24 has two labels: "a" by "list.csv" line 2, and "b" by "list.csv" line 4`, "192.0.2.0/24=a", "10.0.0.0/8=c", "192.0.2.0/24=b")
	f(`192.0.2.0/24 has two labels: "a" by "list.csv" line 2, and "b" by "list.csv" line 3`, "192.0.2.0/24=a", "::ffff:192.0.2.0/120=b")
	f(`192.0.2.2/31 has two labels`, "192.0.2.0-192.0.2.3=a", "192.0.2.2-192.0.2.3=b", "192.0.2.2/31=c")
	f(`host.example has two labels`, "host.example=a", "HOST.example.=b")
	f(`"192.0.2.7/24" is an address in the network 192.0.2.0/24`, "192.0.2.7/24=a")
	f(`"list.csv" line 2: "192.0.2.0/33" is no network`, "192.0.2.0/33=a")
	f(`is no network`, "192.0.2/24=a")
	f(`is no network`, "host.example/24=a")
	f(`an address in the network`, "::ffff:192.0.2.0/90=a")
	f(`the network is empty`, "=a")
	f(`the label is empty`, "192.0.2.1=")
	f(`the label has 201 bytes`, "192.0.2.1="+strings.Repeat("x", 201))
	f(`is not UTF-8`, "192.0.2.1=\xff")
	for _, bad := range []string{"192.0.2", "192.0.2.256", "192.0.2.001", "2001:db8", "192.0.2.1:80", "[::1]", "*.example", "a b", "1234"} {
		f(`is no network, address, range or host name`, bad+"=a")
	}
	f(`both ends must be addresses`, "192.0.2.1-20=a")
	f(`both ends must be addresses`, "192.0.2.1-192.0.2.256=a")
	f(`it ends before it begins`, "192.0.2.2-192.0.2.1=a")
	f(`one end is IPv4, the other IPv6`, "192.0.2.2-::1=a")
	f(`have no zone`, "fe80::1-fe80::2%a=a")
}

// TestLabelsPlain holds the look-up to a plain twin: of all networks that hold
// an address, the one with the most bits. Small numbers of bits make networks
// that hold one another, and addresses at their edges.
func TestLabelsPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	address := func() netip.Addr {
		if r.IntN(2) == 0 {
			return netip.AddrFrom4([4]byte{byte(r.IntN(2) * 255), 0, byte(r.IntN(4)) * 85, byte(r.IntN(256))})
		}
		var b [16]byte
		binary.BigEndian.PutUint16(b[0:], uint16(r.IntN(2))*0xffff)
		b[15] = byte(r.IntN(256))
		return netip.AddrFrom16(b)
	}
	labelled := 0
	for range 300 {
		labels := map[netip.Prefix]string{}
		var entries []LabelEntry
		for range r.IntN(40) {
			a := address()
			p := netip.PrefixFrom(a, r.IntN(a.BitLen()+1)).Masked()
			if labels[p] == "" {
				labels[p] = string(rune('a' + r.IntN(20)))
			}
			entries = append(entries, LabelEntry{Network: p.String(), Label: labels[p]})
		}
		l, err := NewLabels(entries)
		if err != nil {
			t.Fatal(err)
		}
		try := func(a netip.Addr) {
			want, bits := "", -1
			for p, label := range labels {
				if p.Contains(a) && p.Bits() > bits {
					want, bits = label, p.Bits()
				}
			}
			if got := l.Name(l.Number([]byte(a.String()))); got != want {
				t.Fatalf("%v is %q, want %q, of %v", a, got, want, labels)
			}
			if want != "" {
				labelled++
			}
		}
		for range 50 {
			try(address())
		}
		for p := range labels { // the edges
			for _, a := range []netip.Addr{p.Addr(), p.Addr().Prev(), lastOf(p), lastOf(p).Next()} {
				if a.IsValid() && !a.Is4In6() {
					try(a)
				}
			}
		}
	}
	if labelled < 1000 {
		t.Errorf("%d addresses had a label: the test shows little", labelled)
	}
}

// TestRangePlain: the networks of a range hold its addresses, and no other.
func TestRangePlain(t *testing.T) {
	for from := range 40 {
		for to := from; to < 300; to += 7 {
			a, b := netip.AddrFrom4([4]byte{192, 0, byte(from >> 8), byte(from)}), netip.AddrFrom4([4]byte{192, 0, byte(to >> 8), byte(to)})
			in, err := rangeOf(a, b)
			if err != nil {
				t.Fatal(err)
			}
			for n := range 512 {
				at, holds := netip.AddrFrom4([4]byte{192, 0, byte(n >> 8), byte(n)}), 0
				for _, p := range in {
					if p.Contains(at) {
						holds++
					}
				}
				if want := from <= n && n <= to; holds > 1 || (holds == 1) != want {
					t.Fatalf("%v-%v: %v is in %d of %v", a, b, at, holds, in)
				}
			}
		}
	}
	all, err := rangeOf(netip.MustParseAddr("::1"), netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"))
	if err != nil || len(all) != 254 {
		t.Errorf("%d networks, %v", len(all), err)
	}
}

func TestReadLabels(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		entries, err := ReadLabels(strings.NewReader(text), "l.csv")
		got := ""
		for _, e := range entries {
			got += fmt.Sprintf("%s=%s at %d;", e.Network, e.Label, e.Line)
		}
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
	f("network,label\n192.0.2.0/24,office\n", "192.0.2.0/24=office at 2;")
	f("\xef\xbb\xbfLabel;since;Network\r\n\"a; b\";2019; 192.0.2.1 \r\n\r\n x;;::1\r\n", "192.0.2.1=a; b at 2;::1=x at 4;")
	f("network\tlabel\n::1\ta\tb\n", `"l.csv" line 2: 3 fields where the header has 2; put fields that hold the delimiter in quotes`)
	f("network,label,why\n::1\n", "::1= at 2;") // NewLabels refuses it, with its place
	f("network,label\n", "")
	f("", `"l.csv" is empty; the first line must name the columns "network" and "label"`)
	f("cidr,label\n", `"l.csv" line 1: the columns "network" and "label" are not both among ["cidr" "label"]`)
	f("network,label,Label\n", `"l.csv" line 1: two columns are named "Label"`)
	f("network,label\n::1,\"a\n", `"l.csv" line 2: extraneous or missing " in quoted-field`)
}

func FuzzLabels(f *testing.F) {
	for _, s := range []string{"network,label\n192.0.2.0/24,a\n", "network,label\n::1-::5,a\nh.example,b\n", "label;network\nx;::ffff:1.2.3.4/100\n", "network,label\n0.0.0.0/0,a\n255.255.255.0-255.255.255.255,b\n::/0,c\n"} {
		f.Add(s, "192.0.2.1")
	}
	f.Fuzz(func(t *testing.T, file, client string) {
		entries, err := ReadLabels(strings.NewReader(file), "l.csv")
		if err != nil {
			return
		}
		l, err := NewLabels(entries)
		if err != nil {
			return
		}
		for i := 1; i < len(l.starts); i++ {
			if !l.starts[i-1].Less(l.starts[i]) {
				t.Fatalf("starts out of order: %v", l.starts)
			}
		}
		for _, e := range entries { // each has its own label, unless a longer prefix has another
			in, host, _ := parseNetwork(e.Network)
			if host != "" && l.Name(l.Number([]byte(host))) != e.Label {
				t.Fatalf("%q is not %q", host, e.Label)
			}
			for _, p := range in {
				if p.IsSingleIP() && l.Name(l.Number([]byte(p.Addr().String()))) != e.Label {
					t.Fatalf("%v is not %q", p, e.Label)
				}
			}
		}
		l.Number([]byte(client))
	})
}

func BenchmarkLabels(b *testing.B) {
	var entries []LabelEntry
	for i := range 50_000 {
		a := netip.AddrFrom4([4]byte{10, byte(i >> 12), byte(i >> 4), byte(i << 4)})
		entries = append(entries, LabelEntry{Network: netip.PrefixFrom(a, 28).String(), Label: fmt.Sprint("label ", i%1000)})
	}
	b.Run("make", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := NewLabels(entries); err != nil {
				b.Fatal(err)
			}
		}
	})
	l, _ := NewLabels(entries)
	b.Run("number", func(b *testing.B) {
		b.ReportAllocs()
		client := []byte("10.3.77.9")
		for b.Loop() {
			l.Number(client)
		}
	})
}
