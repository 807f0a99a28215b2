package recording

import (
	"bytes"
	"sort"
)

// Blocks keeps blocks of bytes outside memory.
type Blocks interface {
	// Put keeps a copy of a block. Blocks are numbered in the order in which
	// they are put, from 0.
	Put(block []byte) error
	// Get gives a block, in buf if that is large enough. Any number of
	// goroutines may call it, once everything was put.
	Get(number int, buf []byte) ([]byte, error)
	// Close lets go of all blocks.
	Close() error
}

// pages holds the rows of an inventory outside memory, in blocks of pageBytes
// and one row at most. In memory are the path that each page starts with, and a
// filter, so that asking for a path that is not listed reads nothing in nearly
// all cases: 13 to 14 bits per row and the path of one row in about 150.
type pages struct {
	blocks Blocks
	rows   int
	texts  arena
	firsts []textRef // path of the first row, per page
	filter filter
}

const pageBytes = 4 << 10

func (p *pages) memoryBytes() int64 {
	const ofBlock = 64 // what Blocks holds for each, about
	return int64(len(p.texts.blocks))*arenaBlock + int64(cap(p.firsts))*(4+ofBlock) + int64(len(p.filter.blocks))*32
}

func (p *pages) first(page int) []byte { return p.texts.text(p.firsts[page]) }

// pageOf gives the page that path is in, if it is in one: the last one that does
// not start behind it.
func (p *pages) pageOf(path []byte) int {
	behind := sort.Search(len(p.firsts), func(page int) bool { return bytes.Compare(p.first(page), path) > 0 })
	return max(behind-1, 0)
}

// pastPage says whether path is in a page behind this one.
func (p *pages) pastPage(page int, path []byte) bool {
	return page+1 < len(p.firsts) && bytes.Compare(p.first(page+1), path) <= 0
}

// pageWriter fills pages with rows in their order, each path once.
type pageWriter struct {
	pages *pages
	buf   []byte
	path  []byte // of the row before in this page
}

func (w *pageWriter) add(path []byte, size int64, values []byte) error {
	p := w.pages
	if len(w.buf) == 0 {
		first, err := p.texts.add(path)
		if err != nil {
			return err
		}
		p.firsts = append(p.firsts, first)
		w.path = w.path[:0]
	}
	w.buf = appendRow(w.buf, w.path, path, size, 0, values)
	w.path = append(w.path[:0], path...)
	p.filter.add(path)
	p.rows++
	if len(w.buf) < pageBytes {
		return nil
	}
	return w.flush()
}

func (w *pageWriter) flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	err := w.pages.blocks.Put(w.buf)
	w.buf = w.buf[:0]
	return err
}
