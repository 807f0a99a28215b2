package pipeline

import (
	"context"
	"errors"

	"github.com/logrecount/recount/pkg/casefile"
)

// Outcome is what an analysis came to.
type Outcome struct {
	Summary *casefile.Summary
	Damaged bool // some evidence was damaged or unread: exit code 3
}

// Run analyses evidence and writes a case.
func Run(ctx context.Context, o Options) (*Outcome, error) {
	return nil, errors.New("not built yet")
}
