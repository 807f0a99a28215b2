package geo

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Resolver looks addresses up in one or more databases. A nil Resolver knows
// no place.
type Resolver struct {
	dbs []*database
}

// Open opens databases, the one to be asked first first. The files are mapped,
// not read, and stay open until Close.
func Open(files []string) (*Resolver, error) {
	r := &Resolver{}
	for _, file := range files {
		db, err := openDatabase(file)
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		r.dbs = append(r.dbs, db)
	}
	return r, nil
}

// Lookup gives what the databases say of addr. The first database that has a
// field gives it; later ones fill in what is missing, and a network's number
// and its organisation come from the same one. An address that no database
// knows is the empty Place. Zones are ignored and an IPv4 address mapped into
// IPv6 is the IPv4 address.
func (r *Resolver) Lookup(addr netip.Addr) (Place, error) {
	var p Place
	if r == nil || !addr.IsValid() {
		return p, nil
	}
	addr = addr.Unmap().WithZone("")
	var answered []string
	for _, db := range r.dbs {
		found, err := db.lookup(addr)
		if err != nil {
			return p, fmt.Errorf("geo database %q: look up %s: %w; the file is damaged, get it again", db.info.File, addr, err)
		}
		if p.fill(found) {
			answered = append(answered, db.name)
		}
	}
	p.DB = strings.Join(answered, "; ")
	return p, nil
}

// fill takes from q what p lacks and says whether that was anything.
func (p *Place) fill(q Place) bool {
	took := false
	// A city goes with its country, and an organisation with its network's
	// number: those of two databases could contradict each other.
	sameCountry := p.Country == "" || q.Country == "" || p.Country == q.Country
	sameNetwork := p.ASN == 0 || q.ASN == 0 || p.ASN == q.ASN
	if p.Country == "" && q.Country != "" {
		p.Country, took = q.Country, true
	}
	if sameCountry && p.City == "" && q.City != "" {
		p.City, took = q.City, true
	}
	if p.ASN == 0 && q.ASN != 0 && p.Org == "" {
		p.ASN, took = q.ASN, true
	}
	if sameNetwork && p.Org == "" && q.Org != "" {
		p.Org, took = q.Org, true
	}
	return took
}

// Databases lists the databases in the order in which they are asked, for the
// manifest.
func (r *Resolver) Databases() []Database {
	if r == nil {
		return nil
	}
	infos := make([]Database, len(r.dbs))
	for i, db := range r.dbs {
		infos[i] = db.info
	}
	return infos
}

// Close closes the files. No Lookup may follow or still run.
func (r *Resolver) Close() error {
	if r == nil {
		return nil
	}
	var errs []error
	for _, db := range r.dbs {
		errs = append(errs, db.close())
	}
	r.dbs = nil
	return errors.Join(errs...)
}
