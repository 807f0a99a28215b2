package geo

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/oschwald/geoip2-golang/v2"
	"github.com/oschwald/maxminddb-golang/v2"
)

// Database describes one database file.
type Database struct {
	File   string // base name
	Type   string // as the file says, such as GeoLite2-City
	Build  time.Time
	SHA256 string
	Bytes  int64
}

// database is an open file.
type database struct {
	info   Database
	name   string // type and build date, for Place.DB
	v4     bool   // it holds IPv4 addresses only
	lookup func(netip.Addr) (Place, error)
	close  func() error
}

// kinds says which databases are of use, by the type they state, and how they
// are read. The first that matches counts: "GeoIP2-ISP", "DBIP-City-Lite",
// "DBIP-Location-ISP (compat=Enterprise)", "DBIP-ASN-Lite (compat=GeoLite2-ASN)".
var kinds = []struct {
	types *regexp.Regexp
	open  func(reader) func(netip.Addr) (Place, error)
}{
	{regexp.MustCompile(`^(GeoIP|GeoLite2|DBIP).*Enterprise`), reader.enterprise},
	{regexp.MustCompile(`^(GeoIP|GeoLite2|DBIP).*(City|Country|Location)`), reader.city},
	{regexp.MustCompile(`^(GeoIP|GeoLite2|DBIP).*(ASN|ISP)`), reader.network},
}

// openDatabase opens and hashes one file.
func openDatabase(file string) (*database, error) {
	fail := func(err error) (*database, error) {
		return nil, fmt.Errorf("geo database %q: %w", file, err)
	}
	info := Database{File: filepath.Base(file)}
	if stat, err := os.Stat(file); err != nil {
		return fail(err)
	} else if !stat.Mode().IsRegular() {
		return fail(errors.New("it is not a file; name an .mmdb file"))
	}
	r, err := openReader(file)
	if err != nil {
		return fail(fmt.Errorf("it is not a whole MaxMind DB file: %w; unpack it if it is compressed, or get it again", err))
	}
	meta := r.metadata()
	info.Type = meta.DatabaseType
	info.Build = meta.BuildTime().UTC()
	db := &database{info: info, name: info.Type + " " + info.Build.Format(time.DateOnly), v4: meta.IPVersion == 4, close: r.close}
	for _, k := range kinds {
		if k.types.MatchString(info.Type) {
			db.lookup = db.guard(k.open(r))
			break
		}
	}
	if db.lookup == nil {
		return fail(errors.Join(fmt.Errorf("its type %q says nothing of place or network; use a City, Country, ASN, ISP or Enterprise database of MaxMind or DB-IP", info.Type), r.close()))
	}
	if db.info.SHA256, db.info.Bytes, err = hashFile(file); err != nil {
		return fail(errors.Join(err, r.close()))
	}
	return db, nil
}

// guard answers for addresses that the database cannot hold.
func (db *database) guard(lookup func(netip.Addr) (Place, error)) func(netip.Addr) (Place, error) {
	return func(addr netip.Addr) (Place, error) {
		if db.v4 && !addr.Is4() {
			return Place{}, nil
		}
		return lookup(addr)
	}
}

// reader reads a database: with geoip2 where it knows the type, else with the
// library below it, for types of DB-IP such as "DBIP-ASN-Lite" whose records
// are the same and whose names geoip2 does not list.
type reader struct {
	listed   *geoip2.Reader // nil: not listed
	unlisted *maxminddb.Reader
}

func openReader(file string) (reader, error) {
	listed, err := geoip2.Open(file)
	if err == nil {
		return reader{listed: listed}, nil
	}
	var unknown geoip2.UnknownDatabaseTypeError
	if !errors.As(err, &unknown) {
		return reader{}, err
	}
	if err := listed.Close(); err != nil {
		return reader{}, err
	}
	unlisted, err := maxminddb.Open(file)
	return reader{unlisted: unlisted}, err
}

func (r reader) metadata() maxminddb.Metadata {
	if r.listed != nil {
		return r.listed.Metadata()
	}
	return r.unlisted.Metadata
}

func (r reader) close() error {
	if r.listed != nil {
		return r.listed.Close()
	}
	return r.unlisted.Close()
}

// record gives what the database has of an address: by the method of geoip2,
// else by decoding into the same type.
func record[T any](r reader, method func(*geoip2.Reader, netip.Addr) (*T, error)) func(netip.Addr) (*T, error) {
	if r.listed != nil {
		return func(addr netip.Addr) (*T, error) { return method(r.listed, addr) }
	}
	return func(addr netip.Addr) (*T, error) {
		v := new(T)
		return v, r.unlisted.Lookup(addr).Decode(v)
	}
}

func (r reader) city() func(netip.Addr) (Place, error) {
	get := record(r, (*geoip2.Reader).City)
	return func(addr netip.Addr) (Place, error) {
		v, err := get(addr)
		if err != nil {
			return Place{}, err
		}
		return Place{Country: v.Country.ISOCode, City: v.City.Names.English}, nil
	}
}

func (r reader) enterprise() func(netip.Addr) (Place, error) {
	get := record(r, (*geoip2.Reader).Enterprise)
	return func(addr netip.Addr) (Place, error) {
		v, err := get(addr)
		if err != nil {
			return Place{}, err
		}
		return Place{
			Country: v.Country.ISOCode, City: v.City.Names.English,
			ASN: asn(v.Traits.AutonomousSystemNumber), Org: v.Traits.AutonomousSystemOrganization,
		}, nil
	}
}

// network reads ASN databases, and those of providers, which hold the same
// fields.
func (r reader) network() func(netip.Addr) (Place, error) {
	get := record(r, (*geoip2.Reader).ASN)
	return func(addr netip.Addr) (Place, error) {
		v, err := get(addr)
		if err != nil {
			return Place{}, err
		}
		return Place{ASN: asn(v.AutonomousSystemNumber), Org: v.AutonomousSystemOrganization}, nil
	}
}

// asn gives a number of 32 bits; a larger one is not the number of a network.
func asn(n uint) uint32 {
	if uint64(n) > math.MaxUint32 {
		return 0
	}
	return uint32(n)
}

func hashFile(file string) (sum string, n int64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	n, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), n, err
}
