package claim

// Bounds are the least and the most that the evidence allows of one quantity,
// under one measure and one standard. For the measure whole, Lower counts the
// downloads that are complete (standard proven) or likely and better (standard
// probable), and Upper those that are possible or better and those that show
// only an earlier copy. For any_bytes they count downloads whose bytes_lower,
// or bytes_upper, is above 0. What was requested is in the log: both are the
// same.
type Bounds struct{ Lower, Upper int64 }

// Pair is one client's download of one recording, as far as a claim needs it.
// Clients and recordings are numbered from 0, in the order of their names.
type Pair struct {
	Client, Recording int32
	Requests          int32 // how many requests it has; needed with a figure of requests only
	Lower             bool  // it counts for the lower bound
	Upper             bool  // it counts for the upper bound; true wherever Lower is
}
