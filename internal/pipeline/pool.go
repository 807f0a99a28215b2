package pipeline

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/download"
	"github.com/logrecount/recount/pkg/request"
)

// pool is what the lines of one format show in all sources of one log: where a
// log was cut into files must not change what is found out. Where the user's word
// differs from source to source, each word has a pool of its own.
type pool struct {
	log     string            // the path that the sources share
	format  *accesslog.Format // of one of them: each may have its own of that name
	sources []*source         // that have lines of the format which count
	meaning accesslog.Meaning // of the size field, once it was settled or inferred
	signs   download.Signs
	headers download.Headers // lengths of headers, where they were logged or are counted
	cuts    *download.Cuts   // nil: not needed
}

// poolKey names a pool: log, format, and the meaning if it is settled.
type poolKey struct {
	log     uint32
	format  string
	settled bool
	meaning accesslog.Meaning
}

// fillPools puts together what the sources of each log show.
func (a *analysis) fillPools() {
	byKey := map[poolKey]*pool{}
	logs := a.logNumbers()
	for _, s := range a.sources {
		s.pools = map[*accesslog.Format]*pool{}
		for _, f := range s.formats() {
			key := poolKey{logs[s.group], f.Name, s.settled(f), s.meaningOf(f)}
			p := byKey[key]
			if p == nil {
				p = &pool{log: a.groups[key.log-1].name, format: f, meaning: key.meaning}
				byKey[key] = p
				a.pools = append(a.pools, p)
			}
			s.pools[f] = p
			if s.spent() {
				continue
			}
			p.sources = append(p.sources, s)
			p.signs.Merge(&s.stats.forms[f].signs)
			p.headers.Merge(&s.stats.forms[f].headers)
		}
	}
}

// name is that of the only source, or of the log.
func (p *pool) name() string {
	if len(p.sources) == 1 {
		return p.sources[0].Path
	}
	return p.log
}

// inferMeanings finds out what the size fields count that neither format nor
// user has settled, and takes over the lengths of headers where they are
// counted.
func (a *analysis) inferMeanings(all *runs) error {
	a.fillPools()
	if err := a.lookForCuts(all); err != nil {
		return err
	}
	shown := map[*pool]inference{}
	for _, p := range a.pools {
		if len(p.sources) > 0 && !p.sources[0].settled(p.format) {
			meaning, why := p.signs.Infer(p.cuts)
			if why != "" && len(p.sources) > 1 {
				why = fmt.Sprintf("in the %d sources of the log %s together %s", len(p.sources), p.log, why)
			}
			p.meaning, shown[p] = meaning, inference{meaning, why}
		}
		if p.meaning == accesslog.MeaningAcceptedWithHeaders {
			p.headers.Merge(&p.signs.Headers)
		}
	}
	for _, s := range a.sources {
		s.inferred = map[*accesslog.Format]inference{}
		for f, p := range s.pools {
			if !s.settled(f) {
				s.inferred[f] = shown[p]
			}
			if !s.spent() {
				s.headers.Merge(&p.headers)
			}
		}
	}
	all.meanings = make([][]accesslog.Meaning, len(a.sources))
	for i, s := range a.sources {
		s.inferAsCopy()
		all.meanings[i] = make([]accesslog.Meaning, len(s.reading.Formats)+1)
		for n, f := range s.reading.Formats {
			all.meanings[i][n+1] = s.meaningOf(f)
		}
	}
	return nil
}

// inferAsCopy takes over what was inferred for the source with the same content,
// for the sources table: what was learned is all from that one.
func (s *source) inferAsCopy() {
	if s.copyOf == nil {
		return
	}
	for f := range s.inferred {
		for of, shown := range s.copyOf.inferred {
			if f.Name == of.Name {
				s.inferred[f] = shown
			}
		}
	}
}

// lookForCuts reads the requests of all recordings whose size is known, for the
// formats of logs where that may decide; for most evidence there is none.
func (a *analysis) lookForCuts(all *runs) error {
	var looking []*download.Cuts
	for _, p := range a.pools {
		if len(p.sources) > 0 && !p.sources[0].settled(p.format) && p.signs.NeedsCuts() {
			p.cuts = new(download.Cuts)
			looking = append(looking, p.cuts)
		}
	}
	if len(looking) == 0 {
		return nil
	}
	var name []byte
	size := accesslog.None
	listed := a.inventory.Cursor()
	var q request.Request
	m := all.merge(nil, nil)
	for c, ok := m.Next(); ok; c, ok = m.Next() {
		if name == nil || !bytes.Equal(name, c.Recording) {
			for _, cuts := range looking {
				cuts.End()
				cuts.Begin()
			}
			name, size = c.Recording, sizeIn(listed, c.Recording)
		}
		if p := a.sources[c.Source-1].poolOf(c.Format); p != nil && p.cuts != nil && size != accesslog.None {
			if err := c.read(&q); err != nil {
				return err
			}
			p.cuts.Add(&q, size)
		}
	}
	for _, cuts := range looking {
		cuts.End()
	}
	return errors.Join(m.Err(), listed.Err())
}

// poolOf gives the pool of a format by its number, see Request.Format; nil: none.
func (s *source) poolOf(format uint8) *pool {
	if format == 0 {
		return nil
	}
	return s.pools[s.reading.Formats[format-1]]
}
