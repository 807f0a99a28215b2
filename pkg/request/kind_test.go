package request

import "testing"

// TestKindOfTransfer: the words of file services are believed only with the
// codes that their formats give. Any client may send them to a web server.
func TestKindOfTransfer(t *testing.T) {
	for _, c := range []struct {
		method string
		status int16
		want   Kind
	}{
		{"RETR", 226, KindContent}, {"RETR", 250, KindContent}, {"RETR", 426, KindContent}, {"RETR", 451, KindContent},
		{"RETR", 530, KindDenied}, {"RETR", 550, KindMissing},
		{"RETR", 200, KindNoContent}, {"RETR", 206, KindNoContent}, {"RETR", 304, KindNotModified}, {"RETR", 301, KindRedirect},
		{"RETR", 405, KindError}, {"RETR", 400, KindError}, {"RETR", 404, KindMissing}, {"RETR", 403, KindDenied},
		{"RETR", 501, KindError}, {"RETR", 0, KindError},
		{"READ", 0, KindContent}, {"READ", 530, KindDenied}, {"READ", 550, KindMissing},
		{"READ", 200, KindNoContent}, {"READ", 206, KindNoContent}, {"READ", 226, KindNoContent}, {"READ", 405, KindError},
		{"READ", 404, KindMissing}, {"READ", 500, KindError},
		{"STOR", 226, KindNoContent}, {"LIST", 0, KindNoContent}, {"DELE", 250, KindNoContent},
		{"GET", 226, KindNoContent}, {"GET", 451, KindDenied}, {"GET", 0, KindError},
	} {
		if got := KindOf([]byte(c.method), c.status, false, 1000); got != c.want {
			t.Errorf("%s %d: %v, want %v", c.method, c.status, got, c.want)
		}
	}
}
