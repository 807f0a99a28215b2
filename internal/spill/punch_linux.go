package spill

import (
	"os"
	"syscall"
)

// Modes of fallocate, see its manual page.
const (
	keepSize  = 1
	punchHole = 2
)

// punch gives a part of a file back to the disk; it reads as zeros then. A file
// system that cannot do it keeps the part until the file is gone.
func punch(f *os.File, offset, size int64) {
	_ = syscall.Fallocate(int(f.Fd()), keepSize|punchHole, offset, size)
}
