package pipeline

// UsageError is a mistake in what was asked for, found before any work: exit
// code 2. Hint says what to do instead and may be empty.
type UsageError struct {
	Err  error
	Hint string
}

func (e *UsageError) Error() string { return e.Err.Error() }

func (e *UsageError) Unwrap() error { return e.Err }
