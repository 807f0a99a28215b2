package claim

import "bytes"

// forwarded finds clients that are a proxy or a CDN: those whose requests name
// more than one address for which they were forwarded. Anyone can write that
// header, so it shows that clients may not be told apart, and not who they were.
type forwarded map[int32]*forwardedFor

type forwardedFor struct {
	first   []byte
	several bool
}

func (f forwarded) add(client int32, value []byte) {
	if len(value) == 0 {
		return
	}
	switch of := f[client]; {
	case of == nil:
		f[client] = &forwardedFor{first: bytes.Clone(value)}
	case !of.several && !bytes.Equal(of.first, value):
		of.several = true
	}
}

func (f forwarded) merge(o forwarded) {
	for client, b := range o {
		a := f[client]
		if a == nil {
			f[client] = b
			continue
		}
		a.several = a.several || b.several || !bytes.Equal(a.first, b.first)
	}
}
