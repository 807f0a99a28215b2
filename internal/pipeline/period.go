package pipeline

import (
	"fmt"
	"time"

	"github.com/logrecount/recount/pkg/coverage"
)

// The ways in which a date and a time may be written. Without a zone it is UTC.
var timeLayouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
}

// TimeHint says how dates and times may be written.
const TimeHint = "write dates such as 2013-02-01, or times such as 2013-02-01T08:00:00+01:00; without a zone they are UTC"

// Period reads a stretch of time. A date alone is meant whole: as an end, up to
// the end of that day.
func (s Stretch) Period() (p coverage.Period, err error) {
	if p.From, err = moment(s.From, 0); err != nil {
		return p, err
	}
	if p.To, err = moment(s.To, 24*time.Hour); err != nil {
		return p, err
	}
	if p.From >= p.To {
		return p, fmt.Errorf("%s to %s ends before it begins", s.From, s.To)
	}
	return p, nil
}

func moment(text string, whole time.Duration) (int64, error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t.Add(whole).UnixMicro(), nil
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UnixMicro(), nil
		}
	}
	return 0, fmt.Errorf("%q is no date and no time", text)
}

// CheckExposure refuses a period that cannot be meant.
func CheckExposure(s Stretch) error {
	if s == (Stretch{}) {
		return nil
	}
	if _, err := s.Period(); err != nil {
		return &UsageError{Err: fmt.Errorf("exposure: %w", err), Hint: TimeHint}
	}
	return nil
}

// CheckOutages refuses outages that cannot be meant.
func CheckOutages(outages []Stretch) error {
	for _, o := range outages {
		if _, err := o.Period(); err != nil {
			return &UsageError{Err: fmt.Errorf("outage: %w", err), Hint: TimeHint}
		}
		if o.Why == "" {
			return &UsageError{Err: fmt.Errorf("outage %s to %s: it is not said why", o.From, o.To), Hint: "give it a why: it stands in the report"}
		}
		if o.Served != "yes" && o.Served != "no" {
			return &UsageError{Err: fmt.Errorf("outage %s to %s: it is not said whether the server went on", o.From, o.To),
				Hint: "served: no, if nothing could be taken from it; served: yes, if only the log was not written: then the time is not covered"}
		}
	}
	return nil
}

// CheckDeclaration refuses a declaration that nobody can be asked about.
// One that was made before the period ended cannot speak of all of it.
func CheckDeclaration(d *Declaration, exposure Stretch) error {
	if d == nil {
		return nil
	}
	if d.By == "" || d.Text == "" {
		return &UsageError{Err: fmt.Errorf("a declaration needs by, date and text"), Hint: "say who declared that these are all the logs, when, and in which words"}
	}
	made, err := moment(d.Date, 24*time.Hour)
	if err != nil {
		return &UsageError{Err: fmt.Errorf("declaration: date %w", err), Hint: TimeHint}
	}
	if p, err := exposure.orNone(); err == nil && p.Given() && made < p.To {
		return &UsageError{Err: fmt.Errorf("the declaration of %s was made before the exposure period ended (%s)", d.Date, exposure.To), Hint: "correct the date, or shorten the period"}
	}
	return nil
}

// ParseClock reads by how much a server's clock was ahead of the time: a sign
// and a length, as in +3m20s or -1h. What it gives, in microseconds, is taken
// off each time of the log: a clock that was 3 minutes ahead wrote 12:03 at
// 12:00.
func ParseClock(text string) (int64, error) {
	d, err := time.ParseDuration(text)
	if err != nil || text[0] != '+' && text[0] != '-' {
		return 0, &UsageError{Err: fmt.Errorf("%q is no clock offset", text), Hint: "write +3m20s for a clock that was ahead by so much, -3m20s for one that was behind"}
	}
	return d.Microseconds(), nil
}

// checkTimes finds mistakes in what the user said of times.
func (a *analysis) checkTimes() error {
	o := &a.options
	for _, err := range []error{CheckExposure(o.Exposure), CheckOutages(o.Outages), CheckDeclaration(o.Declaration, o.Exposure)} {
		if err != nil {
			return err
		}
	}
	return nil
}
