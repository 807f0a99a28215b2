package request

import (
	"testing"

	"github.com/logrecount/recount/pkg/accesslog"
)

// record is one with a target, of a format of the table. No method: none was
// logged.
func record(format, method string, status int16, bytes int64) *accesslog.Record {
	var r accesslog.Record
	r.Reset()
	r.Format, _ = accesslog.FormatByName(format)
	r.Target, r.Status, r.Bytes = []byte("/a.mp3"), status, bytes
	if method != "" {
		r.Method = []byte(method)
	}
	return &r
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		method string
		status int16
		dir    bool
		bytes  int64
		want   Kind
	}{
		{"GET", 200, false, 1000, KindContent}, {"GET", 203, false, 1000, KindContent}, {"GET", 206, false, 1000, KindContent},
		{"POST", 200, false, 1000, KindContent}, {"GET", 200, false, accesslog.None, KindContent}, {"GET", 206, false, accesslog.None, KindContent},
		{"GET", 206, false, 2, KindProbe}, {"GET", 206, false, 0, KindProbe}, {"GET", 206, false, 3, KindContent}, {"GET", 200, false, 2, KindContent},
		{"HEAD", 200, false, 1000, KindHead}, {"HEAD", 404, false, 0, KindHead}, {"HEAD", 304, false, 0, KindHead}, {"HEAD", 200, true, 0, KindHead},
		{"GET", 200, true, 1000, KindListing}, {"POST", 203, true, 1000, KindListing}, {"GET", 404, true, 1000, KindMissing}, {"PROPFIND", 207, true, 9, KindNoContent},
		{"OPTIONS", 200, false, 0, KindNoContent}, {"PUT", 200, false, 9, KindNoContent}, {"DELETE", 200, false, 9, KindNoContent}, {"get", 200, false, 9, KindNoContent},
		{"GET", 201, false, 9, KindNoContent}, {"GET", 204, false, 9, KindNoContent}, {"GET", 299, false, 9, KindNoContent},
		{"GET", 304, false, 0, KindNotModified}, {"GET", 300, false, 9, KindRedirect}, {"GET", 301, false, 9, KindRedirect}, {"GET", 308, false, 9, KindRedirect}, {"GET", 399, false, 9, KindRedirect},
		{"GET", 401, false, 9, KindDenied}, {"GET", 403, false, 9, KindDenied}, {"GET", 407, false, 9, KindDenied}, {"GET", 451, false, 9, KindDenied},
		{"GET", 404, false, 9, KindMissing}, {"GET", 410, false, 9, KindMissing},
		{"GET", 400, false, 9, KindError}, {"GET", 416, false, 9, KindError}, {"GET", 499, false, 9, KindError}, {"GET", 500, false, 9, KindError},
		{"GET", 0, false, 9, KindError}, {"GET", 100, false, 9, KindError}, {"GET", 199, false, 9, KindError}, {"GET", 999, false, 9, KindError}, {"GET", -1, false, 9, KindError},
	} {
		if got := KindOf(record("nginx_json", c.method, c.status, c.bytes), c.dir); got != c.want {
			t.Errorf("%s %d, directory %v, %d bytes: %v, want %v", c.method, c.status, c.dir, c.bytes, got, c.want)
		}
	}
}

// TestKindOfUnknownMethod: where no method was logged, an answer with content
// counts as one, and is marked.
func TestKindOfUnknownMethod(t *testing.T) {
	for _, c := range []struct {
		status int16
		dir    bool
		bytes  int64
		want   Kind
	}{
		{200, false, 1000, KindContent}, {203, false, 1000, KindContent}, {206, false, 1000, KindContent}, {200, false, 0, KindContent}, {200, false, accesslog.None, KindContent},
		{206, false, 2, KindProbe}, {206, false, accesslog.None, KindContent}, {200, true, 1000, KindListing},
		{204, false, 0, KindNoContent}, {304, false, 0, KindNotModified}, {301, false, 9, KindRedirect}, {403, false, 9, KindDenied}, {404, false, 9, KindMissing}, {500, false, 9, KindError}, {0, false, 9, KindError},
	} {
		r := record("nginx_json", "", c.status, c.bytes)
		if got := KindOf(r, c.dir); got != c.want || !r.MethodUnknown() {
			t.Errorf("%d, directory %v, %d bytes: %v, unknown %v; want %v", c.status, c.dir, c.bytes, got, r.MethodUnknown(), c.want)
		}
	}
	if record("nginx_json", "GET", 200, 5).MethodUnknown() || record("qnap", "", 0, accesslog.None).MethodUnknown() {
		t.Error("a method that is known, or that a file service has not")
	}
	if r := record("nginx_json", "", 400, 5); true {
		if r.Target = nil; r.MethodUnknown() {
			t.Error("no request was read: there is no method to know")
		}
	}
}

// TestKindOfTransfer: the words of file services are believed only in their
// formats, and with the codes that these give.
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
		{"STOR", 226, KindNoContent}, {"WRITE", 0, KindNoContent}, {"LIST", 0, KindNoContent}, {"DELE", 250, KindNoContent},
		{"GET", 226, KindNoContent}, {"GET", 451, KindDenied}, {"GET", 0, KindError},
	} {
		for _, format := range []string{"xferlog", "iis_ftp", "iis_native_ftp", "synology", "qnap", "truenas_audit"} {
			if got := KindOf(record(format, c.method, c.status, 1000), false); got != c.want {
				t.Errorf("%s: %s %d: %v, want %v", format, c.method, c.status, got, c.want)
			}
		}
	}
}

// TestKindOfWordsInHTTP: to a web server any client may send the words of file
// services as its method. They never are content there, whatever the status.
func TestKindOfWordsInHTTP(t *testing.T) {
	services := 0
	for _, format := range accesslog.Formats() {
		if format.FileService {
			services++
			continue
		}
		for _, method := range []string{"RETR", "READ", "STOR", "WRITE", "DELE", "RENAME", "MKD", "LIST", "[12]sent"} {
			for status := range int16(600) {
				got, put := KindOf(record(format.Name, method, status, 1000), false), KindOf(record(format.Name, "PUT", status, 1000), false)
				if got == KindContent || got == KindProbe || got == KindListing || got != put {
					t.Fatalf("%s: %s %d: %v, PUT %v", format.Name, method, status, got, put)
				}
			}
		}
	}
	if services < 9 {
		t.Errorf("only %d formats are of file services", services)
	}
}
