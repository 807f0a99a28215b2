package accesslog

// Format is one line format that can be read.
type Format struct {
	Name string // as in --format and the sources table
}
