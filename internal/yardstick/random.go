package yardstick

import (
	"math/bits"
	"strconv"
)

// random is SplitMix64: small, fast and, unlike the generators of the standard
// library, bound to give the same numbers for ever.
type random struct{ state uint64 }

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below gives a number from 0 to n-1.
func (r *random) below(n int64) int64 {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int64(hi)
}

// skewed gives a number from 0 to n-1, small ones far more often; the last is
// drawn a third as often as the mean.
func (r *random) skewed(n int64) int64 {
	const one = 1 << 32
	u := r.next() >> 32
	cube := (u * u >> 32) * u >> 32
	return int64(cube * uint64(n) / one)
}

// percent is true in n of 100 cases.
func (r *random) percent(n int64) bool { return r.below(100) < n }

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }
