package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	const whole = "\xef\xbb\xbf" + `# settings of the case
recordings:
  - "**/*.wav"
  - re:^/rec/(?P<phone>[0-9]+)
inventory: lists/inventory.csv
geo: [City.mmdb, /srv/ASN.mmdb]
labels:
  - {network: 192.0.2.0/24, label: own office}
  - network: "2001:db8::/32"
    label: "a=b"
labels_file: lists/labels.csv
format:
  - {source: "*.1", format: combined}
bytes_meaning: accepted_body
timezone: [{source: nas/*, zone: Europe/Stockholm}]
year: 2019
clock_offset: [{source: nas/*, offset: +3m20s}]
exposure: {from: 2013-02-01, to: 2019-02-18T10:00:00+01:00}
declaration:
  by: A. Admin
  date: 2019-03-01
  text: all logs of all servers
outages:
  - {from: 2018-01-01, to: 2018-01-02, why: disk full, served: no}
tables: [requests, downloads]
compression: zstd
memory: 512MiB
temp: ../tmp
workers: 2
custody:
  case_number: 00123
  acquired_at: 2019-02-18T10:00:00Z
  note: |
    two disks
    sealed
claims:
  - {id: vendor, text: 55 calls, clients: 7, recordings: 1_000, unit: ip+agent, period: 2019-01-01..2019-02-01}
  - hours: 0
    duration: length
`
	got, err := parse("/case/recount.yaml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	want := &File{
		Path: "/case/recount.yaml", SHA256: got.SHA256,
		Recordings: []string{"**/*.wav", "re:^/rec/(?P<phone>[0-9]+)"},
		Inventory:  "/case/lists/inventory.csv",
		Geo:        []string{"/case/City.mmdb", "/srv/ASN.mmdb"},
		Labels:     []Label{{"192.0.2.0/24", "own office", 8}, {"2001:db8::/32", "a=b", 9}},
		LabelsFile: "/case/lists/labels.csv",
		Format:     []PerSource{{"*.1", "combined"}}, BytesMeaning: []PerSource{{"", "accepted_body"}},
		Timezone: []PerSource{{"nas/*", "Europe/Stockholm"}}, Year: []PerSource{{"", "2019"}},
		ClockOffset: []PerSource{{"nas/*", "+3m20s"}},
		Exposure:    &Stretch{From: "2013-02-01", To: "2019-02-18T10:00:00+01:00"},
		Declaration: &Declaration{"A. Admin", "2019-03-01", "all logs of all servers"},
		Outages:     []Stretch{{"2018-01-01", "2018-01-02", "disk full", "no"}},
		Tables:      []string{"requests", "downloads"}, Compression: "zstd",
		Memory: 512 << 20, Temp: "/tmp", Workers: 2,
		Custody: map[string]string{"case_number": "00123", "acquired_at": "2019-02-18T10:00:00Z", "note": "two disks\nsealed\n"},
		Claims: []Claim{
			{Line: 37, ID: "vendor", Text: "55 calls", Figures: []Figure{{"clients", 7}, {"recordings", 1000}}, Unit: "ip+agent", Period: "2019-01-01..2019-02-01"},
			{Line: 38, Figures: []Figure{{"hours", 0}}, Duration: "length"},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if len(got.SHA256) != 64 {
		t.Errorf("SHA-256 %q", got.SHA256)
	}
}

func TestParseEmpty(t *testing.T) {
	for _, in := range []string{"", "\n", "# nothing\n", "---\n"} {
		if _, err := parse("recount.yaml", []byte(in)); err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// The place of a mistake must be named, since the figures depend on the file.
func TestParseErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"inventry: a.csv\n", `"recount.yaml" line 1, key "inventry": unknown key; the keys are recordings, inventory, geo, labels, labels_file, format, server_config, bytes_meaning, timezone, year, clock_offset, exposure, declaration, outages, tables, compression, memory, temp, workers, custody, claims`},
		{"# x\n\nclaim: []\n", `"recount.yaml" line 3, key "claim": unknown key`},
		{"# x\n\nclaims: []\n", `"recount.yaml" line 3, key "claims": want a list of claims`},
		{"workers: 1\nworkers: 2\n", `"recount.yaml" line 2: mapping key "workers" already defined`},
		{"workers: -1\n", `line 1, key "workers": "-1" is not a whole number`},
		{"memory: lots\n", `key "memory": "lots" is not a size`},
		{"inventory:\n", `key "inventory": the value is missing`},
		{"inventory: [a, b]\n", `key "inventory": want one text`},
		{"geo: [{a: b}]\n", `key "geo": want one text`},
		{"format:\n  - {source: a, formt: b}\n", `key "format": line 2: unknown key "formt"; the keys are source, format`},
		{"format:\n  - {source: a}\n", `line 2: want both source and format`},
		{"timezone:\n  - {source: a, timezone: UTC}\n", `key "timezone": line 2: unknown key "timezone"; the keys are source, zone`},
		{"year:\n  - {source: a}\n", `line 2: want both source and year`},
		{"bytes_meaning:\n  - planned\n", `line 2: want {source: GLOB, meaning: MEANING}`},
		{"exposure: 2019\n", `key "exposure": want {from: FROM, to: TO}`},
		{"exposure: {from: 2019-01-01}\n", `key "exposure": to is missing; want {from: FROM, to: TO}`},
		{"exposure: {from: 2019-01-01, to: 2019-01-02, why: x}\n", `key "exposure": line 1: unknown key "why"; the keys are from, to`},
		{"exposure: {from: [1], to: 2}\n", `key "exposure": line 1: "from": want one text`},
		{"declaration: {by: x, date: 2019-01-01}\n", `key "declaration": text is missing; want {by: BY, date: DATE, text: TEXT}`},
		{"outages: {from: a, to: b, why: c}\n", `key "outages": want a list of {from: FROM, to: TO, why: WHY, served: yes or no}`},
		{"outages:\n  - {from: a, to: b, why: c, served: no}\n  - {from: a, to: b, served: no}\n", `key "outages": line 3: why is missing`},
		{"clock_offset:\n  - {source: a, by: 3m}\n", `key "clock_offset": line 2: unknown key "by"; the keys are source, offset`},
		{"custody: yes please\n", `key "custody": want keys with values`},
		{"custody:\n  a: [1]\n", `key "custody": "a" in line 2: want one text`},
		{"claims:\n  - {clients: -7}\n", `key "claims": claim in line 2: line 2, key "clients": "-7" is not a whole number, 0 or more`},
		{"claims:\n  - {clients: 1, id: [a]}\n", `line 2, key "id": want one text`},
		{"claims:\n  - {clients: 1, clients: 2}\n", `mapping key "clients" already defined`},
		{"claims:\n  - 7\n", `claim in line 2: want keys with values`},
		{"- a\n", `"recount.yaml" line 1: want keys with values`},
		{"workers: 1\n---\nworkers: 2\n", "a second document begins here"},
		{"labels: a.csv\n", `key "labels": want a list of {network: NETWORK, label: LABEL}; a file of them is named with labels_file`},
		{"labels:\n  - a\n", `line 2: want {network: NETWORK, label: LABEL}`},
		{"labels:\n  - {network: a}\n", `line 2: want both network and label`},
		{"labels:\n  - {network: a, name: b}\n", `line 2: unknown key "name"; the keys are network, label`},
		{"temp: &a x\ninventory: *a\n", `want one text`},
		{"a: [\n", "recount.yaml"},
		{"\x00\x01\x02", "recount.yaml"},
	}
	for _, tt := range tests {
		f, err := parse("recount.yaml", []byte(tt.in))
		if err == nil {
			t.Errorf("%q: no error, got %+v", tt.in, f)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q:\n got %s\nwant %s", tt.in, err, tt.want)
		}
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	never := func(string) bool { return false }
	if f, skipped, err := Find(dir, never); f != nil || skipped != "" || err != nil {
		t.Errorf("none there: %v %q %v", f, skipped, err)
	}
	path := filepath.Join(dir, Name)
	if err := os.WriteFile(path, []byte("nonsense: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var mistake *Error
	if _, _, err := Find(dir, never); !errors.As(err, &mistake) || mistake.Line != 1 || mistake.Key != "nonsense" {
		t.Errorf("mistake in it: %v", err)
	}
	if f, skipped, err := Find(dir, func(p string) bool { return p == path }); f != nil || skipped != path || err != nil {
		t.Errorf("in the evidence: %v %q %v", f, skipped, err)
	}
}

func TestParseSize(t *testing.T) {
	good := map[string]int64{
		"0": 0, "500000000": 5e8, "512MiB": 512 << 20, "1GiB": 1 << 30, "2G": 2 << 30, "1.5 gib": 3 << 29,
		"64k": 64 << 10, "3KB": 3000, "7b": 7, "1TiB": 1 << 40,
	}
	for in, want := range good {
		if got, err := ParseSize(in); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "-1", "1e9", "GiB", "1.2.3", "inf", "9999999999T", "1 2", "1XB", "0x10"} {
		if got, err := ParseSize(in); err == nil {
			t.Errorf("%q: %d, want an error", in, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"workers: 2\n", "format:\n  - {source: a, format: b}\n", "custody: {a: 1, b: !!str x}\n", "recordings: [*a, &a b]\n", "? a\n: b\n", "0\n---", "claims:\n  - {id: a, recordings: 1}\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := parse("recount.yaml", b); err != nil && err.Error() == "" {
			t.Error("an error without a text")
		}
	})
}
