package report

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// group writes a number with a comma between thousands: 57,000.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	var b strings.Builder
	for i, d := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

func number(n int64) text { return own(group(n)) }

// plural writes a number and the word that goes with it.
func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return group(n) + " " + many
}

func were(n int64) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func sortedKeys(m map[string]int64) []string {
	return slices.Sorted(maps.Keys(m))
}
