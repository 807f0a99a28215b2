//go:build race

package accesslog

// The race detector allocates where the code does not.
const underRace = true
