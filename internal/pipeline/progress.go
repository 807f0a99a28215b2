package pipeline

import (
	"sync/atomic"
	"time"
)

// progress counts how far an analysis is and tells the caller now and then.
type progress struct {
	call       func(Progress)
	total      int64
	phase      atomic.Value // string
	scanner    atomic.Pointer[scanner]
	requests   atomic.Int64
	rejects    atomic.Int64
	recordings atomic.Int64
	stop       chan struct{}
	stopped    chan struct{}
}

// progressEvery is the time between two reports.
const progressEvery = 200 * time.Millisecond

func watch(call func(Progress), total int64) *progress {
	p := &progress{call: call, total: total, stop: make(chan struct{}), stopped: make(chan struct{})}
	p.phase.Store("scan")
	go func() {
		defer close(p.stopped)
		if call == nil {
			return
		}
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		for {
			select {
			case <-p.stop:
				call(p.now())
				return
			case <-tick.C:
				call(p.now())
			}
		}
	}()
	return p
}

func (p *progress) scanning(s *scanner) { p.scanner.Store(s) }

func (p *progress) enter(phase string) { p.phase.Store(phase) }

func (p *progress) now() Progress {
	now := Progress{
		Phase: p.phase.Load().(string), TotalBytes: p.total,
		Requests: p.requests.Load(), Rejects: p.rejects.Load(), Recordings: p.recordings.Load(),
	}
	if s := p.scanner.Load(); s != nil {
		now.Bytes = s.read.Load()
		for _, r := range s.readers {
			if src := r.current.Load(); src != nil {
				now.Source = src.Path // of the first that is at work
				break
			}
		}
	}
	return now
}

// end stops the reports; the last one has been made when it returns.
func (p *progress) end() {
	close(p.stop)
	<-p.stopped
}
