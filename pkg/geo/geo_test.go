package geo

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// built is a day on which all test databases but one were made.
var built = time.Date(2024, 2, 11, 12, 0, 0, 0, time.UTC)

// write makes a database of type typ in which every network of entries has its
// record.
func write(t *testing.T, file, typ string, build time.Time, ipVersion int, entries map[string]mmdbtype.Map) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{
		DatabaseType: typ, BuildEpoch: build.Unix(), IPVersion: ipVersion,
		IncludeReservedNetworks: true, DisableIPv4Aliasing: true, RecordSize: 24,
	})
	if err != nil {
		t.Fatal(err)
	}
	for cidr, record := range entries {
		_, network, err := net.ParseCIDR(cidr)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(network, record); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), file)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := tree.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	return path
}

func place(country, city string) mmdbtype.Map {
	m := mmdbtype.Map{}
	if country != "" {
		m["country"] = mmdbtype.Map{"iso_code": mmdbtype.String(country)}
	}
	if city != "" {
		m["city"] = mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String(city), "de": mmdbtype.String("anders")}}
	}
	return m
}

func network(asn uint32, org string) mmdbtype.Map {
	m := mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(asn)}
	if org != "" {
		m["autonomous_system_organization"] = mmdbtype.String(org)
	}
	return m
}

func TestLookup(t *testing.T) {
	city := write(t, "city.mmdb", "GeoLite2-City", built, 6, map[string]mmdbtype.Map{
		"81.2.69.0/24":    place("GB", "London"),
		"89.160.20.0/24":  place("SE", ""),
		"2a02:1234::/32":  place("CH", "Zürich"),
		"192.168.1.0/24":  place("SE", "Home"),
		"203.0.113.64/26": {},
	})
	country := write(t, "country.mmdb", "GeoIP2-Country", built, 6, map[string]mmdbtype.Map{
		"198.51.100.0/24": place("NO", ""),
		"81.2.69.0/24":    place("FR", ""),
	})
	as := write(t, "asn.mmdb", "GeoLite2-ASN", built.AddDate(0, 0, 1), 6, map[string]mmdbtype.Map{
		"81.2.69.0/24":   network(20712, "Andrews & Arnold"),
		"89.160.20.0/24": network(29518, ""),
	})
	as4 := write(t, "asn4.mmdb", "GeoLite2-ASN", built, 4, map[string]mmdbtype.Map{
		"81.2.69.0/24":   network(1, "another"),
		"89.160.20.0/24": network(29518, "Bredband2"),
	})
	dbip := write(t, "dbip-city.mmdb", "DBIP-City-Lite", built, 6, map[string]mmdbtype.Map{
		"89.160.20.0/24": place("SE", "Malmö"),
		"81.2.69.0/24":   place("FR", "Paris"),
	})
	dbipAS := write(t, "dbip-asn.mmdb", "DBIP-ASN-Lite (compat=GeoLite2-ASN)", built, 6, map[string]mmdbtype.Map{"81.2.69.0/24": network(7, "seven")})
	dbipPlainAS := write(t, "dbip-asn2.mmdb", "DBIP-ASN-Lite", built, 6, map[string]mmdbtype.Map{"81.2.69.0/24": network(8, "eight")})
	isp := write(t, "isp.mmdb", "GeoIP2-ISP", built, 6, map[string]mmdbtype.Map{"81.2.69.0/24": network(9, "nine")})
	enterprise := write(t, "enterprise.mmdb", "GeoIP2-Enterprise", built, 6, map[string]mmdbtype.Map{
		"81.2.69.0/24": func() mmdbtype.Map { m := place("GB", "Leeds"); m["traits"] = network(10, "ten"); return m }(),
	})

	tests := []struct {
		name  string
		files []string
		addr  string
		want  Place
	}{
		{"no database", nil, "81.2.69.142", Place{}},
		{"IPv4", []string{city}, "81.2.69.142", Place{Country: "GB", City: "London", DB: "GeoLite2-City 2024-02-11"}},
		{"IPv4 mapped into IPv6", []string{city}, "::ffff:81.2.69.142", Place{Country: "GB", City: "London", DB: "GeoLite2-City 2024-02-11"}},
		{"IPv6", []string{city}, "2a02:1234::1", Place{Country: "CH", City: "Zürich", DB: "GeoLite2-City 2024-02-11"}},
		{"IPv6 with zone", []string{city}, "2a02:1234::1%eth0", Place{Country: "CH", City: "Zürich", DB: "GeoLite2-City 2024-02-11"}},
		{"no city", []string{city}, "89.160.20.112", Place{Country: "SE", DB: "GeoLite2-City 2024-02-11"}},
		{"absent", []string{city, as}, "9.9.9.9", Place{}},
		{"private, absent", []string{city}, "10.1.2.3", Place{}},
		{"private, in the database", []string{city}, "192.168.1.7", Place{Country: "SE", City: "Home", DB: "GeoLite2-City 2024-02-11"}},
		{"empty record", []string{city}, "203.0.113.70", Place{}},
		{"two databases", []string{city, as}, "81.2.69.142", Place{"GB", "London", 20712, "Andrews & Arnold", "GeoLite2-City 2024-02-11; GeoLite2-ASN 2024-02-12"}},
		{"only the second answers", []string{city, country}, "198.51.100.1", Place{Country: "NO", DB: "GeoIP2-Country 2024-02-11"}},
		{"the first wins", []string{country, city}, "81.2.69.142", Place{Country: "FR", DB: "GeoIP2-Country 2024-02-11"}},
		{"a later one fills in the city", []string{city, dbip}, "89.160.20.112", Place{Country: "SE", City: "Malmö", DB: "GeoLite2-City 2024-02-11; DBIP-City-Lite 2024-02-11"}},
		{"a later one fills in the organisation", []string{as, as4}, "89.160.20.112", Place{ASN: 29518, Org: "Bredband2", DB: "GeoLite2-ASN 2024-02-12; GeoLite2-ASN 2024-02-11"}},
		{"a database of IPv4 asked for IPv6", []string{as4, city}, "2a02:1234::1", Place{Country: "CH", City: "Zürich", DB: "GeoLite2-City 2024-02-11"}},
		{"DB-IP city", []string{dbip}, "81.2.69.142", Place{Country: "FR", City: "Paris", DB: "DBIP-City-Lite 2024-02-11"}},
		{"DB-IP networks", []string{dbipAS}, "81.2.69.142", Place{ASN: 7, Org: "seven", DB: "DBIP-ASN-Lite (compat=GeoLite2-ASN) 2024-02-11"}},
		{"DB-IP networks, a type geoip2 does not list", []string{dbipPlainAS}, "81.2.69.142", Place{ASN: 8, Org: "eight", DB: "DBIP-ASN-Lite 2024-02-11"}},
		{"providers", []string{isp}, "81.2.69.142", Place{ASN: 9, Org: "nine", DB: "GeoIP2-ISP 2024-02-11"}},
		{"enterprise", []string{enterprise}, "81.2.69.142", Place{"GB", "Leeds", 10, "ten", "GeoIP2-Enterprise 2024-02-11"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open(tt.files)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for range 2 { // the second time from the library's caches
				got, err := r.Lookup(netip.MustParseAddr(tt.addr))
				if err != nil || got != tt.want {
					t.Errorf("Lookup(%s) = %+v, %v; want %+v", tt.addr, got, err, tt.want)
				}
			}
		})
	}
}

func TestFill(t *testing.T) {
	tests := []struct {
		p, q, want Place
		took       bool
	}{
		{Place{}, Place{}, Place{}, false},
		{Place{Country: "SE"}, Place{Country: "NO", City: "Oslo"}, Place{Country: "SE"}, false},
		{Place{Country: "SE"}, Place{Country: "SE", City: "Lund"}, Place{Country: "SE", City: "Lund"}, true},
		{Place{City: "Lund"}, Place{Country: "SE", City: "Malmö"}, Place{Country: "SE", City: "Lund"}, true},
		{Place{ASN: 1}, Place{ASN: 2, Org: "two"}, Place{ASN: 1}, false},
		{Place{ASN: 1}, Place{Org: "one"}, Place{ASN: 1, Org: "one"}, true},
		{Place{Org: "one"}, Place{ASN: 2, Org: "two"}, Place{Org: "one"}, false},
	}
	for _, tt := range tests {
		p := tt.p
		if took := p.fill(tt.q); p != tt.want || took != tt.took {
			t.Errorf("%+v filled from %+v: %+v, %t; want %+v, %t", tt.p, tt.q, p, took, tt.want, tt.took)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	good := write(t, "good.mmdb", "GeoLite2-ASN", built, 6, map[string]mmdbtype.Map{"81.2.69.0/24": network(1, "one")})
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, data []byte) string {
		p := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(p, data, 0o666); err != nil {
			t.Fatal(err)
		}
		return p
	}
	tests := []struct {
		name, file string
		want       string
	}{
		{"missing", filepath.Join(t.TempDir(), "none.mmdb"), "none.mmdb"},
		{"folder", t.TempDir(), "it is not a file"},
		{"empty", file("empty.mmdb", nil), "not a whole MaxMind DB file"},
		{"text", file("text.mmdb", []byte("network,asn\n")), "not a whole MaxMind DB file"},
		{"cut off", file("cut.mmdb", data[:len(data)-40]), "cut.mmdb"},
		{"cut off in its records", file("cut2.mmdb", data[:len(data)/2]), "not a whole MaxMind DB file"},
		{"not of use", write(t, "anon.mmdb", "GeoIP2-Anonymous-IP", built, 6, nil), `its type "GeoIP2-Anonymous-IP" says nothing of place or network`},
		{"unknown", write(t, "x.mmdb", "ipinfo generic_country.mmdb", built, 6, nil), `its type "ipinfo generic_country.mmdb"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Open([]string{good, tt.file})
			if err == nil {
				r.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), filepath.Base(tt.file)) {
				t.Errorf("error %q; want %q and the file name", err, tt.want)
			}
		})
	}
}

// TestDamaged overwrites the records and leaves the rest: Open cannot notice,
// Lookup must.
func TestDamaged(t *testing.T) {
	path := write(t, "bad.mmdb", "GeoLite2-ASN", built, 6, map[string]mmdbtype.Map{"81.2.69.0/24": network(1, "one")})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := strings.Index(string(data), "autonomous_system_number")
	copy(data[i-2:], strings.Repeat("\xff", 20))
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := Open([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if p, err := r.Lookup(netip.MustParseAddr("81.2.69.1")); err == nil || !strings.Contains(err.Error(), `"bad.mmdb"`) {
		t.Errorf("Lookup = %+v, %v; want an error that names the file", p, err)
	}
}

func TestDatabases(t *testing.T) {
	path := write(t, "asn.mmdb", "GeoLite2-ASN", built, 6, nil)
	stat, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	dbs := r.Databases()
	if len(dbs) != 1 {
		t.Fatalf("%d databases", len(dbs))
	}
	got := dbs[0]
	if got.File != "asn.mmdb" || got.Type != "GeoLite2-ASN" || !got.Build.Equal(built) || got.Bytes != stat.Size() || len(got.SHA256) != 64 {
		t.Errorf("Databases() = %+v", got)
	}
}

func TestNilResolver(t *testing.T) {
	var r *Resolver
	if p, err := r.Lookup(netip.MustParseAddr("81.2.69.1")); p != (Place{}) || err != nil {
		t.Errorf("Lookup = %+v, %v", p, err)
	}
	if r.Databases() != nil || r.Close() != nil {
		t.Error("a nil Resolver has databases or cannot be closed")
	}
	open := new(Resolver)
	if p, err := open.Lookup(netip.Addr{}); p != (Place{}) || err != nil {
		t.Errorf("Lookup of no address = %+v, %v", p, err)
	}
}

func TestConcurrent(t *testing.T) {
	entries := map[string]mmdbtype.Map{}
	for i := range 100 {
		entries[fmt.Sprintf("81.2.%d.0/24", i)] = place("GB", fmt.Sprintf("Town %d", i))
	}
	r, err := Open([]string{write(t, "city.mmdb", "GeoLite2-City", built, 6, entries)})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 100 {
				p, err := r.Lookup(netip.AddrFrom4([4]byte{81, 2, byte(i), 1}))
				if want := fmt.Sprintf("Town %d", i); err != nil || p.City != want {
					t.Errorf("%d: %+v, %v", i, p, err)
				}
			}
		})
	}
	wg.Wait()
}
