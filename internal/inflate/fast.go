package inflate

// What fast needs for one turn, so that nothing in a turn has to look where
// in or out ends: it loads 8 bytes of the input twice, having used up to 7
// between, and writes up to 2 literals and a match, in words of which the last
// reaches beyond the match.
const (
	fastIn  = 16
	fastOut = 2 + maxMatch + 40
)

// fast decodes symbols while there are fastIn bytes of input and fastOut of
// room, up to the end of the block.
func (d *decoder) fast(in, out []byte, ip, op int) (int, int, error) {
	const litlenMask, distMask = 1<<litlenBits - 1, 1<<distBits - 1
	bits, count := d.bits, uint64(d.count)
	litlen, dists := &d.litlen, &d.dists
	var err error
	for ip <= len(in)-fastIn && op <= len(out)-fastOut {
		bits |= le.Uint64(in[ip:]) << (count & 63)
		ip += int((63 - count) >> 3 & 7)
		count |= 56
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

		from := op - dist
		if from < 0 {
			if dist > op+len(d.before) {
				err = errCorrupt
				break
			}
			d.length, d.dist = length, dist
			op = d.match(out, op)
			continue
		}
		to := op + length
		if dist >= 8 {
			t, f := out[op:op+40], out[from:from+40]
			le.PutUint64(t, le.Uint64(f))
			le.PutUint64(t[8:], le.Uint64(f[8:]))
			le.PutUint64(t[16:], le.Uint64(f[16:]))
			le.PutUint64(t[24:], le.Uint64(f[24:]))
			le.PutUint64(t[32:], le.Uint64(f[32:]))
			for length > 40 {
				length -= 40
				op += 40
				from += 40
				t, f := out[op:op+40], out[from:from+40]
				le.PutUint64(t, le.Uint64(f))
				le.PutUint64(t[8:], le.Uint64(f[8:]))
				le.PutUint64(t[16:], le.Uint64(f[16:]))
				le.PutUint64(t[24:], le.Uint64(f[24:]))
				le.PutUint64(t[32:], le.Uint64(f[32:]))
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
