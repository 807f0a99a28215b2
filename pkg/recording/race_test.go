//go:build race

package recording

// The race detector makes everything slower and larger.
const bigRows = 100_000

const underRace = true
