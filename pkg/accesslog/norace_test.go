//go:build !race

package accesslog

const underRace = false
