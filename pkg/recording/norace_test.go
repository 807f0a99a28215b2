//go:build !race

package recording

const bigRows = 2_700_000
