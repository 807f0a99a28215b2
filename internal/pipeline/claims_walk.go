package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/claim"
	"github.com/logrecount/recount/pkg/request"
)

// recounting walks over the requests of a case. Row groups are read side by
// side; one goroutine cuts them, in order, into recordings; these are counted
// side by side.
type recounting struct {
	c       *casefile.Case
	plan    *claim.Plan
	workers int
}

// batch is some recordings, one after the other.
type batch []claim.Recording

func (r *recounting) run(ctx context.Context) (*claim.Counter, error) {
	table, err := r.c.Table(casefile.TableRequests)
	if err != nil {
		return nil, err
	}
	groups, err := table.RowGroups()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	batches := make(chan batch, r.workers)
	var cutting, counting sync.WaitGroup
	cutting.Go(func() {
		defer close(batches)
		if err := r.cut(ctx, r.read(ctx, table, groups), batches); err != nil {
			cancel(err)
		}
	})
	counters := make([]*claim.Counter, r.workers)
	for i := range counters {
		counters[i] = r.plan.Counter()
		counting.Go(func() {
			for b := range batches {
				for k := range b {
					if ctx.Err() != nil {
						break
					}
					if err := counters[i].Add(&b[k]); err != nil {
						cancel(err)
					}
				}
			}
		})
	}
	counting.Wait()
	cutting.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	for i := range counters[1:] {
		counters[0].Merge(counters[i+1])
		counters[i+1] = nil
	}
	return counters[0], nil
}

// readGroup is the requests of one row group.
type readGroup struct {
	requests []request.Request
	err      error
}

// read reads the row groups side by side, and gives them in order. There are
// never more in memory than two per worker.
func (r *recounting) read(ctx context.Context, table *casefile.Table, groups int) <-chan chan readGroup {
	slots := make(chan chan readGroup, r.workers)
	go func() {
		defer close(slots)
		for i := range groups {
			slot := make(chan readGroup, 1)
			select {
			case <-ctx.Done():
				return
			case slots <- slot:
			}
			go func() {
				requests, err := table.RequestGroup(i)
				slot <- readGroup{requests, err}
			}()
		}
	}()
	return slots
}

// cut cuts the requests into recordings, and adds what the recordings table says
// of each.
func (r *recounting) cut(ctx context.Context, slots <-chan chan readGroup, batches chan<- batch) error {
	attributes := r.plan.Attributes()
	beside, err := r.c.Beside(attributes.Names...)
	if err != nil {
		return err
	}
	defer beside.Close()
	k := &cutter{beside: beside, attributes: attributes, ctx: ctx, batches: batches}
	for range attributes.Names {
		k.values = append(k.values, map[string]int32{})
	}
	var held []request.Request // of the recording that the last group ended in
	for slot := range slots {
		g := <-slot
		if g.err != nil {
			return g.err
		}
		rows := g.requests
		n := 0
		for len(held) > 0 && n < len(rows) && string(rows[n].Recording) == string(held[0].Recording) {
			n++
		}
		held = append(held, rows[:n]...)
		if rows = rows[n:]; len(rows) == 0 {
			continue
		}
		if err := k.recording(held); err != nil {
			return err
		}
		for {
			n := 1
			for n < len(rows) && string(rows[n].Recording) == string(rows[0].Recording) {
				n++
			}
			if n == len(rows) {
				if held = nil; !ofDirectory(rows) { // of which there may be very many
					held = slices.Clone(rows)
				}
				break
			}
			if err := k.recording(rows[:n]); err != nil {
				return err
			}
			rows = rows[n:]
		}
		if err := k.flush(); err != nil {
			return err
		}
	}
	if err := k.recording(held); err != nil {
		return err
	}
	return k.flush()
}

// ofDirectory says whether requests of one path are for a directory.
func ofDirectory(requests []request.Request) bool {
	return bytes.HasSuffix(requests[0].Recording, []byte("/"))
}

// cutter puts recordings into batches.
type cutter struct {
	ctx        context.Context
	beside     *casefile.Beside
	attributes claim.Attributes
	values     []map[string]int32 // numbers of the distinct values, by attribute
	batch      batch
	batches    chan<- batch
}

// fullBatch is how many recordings are handed over together.
const fullBatch = 1024

// recording adds one recording. Directories are none.
func (k *cutter) recording(requests []request.Request) error {
	if len(requests) == 0 || ofDirectory(requests) {
		return nil
	}
	name := requests[0].Recording
	known, ok, err := k.beside.Recording(name)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("the tables do not fit together: the requests have the recording %q, which the recordings table has not, or not there; verify the case", name)
	}
	rec := claim.Recording{Index: known.Row, Requests: requests, Inventory: known.Inventory}
	for i, text := range known.Attributes {
		v := claim.Value{Subject: -1, Seconds: -1}
		switch {
		case k.attributes.Duration[i]:
			v.Seconds = seconds(text)
		case text != "":
			n, seen := k.values[i][text]
			if !seen {
				n = int32(len(k.values[i]))
				k.values[i][text] = n
			}
			v.Subject = n
		}
		rec.Values = append(rec.Values, v)
	}
	if k.batch = append(k.batch, rec); len(k.batch) == fullBatch {
		return k.flush()
	}
	return nil
}

func (k *cutter) flush() error {
	if len(k.batch) == 0 {
		return nil
	}
	select {
	case <-k.ctx.Done():
		return context.Cause(k.ctx)
	case k.batches <- k.batch:
		k.batch = make(batch, 0, fullBatch)
		return nil
	}
}

// seconds reads a length, whole or with decimals, rounded; -1 for none. What is
// over 31 years is no length: it is a telephone number, say.
func seconds(text string) int64 {
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > 1e9 {
		return -1
	}
	return int64(math.Round(f))
}
