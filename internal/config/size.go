package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// units are the endings of a size. K, M, G and T alone are binary, as in other
// tools' memory settings.
var units = []struct {
	name string
	size int64
}{
	{"KIB", 1 << 10}, {"MIB", 1 << 20}, {"GIB", 1 << 30}, {"TIB", 1 << 40},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12},
	{"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"T", 1 << 40},
	{"B", 1}, {"", 1},
}

// ParseSize reads a number of bytes such as 512MiB, 1.5GiB, 2G or 500000000.
func ParseSize(s string) (int64, error) {
	upper := strings.ToUpper(strings.TrimSpace(s))
	for _, u := range units {
		number, ok := strings.CutSuffix(upper, u.name)
		if !ok {
			continue
		}
		number = strings.TrimSpace(number)
		if strings.Trim(number, "0123456789.") != "" {
			break // a sign, an exponent, "inf"
		}
		v, err := strconv.ParseFloat(number, 64)
		if bytes := v * float64(u.size); err == nil && bytes < math.MaxInt64 {
			return int64(bytes), nil
		}
		break
	}
	return 0, fmt.Errorf("%q is not a size; write for example 512MiB, 2G or 500000000", s)
}
