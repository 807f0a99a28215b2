package inflate

// bitReader takes bits from in[ip:], careful not to read beyond it.
type bitReader struct {
	in    []byte
	ip    int
	bits  uint64
	count uint
	short bool // more bits were wanted than there are
	value int  // of the symbol taken last, extra bits included
}

// fill takes as many bytes as fit: then 56 to 63 bits are there, or all there are.
func (r *bitReader) fill() {
	for ; r.count < 56 && r.ip < len(r.in); r.ip++ {
		r.bits |= uint64(r.in[r.ip]) << r.count
		r.count += 8
	}
}

// take gives the next n bits, n up to 16.
func (r *bitReader) take(n uint) int {
	if r.count < n {
		if r.fill(); r.count < n {
			r.short = true
			return 0
		}
	}
	v := r.bits & (1<<n - 1)
	r.bits >>= n
	r.count -= n
	return int(v)
}

// symbol takes a symbol with its extra bits, from bits that were filled in.
func (r *bitReader) symbol(table []entry, width uint) entry {
	bits, skip := r.bits, uint(0)
	e := table[bits&(1<<width-1)]
	if e&(special|link) == special|link {
		bits, skip = bits>>width, width
		e = table[uint64(e>>16)+bits&(1<<(e>>8&15)-1)]
	}
	n := uint(e & 0xff)
	if skip+n > r.count {
		r.short = true
		return e
	}
	r.value = int(e>>16) + int(bits&(1<<n-1)>>(e>>8&15))
	r.bits >>= skip + n
	r.count -= skip + n
	return e
}

// header reads the header of a block (RFC 1951 3.2.3), if it is whole: else
// nothing is taken.
func (d *decoder) header(in []byte, ip int) (int, why, error) {
	r := bitReader{in: in, ip: ip, bits: d.bits, count: d.count}
	last := r.take(1) == 1
	kind := r.take(2)
	var err error
	step := inCodes
	switch {
	case r.short:
	case kind == 0:
		step = inStored
		err = d.storedHeader(&r)
	case kind == 1:
		d.fixedCodes()
	case kind == 2:
		err = d.dynamicCodes(&r)
	default:
		err = errCorrupt
	}
	if r.short {
		return ip, hungry, nil
	}
	d.step, d.last = step, last
	d.bits, d.count = r.bits, r.count
	return r.ip, goOn, err
}

// storedHeader: the bits up to the next byte are skipped; the length follows,
// and once more with all bits flipped (RFC 1951 3.2.4).
func (d *decoder) storedHeader(r *bitReader) error {
	r.take(r.count & 7)
	n, not := r.take(16), r.take(16)
	if r.short {
		return nil
	}
	if n != not^0xffff {
		return errCorrupt
	}
	r.ip -= int(r.count >> 3)
	r.bits, r.count = 0, 0
	d.stored = n
	return nil
}

// fixedCodes makes the tables of RFC 1951 3.2.6, unless they are there.
func (d *decoder) fixedCodes() {
	if d.fixed {
		return
	}
	lens := d.lens[:288+32]
	for i := range lens {
		switch {
		case i < 144:
			lens[i] = 8
		case i < 256:
			lens[i] = 9
		case i < 280:
			lens[i] = 7
		case i < 288:
			lens[i] = 8
		default:
			lens[i] = 5
		}
	}
	build(d.litlen[:], litlenBits, lens[:288], litlenEntries[:])
	build(d.dists[:], distBits, lens[288:], distEntries[:])
	d.fixed, d.least = true, uint(lens[endOfBlock])
}

// order is in which the lengths of the codes for lengths come (RFC 1951 3.2.7).
var order = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// dynamicCodes reads the codes of a block and makes its tables.
func (d *decoder) dynamicCodes(r *bitReader) error {
	litlens, dists, codes := r.take(5)+257, r.take(5)+1, r.take(4)+4
	if litlens > maxLitlen || dists > maxDist {
		return errCorrupt
	}
	var lens [19]uint8
	for _, at := range order[:codes] {
		lens[at] = uint8(r.take(3))
	}
	if r.short {
		return nil
	}
	if !build(d.codes[:], lengthBits, lens[:], lengthEntries[:]) {
		return errCorrupt
	}
	all := d.lens[:litlens+dists]
	for i := 0; i < len(all); {
		r.fill()
		e := r.symbol(d.codes[:], lengthBits)
		if r.short {
			return nil
		}
		if e&special != 0 {
			return errCorrupt
		}
		n, times := uint8(0), 1
		switch v := r.value; v {
		case 16:
			if i == 0 {
				return errCorrupt
			}
			n, times = all[i-1], 3+r.take(2)
		case 17:
			times = 3 + r.take(3)
		case 18:
			times = 11 + r.take(7)
		default:
			n = uint8(v)
		}
		if r.short {
			return nil
		}
		if times > len(all)-i {
			return errCorrupt
		}
		for range times {
			all[i] = n
			i++
		}
	}
	d.fixed, d.least = false, uint(all[endOfBlock])
	if !build(d.litlen[:], litlenBits, all[:litlens], litlenEntries[:]) || !build(d.dists[:], distBits, all[litlens:], distEntries[:]) {
		return errCorrupt
	}
	return nil
}
