package accesslog

import (
	"fmt"
	"testing"
)

// TestContentRange: RFC 9110, section 14.4, its examples among them.
func TestContentRange(t *testing.T) {
	test := func(text, want string) {
		t.Helper()
		first, last, total, ok := parseContentRange([]byte(text))
		got := fmt.Sprintf("%d-%d/%d", first, last, total)
		if !ok {
			got = "none"
			if first != None || last != None || total != None {
				t.Errorf("%q: %d-%d/%d of an invalid one", text, first, last, total)
			}
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	test("bytes 42-1233/1234", "42-1233/1234")
	test("bytes 42-1233/*", "42-1233/-1")
	test("bytes */1234", "-1--1/1234")
	test("bytes 0-499/1234", "0-499/1234")
	test("bytes 734-1233/1234", "734-1233/1234")
	test("bytes 0-0/1", "0-0/1")
	test("bytes */0", "-1--1/0")
	test("Bytes 0-499/1234", "0-499/1234") // the unit is of either case: section 14.1
	test("bytes+0-499/1234", "0-499/1234") // as IIS logs it
	test("bytes 0-9223372036854775806/9223372036854775807", "0-9223372036854775806/9223372036854775807")

	for _, bad := range []string{
		"", "bytes", "bytes ", "bytes=0-499/1234", "bytes\t0-499/1234", "bytes  0-499/1234", "byte 0-499/1234", "items 0-4/9", "0-499/1234",
		"bytes 0-499", "bytes 0-499/", "bytes /1234", "bytes 0-/1234", "bytes -499/1234", "bytes 0/1234", "bytes -/1234", "bytes 500-499/1234",
		"bytes 0-1234/1234", "bytes 0-1234/1000", "bytes 0-0/0", // the end must lie before the total
		"bytes 0-499/-", "bytes 0-499/x", "bytes 0-499/1234x", "bytes x-499/1234", "bytes 0-4 99/1234", "bytes 0-499 /1234", "bytes 0-499/ 1234", "bytes +0-499/1234",
		"bytes */*", "bytes *", "bytes */", "bytes **/9", "bytes 0-1,5-6/9", "bytes 0-1/9/9", "bytes 0-1/9, bytes 3-4/9",
		"bytes 0-499/9223372036854775808", "bytes 0-9223372036854775808/*",
	} {
		test(bad, "none")
	}
}

// TestRequestRange: RFC 9110, section 14.1.2 and 14.2, its examples among them.
// A range that has no place in the file without its size, and several ranges,
// are none.
func TestRequestRange(t *testing.T) {
	test := func(text, want string) {
		t.Helper()
		first, last, ok := parseRequestRange([]byte(text))
		got := fmt.Sprintf("%d-%d", first, last)
		if !ok {
			got = "none"
			if first != None || last != None {
				t.Errorf("%q: %d-%d of none", text, first, last)
			}
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	test("bytes=0-499", "0-499")
	test("bytes=500-999", "500-999")
	test("bytes=9500-", "9500--1")
	test("bytes=0-", "0--1")
	test("bytes=0-0", "0-0")
	test("BYTES=5-6", "5-6") // section 14.1

	for _, none := range []string{
		"bytes=-500", "bytes=-0", // from the end
		"bytes=0-0,-1", "bytes= 0-999, 4500-5499, -1000", "bytes=500-600,601-999", "bytes=500-700,601-999", "bytes=0-499,", "bytes=,0-499", // several
		"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=5-4", "bytes=0x5-6", "bytes=5-6x", "bytes=5--6", "bytes=5-6-7", "bytes=+5-6", "bytes=a-b", "bytes= 5-6", "bytes=5 -6",
		"bytes 5-6", "bytes:5-6", "5-6", "lines=5-6", "bytesx=5-6", "bytes=5-9223372036854775808", "bytes=9223372036854775808-", "bytes==5-6",
	} {
		test(none, "none")
	}
}

// TestPlaceBody: Content-Range before Range, and only for 206 and 416.
func TestPlaceBody(t *testing.T) {
	test := func(status int16, content, request, want string) {
		t.Helper()
		var r Record
		r.Reset()
		r.Status = status
		placeBody(&r, []byte(content), []byte(request))
		if got := fmt.Sprintf("%d-%d/%d %s", r.RangeStart, r.RangeEnd, r.ObjectSize, r.RangeFrom); got != want {
			t.Errorf("%d %q %q: %s, want %s", status, content, request, got, want)
		}
		if (r.ObjectSize == None) != (r.SizeFrom == TotalNone) {
			t.Errorf("%d %q: size %d from %d", status, content, r.ObjectSize, r.SizeFrom)
		}
	}
	const none = "-1--1/-1 "
	test(206, "", "", none)
	test(206, "bytes 0-499/1234", "bytes=0-", "0-499/1234 content_range")
	test(206, "bytes 0-499/*", "", "0-499/-1 content_range")
	test(206, "", "bytes=0-499", "0-499/-1 request_range")
	test(206, "", "bytes=500-", "500--1/-1 request_range")
	test(206, "bytes 5-4/9", "bytes=1-2", "1-2/-1 request_range")
	test(206, "bytes 0-9/9", "", none)
	test(206, "items 0-1/9", "bytes=-500", none)
	test(206, "", "bytes=0-1,5-6", none)
	test(200, "bytes 0-499/1234", "bytes=0-499", none)
	test(404, "bytes */1234", "bytes=0-499", none)
	test(416, "bytes */1234", "bytes=1234-", "1234--1/1234 request_range")
	test(416, "bytes */1234", "", "-1--1/1234 ")
	test(416, "bytes */*", "", none)
}
