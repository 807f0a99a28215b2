package evidence

import "fmt"

// notes is what there is to say about a source: the first of each kind, up to
// mostNotes, and how many more there were. A gzip member that is wrong has 20
// bytes and its note 250.
type notes struct {
	damage       []error
	warnings     []string
	moreDamage   int
	moreWarnings int
}

const mostNotes = 100

func (n *notes) damaged(format string, args ...any) {
	if len(n.damage) == mostNotes {
		n.moreDamage++
		return
	}
	n.damage = append(n.damage, fmt.Errorf(format, args...))
}

func (n *notes) warn(format string, args ...any) {
	if len(n.warnings) == mostNotes {
		n.moreWarnings++
		return
	}
	n.warnings = append(n.warnings, fmt.Sprintf(format, args...))
}

func (n *notes) none() bool { return len(n.damage) == 0 && len(n.warnings) == 0 }

// take gives the notes and keeps none.
func (n *notes) take() notes {
	all := *n
	*n = notes{}
	return all
}

func (n *notes) add(more notes) {
	d, w := min(len(more.damage), mostNotes-len(n.damage)), min(len(more.warnings), mostNotes-len(n.warnings))
	n.damage, n.moreDamage = append(n.damage, more.damage[:d]...), n.moreDamage+len(more.damage)-d+more.moreDamage
	n.warnings, n.moreWarnings = append(n.warnings, more.warnings[:w]...), n.moreWarnings+len(more.warnings)-w+more.moreWarnings
}

// DamageError says what is wrong with a source, in one line.
type DamageError struct {
	Path   string // of the source
	Causes []error
	more   int // causes that were not kept
}

func (e *DamageError) Error() string {
	s := fmt.Sprintf("%q: ", e.Path)
	for i, c := range e.Causes {
		if i == 8 {
			return s + fmt.Sprintf("; and %d more", len(e.Causes)+e.more-i)
		}
		if i > 0 {
			s += "; "
		}
		s += c.Error()
	}
	return s
}

// Unwrap gives the causes to errors.Is and errors.As.
func (e *DamageError) Unwrap() []error { return e.Causes }
