// Package pipeline wires the rooms on one machine. Evidence comes in, a case
// goes out, in four phases:
//
//	scan    one reader gives chunks to the hasher and to the workers, which
//	        read lines into records, and records that concern a recording or
//	        a listing into batches; a full batch becomes a sorted run
//	decide  statistics of the sources are merged: line numbers, headers,
//	        where the work of grouping is split; second copies of lines are
//	        found by their hashes, and are passed over from then on
//	group   runs are merged by recording, client and time, and folded; what
//	        each client did goes into ledgers, by bins of clients
//	write   the ledgers are added up bin by bin: clients; then agents,
//	        sources, rejects, overlaps, summary, manifest
//
// It holds no rules of the domain. Only statistics, sorted runs and ledgers pass
// from one phase to the next, and what is made of them is the same for any split
// of the evidence, so the case does not depend on workers or memory.
package pipeline
