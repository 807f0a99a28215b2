//go:build !race

package recording

const bigRows = 2_700_000

const underRace = false
