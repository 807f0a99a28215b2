package client

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"
)

// LabelEntry is one thing that the user says: what is in Network has the label.
//
// Network is a network (192.0.2.0/24, 2001:db8::/32), an address, a range of
// addresses (192.0.2.10-192.0.2.20), or a host name for logs that have names.
type LabelEntry struct {
	Network, Label string
	File           string // where it was said: a file, or a flag
	Line           int    // of the file; 0: not of a file
}

func (e *LabelEntry) place() string {
	if e.Line == 0 {
		return e.File
	}
	return fmt.Sprintf("%q line %d", e.File, e.Line)
}

// Labels finds the label of a client. It does not change once it was made, so
// it may be used from many goroutines. A nil *Labels has no label.
type Labels struct {
	names    []string // labels in byte order; the number of one is its place and 1
	networks []int64  // entries per label
	hosts    map[string]int32
	starts   []netip.Addr // where another label begins to go, in order; below the first none goes
	numbers  []int32      // which, per start; 0: none
}

// NewLabels puts entries together. Of the networks that an address is in, the
// longest prefix wins; a range counts as the fewest networks that make it up.
// IPv4-mapped addresses (::ffff:192.0.2.1) are IPv4 ones. A host name means
// that name alone, as Canonicalizer writes it; so does an address with a zone.
// That one network or name has two labels is an error that names both places.
func NewLabels(entries []LabelEntry) (*Labels, error) {
	l := &Labels{hosts: map[string]int32{}}
	for _, e := range entries {
		l.names = append(l.names, e.Label)
	}
	slices.Sort(l.names)
	l.names = slices.Compact(l.names)
	l.networks = make([]int64, len(l.names))
	saidOf := map[any]*LabelEntry{} // by netip.Prefix or host name
	var prefixes []labelledPrefix
	for i := range entries {
		e := &entries[i]
		if err := checkLabel(e.Label); err != nil {
			return nil, fmt.Errorf("%s: %w", e.place(), err)
		}
		in, host, err := parseNetwork(e.Network)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.place(), err)
		}
		at, _ := slices.BinarySearch(l.names, e.Label)
		number := int32(at + 1)
		fresh := false
		// say remembers who said it first.
		say := func(what any) error {
			first := saidOf[what]
			if first == nil {
				saidOf[what] = e
				fresh = true
			} else if first.Label != e.Label {
				return fmt.Errorf("%v has two labels: %q by %s, and %q by %s", what, first.Label, first.place(), e.Label, e.place())
			}
			return nil
		}
		for _, p := range in {
			if err := say(p); err != nil {
				return nil, err
			}
			prefixes = append(prefixes, labelledPrefix{p, number})
		}
		if host != "" {
			if err := say(host); err != nil {
				return nil, err
			}
			l.hosts[host] = number
		}
		if fresh {
			l.networks[at]++
		}
	}
	l.lay(prefixes)
	return l, nil
}

// maxLabel is how many bytes a label may have: it is a name, not a text.
const maxLabel = 200

func checkLabel(label string) error {
	switch {
	case label == "":
		return errors.New("the label is empty")
	case len(label) > maxLabel:
		return fmt.Errorf("the label has %d bytes; %d are allowed", len(label), maxLabel)
	case !utf8.ValidString(label):
		return fmt.Errorf("the label %q is not UTF-8", label)
	}
	return nil
}

type labelledPrefix struct {
	prefix netip.Prefix
	number int32
}

// lay cuts the addresses into stretches of one label each. Two networks are
// disjoint, or one holds the other, so a stack of those that are open will do.
func (l *Labels) lay(prefixes []labelledPrefix) {
	slices.SortFunc(prefixes, func(a, b labelledPrefix) int {
		if d := a.prefix.Addr().Compare(b.prefix.Addr()); d != 0 {
			return d
		}
		return a.prefix.Bits() - b.prefix.Bits()
	})
	var open []labelledPrefix
	begin := func(at netip.Addr, number int32) {
		if n := len(l.starts) - 1; n >= 0 && l.starts[n] == at {
			l.numbers[n] = number
			return
		}
		l.starts, l.numbers = append(l.starts, at), append(l.numbers, number)
	}
	// end closes what is open up to p; what it lay in goes on.
	end := func(past func(netip.Prefix) bool) {
		for len(open) > 0 && past(open[len(open)-1].prefix) {
			next := lastOf(open[len(open)-1].prefix).Next()
			open = open[:len(open)-1]
			number := int32(0)
			if len(open) > 0 {
				number = open[len(open)-1].number
			}
			if next.IsValid() {
				begin(next, number)
			} else if len(l.starts) > 0 && l.starts[len(l.starts)-1].Is4() { // IPv6 comes after the last IPv4 address
				begin(netip.IPv6Unspecified(), 0)
			}
		}
	}
	for _, p := range prefixes {
		end(func(o netip.Prefix) bool { return !o.Contains(p.prefix.Addr()) })
		open = append(open, p)
		begin(p.prefix.Addr(), p.number)
	}
	end(func(netip.Prefix) bool { return true })
}

// Number gives the number of a client's label, by its canonical text; 0 for
// none. It is for look-ups per client: about 100 ns.
func (l *Labels) Number(client []byte) int32 {
	if l == nil {
		return 0
	}
	if n := l.hosts[string(client)]; n > 0 {
		return n
	}
	addr, ok := Addr(client)
	if !ok {
		return 0
	}
	i, found := slices.BinarySearchFunc(l.starts, addr, netip.Addr.Compare)
	if !found {
		i--
	}
	if i < 0 {
		return 0
	}
	return l.numbers[i]
}

// Name gives the label of a number; "" for 0.
func (l *Labels) Name(number int32) string {
	if number == 0 {
		return ""
	}
	return l.names[number-1]
}

// Len is how many labels there are; their numbers are 1 to Len, in byte order.
func (l *Labels) Len() int {
	if l == nil {
		return 0
	}
	return len(l.names)
}

// MemoryBytes is about how much memory the labels hold, for budgets.
func (l *Labels) MemoryBytes() (n int64) {
	if l == nil {
		return 0
	}
	const ofStart, ofHost, ofName = 24 + 4, 64, 24 // beside the text: address and number; map and string; string and count
	n = int64(cap(l.starts)) * ofStart
	for host := range l.hosts {
		n += ofHost + int64(len(host))
	}
	for _, name := range l.names {
		n += ofName + int64(len(name))
	}
	return n
}

// Networks is how many entries have that label, repeats counted once.
func (l *Labels) Networks(number int32) int64 { return l.networks[number-1] }

// parseNetwork reads what a label goes for: networks, or one host name.
func parseNetwork(text string) (in []netip.Prefix, host string, err error) {
	if text == "" {
		return nil, "", errors.New("the network is empty")
	}
	if strings.Contains(text, "/") {
		p, err := parsePrefix(text)
		return []netip.Prefix{p}, "", err
	}
	if addr, err := netip.ParseAddr(text); err == nil {
		if addr.Zone() != "" && !addr.Is4In6() {
			return nil, canonicalHost(text), nil
		}
		addr = addr.Unmap()
		return []netip.Prefix{netip.PrefixFrom(addr, addr.BitLen())}, "", nil
	}
	if from, to, found := strings.Cut(text, "-"); found {
		a, errA := netip.ParseAddr(strings.TrimSpace(from))
		b, errB := netip.ParseAddr(strings.TrimSpace(to))
		switch {
		case errA == nil && errB == nil:
			in, err := rangeOf(a.Unmap(), b.Unmap())
			if err != nil {
				err = fmt.Errorf("range %q: %w", text, err)
			}
			return in, "", err
		case text != "-" && strings.Trim(text, "0123456789.:- ") == "":
			return nil, "", fmt.Errorf("range %q: both ends must be addresses", text)
		}
	}
	if strings.Trim(text, "0123456789.") == "" || strings.ContainsAny(text, ":*? \t") {
		return nil, "", fmt.Errorf("%q is no network, address, range or host name", text)
	}
	return nil, canonicalHost(text), nil
}

// canonicalHost is how a log's client of that name is called.
func canonicalHost(text string) string {
	var c Canonicalizer
	name, _ := c.Client([]byte(text))
	return string(name)
}

func parsePrefix(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("%q is no network: write it as 192.0.2.0/24 or 2001:db8::/32", text)
	}
	if whole := p.Masked(); whole != p {
		return p, fmt.Errorf("%q is an address in the network %s: write the network, or the address alone", text, whole)
	}
	if p.Addr().Is4In6() { // of at least 96 bits, as the others are not whole
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p, nil
}

// rangeOf gives the fewest networks that hold the addresses from a to b.
func rangeOf(a, b netip.Addr) ([]netip.Prefix, error) {
	switch {
	case a.Zone() != "" || b.Zone() != "":
		return nil, errors.New("addresses of a range have no zone")
	case a.BitLen() != b.BitLen():
		return nil, errors.New("one end is IPv4, the other IPv6")
	case b.Less(a):
		return nil, errors.New("it ends before it begins")
	}
	var out []netip.Prefix
	for {
		p := netip.PrefixFrom(a, a.BitLen())
		for p.Bits() > 0 {
			wider := netip.PrefixFrom(a, p.Bits()-1)
			if wider.Masked() != wider || b.Less(lastOf(wider)) {
				break
			}
			p = wider
		}
		out = append(out, p)
		last := lastOf(p)
		if last == b {
			return out, nil
		}
		a = last.Next()
	}
}

// lastOf is the highest address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}
