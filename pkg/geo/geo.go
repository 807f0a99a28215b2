// Package geo looks up where a client's address was registered and whose
// network it is in, in local MaxMind DB files: MaxMind's own (GeoLite2, GeoIP2)
// and DB-IP's.
//
// An address comes in, a Place goes out, with the databases that answered and
// their build dates, since networks change hands. A Resolver is safe for use by
// many goroutines at once.
//
// It never asks the network, never reads logs, and keeps nothing between
// lookups: one lookup per client is the caller's matter. What it says is where
// a network was registered or is believed to be used, not where a person was.
package geo

// Place is what the databases say of one address. Empty strings and zero mean
// that no database had the address or the field.
type Place struct {
	Country string // ISO 3166-1 alpha-2
	City    string // English name
	ASN     uint32
	Org     string // name of the network's organisation
	DB      string // the databases that answered: type and build date, joined by "; "
}
