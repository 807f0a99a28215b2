package recording

import "strings"

// mediaExtensions are the file extensions, in lower case, that make a path a
// recording when no pattern is given: audio and video, with what telephone
// systems and dictation machines write. Left out on purpose: ts and mts, which
// are TypeScript far more often; mid, m3u, m3u8, pls and the like, which hold
// no sound; raw and dat, which may be anything.
var mediaExtensions = strings.Fields(`
	mp3 mp2 mpa mpga wav wave bwf rf64 w64 ogg oga opus spx flac m4a m4b aac adts ac3 wma aif aiff aifc
	au snd caf mka weba wv ape tta shn ra
	amr awb 3ga gsm vox sln sln16 ulaw alaw pcm g711 g722 g723 g726 g729 qcp sph dss ds2 dct dvf msv
	mp4 m4v mkv webm avi mov qt wmv asf mpg mpeg mpe m2v m2ts vob ogv 3gp 3g2 flv f4v rm rmvb mxf divx
`)

// maxExtension is the longest extension that is looked for in the raw target.
const maxExtension = 6

// extensionSet is a hash table of short extensions, packed into numbers.
type extensionSet struct {
	slots [512]uint64
	n     int
}

func extensionSlot(key uint64) int { return int(key * 0x9e3779b97f4a7c15 >> 55) }

// has says whether the set holds the extension; never 0, which is none.
func (s *extensionSet) has(key uint64) bool {
	for i := extensionSlot(key); s.slots[i] != 0; i = (i + 1) % len(s.slots) {
		if s.slots[i] == key {
			return true
		}
	}
	return false
}

// add says whether there was room.
func (s *extensionSet) add(key uint64) bool {
	if key == 0 || s.n == len(s.slots)/2 {
		return false
	}
	i := extensionSlot(key)
	for s.slots[i] != 0 {
		if s.slots[i] == key {
			return true
		}
		i = (i + 1) % len(s.slots)
	}
	s.slots[i] = key
	s.n++
	return true
}

// addAll adds those of another set, nil for any extension, and says whether
// there was room.
func (s *extensionSet) addAll(o *extensionSet) bool {
	if o == nil {
		return false
	}
	for _, key := range o.slots {
		if key != 0 && !s.add(key) {
			return false
		}
	}
	return true
}

func newExtensionSet(names []string) *extensionSet {
	s := new(extensionSet)
	for _, name := range names {
		key, _ := extension([]byte("/." + name))
		s.add(key)
	}
	return s
}

// extension reads the file extension at the end of a raw path that starts with
// a slash, in lower case and packed into a number; 0 if there is none or a
// longer one. sure is false when the canonical path may have another one than
// the raw path: then it ends in a slash or a dot, or its last bytes hold an
// escape or are not ASCII.
//
// It looks at nine bytes: ones that hold neither dot nor slash are part of an
// extension longer than six, or of none, even if the dot is written as %2E.
func extension(p []byte) (key uint64, sure bool) {
	const window = maxExtension + len("%2E")
	key = 1 // so that a NUL byte counts
	n := 0
	for i := len(p) - 1; i >= 0; i-- {
		b := p[i]
		switch {
		case b == '.' && n == 0:
			return 0, false
		case b == '.':
			return key, true
		case b == '/':
			return 0, n > 0
		case b == '%' || b >= 0x80:
			return 0, false
		}
		if n++; n == window {
			return 0, true
		}
		if n > maxExtension {
			key = 0
			continue
		}
		key = key<<8 | uint64(lowerASCII(b))
	}
	return 0, false
}
