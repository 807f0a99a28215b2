package recording

// Inventory lists the recordings that existed, by canonical path, with size
// and further columns, the attributes. Its rows are in the bytewise order of
// their paths; a Cursor walks over them and finds them. It is immutable and may
// be shared between goroutines. A nil Inventory is empty.
//
// It lies in memory, in a table, or where it is too large for that in pages
// outside; see ReadInventory. Both say the same of every path.
type Inventory struct {
	attributes              []string
	duplicates, directories int
	extensions              *extensionSet // of all paths; nil: one has none, or there are too many

	table *table // nil: the rows are in pages
	pages *pages
}

// Len is the number of recordings.
func (v *Inventory) Len() int {
	switch {
	case v == nil:
		return 0
	case v.table == nil:
		return v.pages.rows
	}
	return len(v.table.paths)
}

// Spilled says whether the rows lie outside memory: then finding them in their
// order is cheap, and finding them out of it costs a read for each.
func (v *Inventory) Spilled() bool { return v != nil && v.table == nil }

// MemoryBytes is about how much memory the inventory holds, for budgets.
func (v *Inventory) MemoryBytes() int64 {
	switch {
	case v == nil:
		return 0
	case v.table == nil:
		return v.pages.memoryBytes()
	}
	return v.table.memoryBytes()
}

// Attributes are the names of the further columns, as the header spells them.
func (v *Inventory) Attributes() []string {
	if v == nil {
		return nil
	}
	return v.attributes
}

// Duplicates is the number of rows left out because an earlier row has the
// same path.
func (v *Inventory) Duplicates() int {
	if v == nil {
		return 0
	}
	return v.duplicates
}

// Directories is the number of rows left out because their path ends in a
// slash: a directory is no recording.
func (v *Inventory) Directories() int {
	if v == nil {
		return 0
	}
	return v.directories
}
