package pipeline

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"github.com/logrecount/recount/pkg/casefile"
)

// database writes a MaxMind DB in which each network has its record.
func database(t *testing.T, file, typ string, networks map[string]mmdbtype.Map) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: typ, BuildEpoch: 1_549_000_000, RecordSize: 24, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	for cidr, record := range networks {
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

// TestGeo: where clients are, from city, country and network databases.
func TestGeo(t *testing.T) {
	in := func(country, city string) mmdbtype.Map {
		m := mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(country)}}
		if city != "" {
			m["city"] = mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String(city)}}
		}
		return m
	}
	of := func(asn uint32, org string) mmdbtype.Map {
		return mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(asn), "autonomous_system_organization": mmdbtype.String(org)}
	}
	city := database(t, "city.mmdb", "GeoLite2-City", map[string]mmdbtype.Map{
		"81.2.69.0/24": in("GB", "London"), "2a02:db8::/32": in("SE", "Malmö"),
	})
	country := database(t, "country.mmdb", "GeoIP2-Country", map[string]mmdbtype.Map{"89.160.20.0/24": in("SE", ""), "81.2.69.0/24": in("FR", "")})
	asn := database(t, "asn.mmdb", "GeoLite2-ASN", map[string]mmdbtype.Map{"89.160.20.0/24": of(29518, "Bredband2 AB"), "2a02:db8::/32": of(64500, "Example")})

	var log strings.Builder
	for i, client := range []string{"81.2.69.160", "::ffff:81.2.69.161", "89.160.20.112", "2A02:DB8:0::7", "10.0.0.1", "host.example.se", "fe80::1%eth0", "-"} {
		log.WriteString(get(client, i, "/a/x.wav", 200, 1000))
		log.WriteString(get(client, i+60, "/a/", 200, 500))
	}
	root := files(t, map[string]string{"a.log": log.String()})
	dir, out := analyse(t, Options{Evidence: []string{root}, Geo: []string{city, country, asn}})
	rows := table(t, dir, casefile.TableClients)
	for _, r := range rows {
		r["known"] = r["geo_db"] != nil
	}
	want(t, "clients", show(rows, "client", "prefix", "country", "city", "asn", "as_org", "known"), `
- null null null null null false
10.0.0.1 10.0.0.1 null null null null false
2a02:db8::7 2a02:db8::/64 SE Malmö 64500 Example true
81.2.69.160 81.2.69.160 GB London null null true
81.2.69.161 81.2.69.161 GB London null null true
89.160.20.112 89.160.20.112 SE null 29518 Bredband2 AB true
fe80::1%eth0 fe80::/64 null null null null false
host.example.se null null null null null false
`)
	if says := strings.Join(out.Summary.Warnings, "\n"); strings.Contains(says, "geo") {
		t.Errorf("warnings %q", says)
	}
	var top []string
	for _, c := range out.Summary.TopClients {
		if c.Country != "" {
			top = append(top, fmt.Sprint(c.Client, " ", c.Country, " ", c.Org))
		}
	}
	want(t, "top clients", strings.Join(top, "\n")+"\n", "2a02:db8::7 SE Example\n81.2.69.160 GB \n81.2.69.161 GB \n89.160.20.112 SE Bredband2 AB\n")
	c, err := casefile.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, d := range m.Databases {
		named = append(named, fmt.Sprint(d.Name, " ", d.Kind, " ", d.Detail, " ", len(d.SHA256), " ", d.Bytes > 0))
	}
	want(t, "databases", strings.Join(named, "\n")+"\n", `
city.mmdb GeoLite2-City built 2019-02-01 64 true
country.mmdb GeoIP2-Country built 2019-02-01 64 true
asn.mmdb GeoLite2-ASN built 2019-02-01 64 true
`)

	// The summary's clients have their places when the table is not written too.
	_, none := analyse(t, Options{Evidence: []string{root}, Geo: []string{city, country, asn}, Tables: []string{}})
	if fmt.Sprint(none.Summary.TopClients) != fmt.Sprint(out.Summary.TopClients) {
		t.Errorf("top clients %v without tables, %v with", none.Summary.TopClients, out.Summary.TopClients)
	}
}

// TestNoGeo: without a database places are null, and the case says so.
func TestNoGeo(t *testing.T) {
	root := files(t, map[string]string{"a.log": get("81.2.69.160", 1, "/a/x.wav", 200, 1)})
	dir, out := analyse(t, Options{Evidence: []string{root}})
	want(t, "clients", show(table(t, dir, casefile.TableClients), "client", "country", "city", "asn", "as_org", "geo_db"), "81.2.69.160 null null null null null\n")
	if says := strings.Join(out.Summary.Warnings, "\n"); !strings.Contains(says, "no geo database was given") {
		t.Errorf("warnings %q", says)
	}
}
