package download

import (
	"github.com/logrecount/recount/pkg/accesslog"
	"github.com/logrecount/recount/pkg/request"
)

// fileTransfer says whether a response is one of a file service (FTP), which
// counts the bytes of this transfer. Of a resumed one (RFC 3659, section 5)
// that is only the rest, and no such log tells where it began. An HTTP status
// tells where a response begins, whatever its number counts.
func fileTransfer(r *request.Request) bool {
	return r.Meaning == accesslog.MeaningTransferred && r.Status != 200 && r.Status != 203 && r.Status != 206
}

// readTransfer reads the transfer of a file. A count of at least the size is
// the whole of it. One that came to its end with fewer bytes is the end of the
// recording, from where it was resumed. All others have no position: a cut one
// may have been resumed too. So without a known size no transfer is a proof of
// a whole, finished or not.
func readTransfer(r *request.Request, size int64, why why) response {
	p := response{lower: max(r.Bytes, 0), upper: r.Bytes, start: accesslog.None, planned: accesslog.None, transfer: true, why: why}
	p.finished = r.Finished == accesslog.FinishedYes
	p.aborted = r.Finished == accesslog.FinishedNo
	if p.aborted {
		p.why |= whyCut
	}
	if r.Bytes == accesslog.None {
		p.upper = size // none is unbounded
		p.why |= whyNoCount
	}
	if size == accesslog.None {
		return p
	}
	p.upper = min(p.upper, size)
	switch {
	case p.aborted:
		p.upper = min(p.upper, max(size-1, 0))
	case r.Bytes >= size:
		p.start = 0
	case p.finished && r.Bytes != accesslog.None:
		p.start = size - r.Bytes
	}
	p.lower = min(p.lower, p.upper)
	return p
}

// readAccess reads a line which shows that a recording was read in place (SMB,
// a file manager) and never how much of it: from nothing to all.
func readAccess(r *request.Request, size int64) response {
	return response{
		upper: size, // none is unbounded
		start: accesslog.None, planned: accesslog.None, access: true, aborted: r.Finished == accesslog.FinishedNo,
	}
}
