// Package casefile writes and reads a case: the output folder with its tables,
// summary, manifest and seal.
package casefile
