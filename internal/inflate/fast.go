package inflate

// What fast needs for one turn, so that nothing in a turn has to look where in
// or out ends: it loads 8 bytes of the input twice, having used up to 7 between,
// and writes up to 2 literals and a match, stride bytes at a time, of which the
// last reach beyond the match.
const (
	fastIn  = 16
	fastOut = 2 + maxMatch + stride
	stride  = 40
)

// fast decodes symbols while there are fastIn bytes of input and fastOut of
// room, up to the end of the block. It may write to all of out[op:].
//
// The next bits of the input are the lowest of bits, at least 56 after each load.
// Only the lower 6 bits of count count: so an entry can be subtracted whole, and
// nothing is masked that waits for the last lookup. What is above count in bits
// are bits that follow, and are loaded again in the same place.
//
// On an access log, where two of three matches follow another at once and are of
// 21 bytes on average, what takes time is a jump that was not foreseen. So a
// match is copied 40 bytes at first, however long it is (1.4 times as fast as
// twice 8 bytes in a loop; 32 and 48 are slower), and bits are loaded for a
// distance only if literals came before (1.05 times).
func (d *decoder) fast(in, out []byte, ip, op int) (int, int, error) {
	const litlenMask, distMask = 1<<litlenBits - 1, 1<<distBits - 1
	bits, count := d.bits, uint64(d.count)
	litlen, dists := &d.litlen, &d.dists
	var err error
	for ip <= len(in)-fastIn && op <= len(out)-fastOut {
		bits |= le.Uint64(in[ip:]) << (count & 63)
		ip += int((63 - count) >> 3 & 7)
		count |= 56

		// Up to three literals, of at most litlenBits each: one with a longer code is
		// found behind a link.
		e := litlen[bits&litlenMask]
		if e&literal != 0 {
			bits >>= e & 63
			count -= uint64(e)
			out[op] = byte(e >> 16)
			op++
			e = litlen[bits&litlenMask]
			if e&literal != 0 {
				bits >>= e & 63
				count -= uint64(e)
				out[op] = byte(e >> 16)
				op++
				e = litlen[bits&litlenMask]
				if e&literal != 0 {
					bits >>= e & 63
					count -= uint64(e)
					out[op] = byte(e >> 16)
					op++
					continue
				}
			}
			bits |= le.Uint64(in[ip:]) << (count & 63)
			ip += int((63 - count) >> 3 & 7)
			count |= 56
		}
		if e&special != 0 {
			if e&link != 0 {
				bits >>= litlenBits
				count -= litlenBits
				e = litlen[(uint64(e>>16)+bits&(1<<(e>>8&15)-1))&(litlenRoom-1)]
				if e&literal != 0 {
					bits >>= e & 63
					count -= uint64(e)
					out[op] = byte(e >> 16)
					op++
					continue
				}
			}
			if e&end != 0 {
				bits >>= e & 63
				count -= uint64(e)
				d.endBlock()
				break
			}
			if e&special != 0 {
				err = errCorrupt
				break
			}
		}

		// A length, and the distance: with extra bits up to 20 and 28 bits.
		length := int(e>>16) + int(bits&(1<<(e&63)-1)>>(e>>8&15))
		bits >>= e & 63
		count -= uint64(e)
		e = dists[bits&distMask]
		if e&special != 0 {
			if e&link == 0 {
				err = errCorrupt
				break
			}
			bits >>= distBits
			count -= distBits
			e = dists[(uint64(e>>16)+bits&(1<<(e>>8&15)-1))&(distRoom-1)]
			if e&special != 0 {
				err = errCorrupt
				break
			}
		}
		dist := int(e>>16) + int(bits&(1<<(e&63)-1)>>(e>>8&15))
		bits >>= e & 63
		count -= uint64(e)

		from, to := op-dist, op+length
		if from < 0 {
			if dist > op+len(d.before) {
				err = errCorrupt
				break
			}
			d.length, d.dist = length, dist
			op = d.match(out, op)
			continue
		}
		if dist >= 8 { // no word is loaded before what it takes from the match is written
			copyStride(out[op:op+stride], out[from:from+stride])
			for length > stride {
				length -= stride
				op += stride
				from += stride
				copyStride(out[op:op+stride], out[from:from+stride])
			}
		} else {
			for ; op < to; op++ {
				out[op] = out[from]
				from++
			}
		}
		op = to
	}
	count &= 63
	d.bits, d.count = bits&(1<<count-1), uint(count)
	return ip, op, err
}

// copyStride copies from the lowest byte on, in words.
func copyStride(to, from []byte) {
	le.PutUint64(to, le.Uint64(from))
	le.PutUint64(to[8:], le.Uint64(from[8:]))
	le.PutUint64(to[16:], le.Uint64(from[16:]))
	le.PutUint64(to[24:], le.Uint64(from[24:]))
	le.PutUint64(to[32:], le.Uint64(from[32:]))
}
