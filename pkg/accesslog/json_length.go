package accesslog

// compareLength compares the body with the Content-Length that was sent: a body
// of that length came to its end, a shorter one did not. The length of a full
// answer that was not compressed is the object's size; setCoding comes first.
func compareLength(r *Record, length int64) {
	if length == None {
		return
	}
	if r.Status == 200 && r.Flags&FlagCoded == 0 && r.SizeFrom == TotalNone {
		r.ObjectSize, r.SizeFrom = length, TotalContentLength
	}
	if r.Status != 200 && r.Status != 206 || string(r.Method) != "GET" && string(r.Method) != "POST" {
		return
	}
	switch {
	case r.Bytes == length:
		r.Finished = FinishedYes
	case r.Bytes != None && r.Bytes < length:
		r.Finished = FinishedNo
	}
}
