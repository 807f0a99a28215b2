//go:build race

package pipeline

// The race detector allocates where the code does not.
const underRace = true
