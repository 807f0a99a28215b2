package accesslog

import (
	"bytes"
	"encoding/binary"
)

// jsonNode says what is wanted of an object: the slots of its values and the
// nodes of objects in it.
type jsonNode struct{ edges []jsonEdge }

type jsonEdge struct {
	name []byte
	hash uint64
	slot int // -1: the value itself is not wanted
	node *jsonNode
}

// add wants the value at a path and gives its slot; next is the first free one.
func (n *jsonNode) add(next int, path ...string) int {
	for i := range n.edges {
		e := &n.edges[i]
		if string(e.name) != path[0] {
			continue
		}
		if len(path) > 1 {
			if e.node == nil {
				e.node = &jsonNode{}
			}
			return e.node.add(next, path[1:]...)
		}
		if e.slot < 0 {
			e.slot = next
		}
		return e.slot
	}
	n.edges = append(n.edges, jsonEdge{name: []byte(path[0]), hash: jsonHash([]byte(path[0])), slot: -1})
	return n.add(next, path...)
}

func (n *jsonNode) find(hash uint64, name []byte) *jsonEdge {
	for i := range n.edges {
		if e := &n.edges[i]; e.hash == hash && bytes.Equal(e.name, name) {
			return e
		}
	}
	return nil
}

// jsonHash is for telling names apart quickly; equal ones are compared.
func jsonHash(name []byte) uint64 {
	n := len(name)
	h := uint64(n)
	switch {
	case n >= 8:
		h ^= binary.LittleEndian.Uint64(name)
		h = h*0x9E3779B97F4A7C15 ^ binary.LittleEndian.Uint64(name[n-8:])
	case n >= 4:
		h ^= uint64(binary.LittleEndian.Uint32(name))<<32 ^ uint64(binary.LittleEndian.Uint32(name[n-4:]))<<8
	default:
		for _, c := range name {
			h = h<<8 | uint64(c)
		}
	}
	return h * 0x9E3779B97F4A7C15
}
