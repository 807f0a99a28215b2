package evidence

import "fmt"

// notes is what there is to say about a source.
type notes struct {
	damage   []error
	warnings []string
}

func (n *notes) damaged(format string, args ...any) {
	n.damage = append(n.damage, fmt.Errorf(format, args...))
}

func (n *notes) warn(format string, args ...any) {
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
	n.damage = append(n.damage, more.damage...)
	n.warnings = append(n.warnings, more.warnings...)
}

// DamageError says what is wrong with a source, in one line.
type DamageError struct {
	Path   string // of the source
	Causes []error
}

func (e *DamageError) Error() string {
	s := fmt.Sprintf("%q: ", e.Path)
	for i, c := range e.Causes {
		if i == 8 {
			return s + fmt.Sprintf("; and %d more", len(e.Causes)-i)
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
