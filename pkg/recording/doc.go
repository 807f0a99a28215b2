// Package recording says which recording or directory a request concerns.
//
// In comes a raw request target, as logged after log escapes are undone. Out
// comes its canonical path, by which recordings are named and counted, and
// whether that path is a recording (by patterns or by an inventory), a
// directory or neither; also the attributes of a recording, such as a phone
// number, from the inventory and from a regular expression.
//
// It never opens files, never folds the case of a path (file systems differ;
// only file extensions are compared without case), and never allocates per
// line in steady state. Inventory is immutable and may be shared; Matcher, Cursor
// and Canonicalizer belong to one goroutine each.
package recording
