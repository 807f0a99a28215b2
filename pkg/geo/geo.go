// Package geo looks up where a client's address was registered and whose
// network it is in, once per client, in local MaxMind DB files.
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
