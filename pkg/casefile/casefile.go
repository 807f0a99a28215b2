// Package casefile writes and reads a case: the output folder with its tables,
// summary, manifest and seal.
//
// Rows come in, one table at a time and in the order in which they shall stay;
// a folder goes out that is either whole or not there. A Writer works in a
// hidden sibling of the folder and renames it into place when every table has
// been closed, read back and hashed. The same rows give the same bytes, on any
// machine. A Case reads it again, column by column; Verify compares it with its
// seal.
//
// It is the only room that knows Arrow and Parquet. It never sorts, counts or
// decides: what a row says is settled before it comes here. It never touches
// evidence, except to hash it in VerifySources.
//
// # Tables
//
// A table is one Parquet file, described by a Schema (schema.go), whose
// comments and ECS names travel inside the file as Arrow field metadata.
// Different tables may be appended to from different goroutines; one table may
// not.
//
// # Memory
//
// A table holds at most two row groups, the one being filled and the one being
// encoded, each of 65,536 rows or 32 MiB of text, whichever comes first. For
// requests with ordinary paths and agents that is some 70 MB in all, at worst
// about 150; tables that fill no group hold their rows once.
package casefile

// The names of a case's files. The tables are in a folder of their own.
const (
	summaryName   = "summary.json"
	summaryMDName = "summary.md"
	manifestName  = "manifest.json"
	runName       = "run.json"
	sealName      = "SHA256SUMS"
	tablesName    = "tables"
	tableExt      = ".parquet"
)
