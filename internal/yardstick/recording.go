package yardstick

// A recording is 8 kHz, 8 bit sound: about 1 MiB for the usual call of two
// minutes.
const (
	wavHeader         = 44
	wavBytesPerSecond = 8000
)

// recording is one file of the made-up server, computed from its number.
type recording struct {
	second int64 // local time of the call, seconds since 1970
	phone  int64 // 0: none in the name
	id     int64
	size   int64
	year   int64 // of second
	month  int64
}

const (
	firstCall = 1356998400 // 2013-01-01
	lastCall  = 1545091200 // 2018-12-18
)

// recordingAt gives recording i of total; a higher number is a later call.
func recordingAt(seed uint64, i, total int64) recording {
	r := random{state: seed ^ uint64(i)*0x9e3779b97f4a7c15}
	step := (lastCall - firstCall) / total
	rec := recording{
		second: firstCall + i*step + r.below(max(1, step)),
		id:     1000000 + i,
		size:   wavHeader + wavBytesPerSecond*(20+r.below(200)) + 2*r.below(4000),
	}
	if r.below(50) == 0 { // as in the incident: one name in fifty holds a number
		rec.phone = 46701740605 + r.below(95) // a series that is given to nobody
	}
	rec.year, rec.month, _ = civil(rec.second)
	return rec
}

func (r recording) appendFolder(b []byte) []byte {
	b = append(b, "/medicall/"...)
	b = appendInt(b, r.year)
	b = append(b, '/')
	b = append2(b, r.month)
	return append(b, '/')
}

// appendPath appends a path such as
// /medicall/2018/03/20180314-091522_1177_46701740605_in-8812734.wav.
func (r recording) appendPath(b []byte) []byte {
	b = r.appendFolder(b)
	_, _, day := civil(r.second)
	b = appendInt(b, r.year)
	b = append2(b, r.month)
	b = append2(b, day)
	b = append(b, '-')
	b = append2(b, r.second/3600%24)
	b = append2(b, r.second/60%60)
	b = append2(b, r.second%60)
	b = append(b, "_1177_"...)
	if r.phone != 0 {
		b = appendInt(b, r.phone)
		b = append(b, '_')
	}
	b = append(b, "in-"...)
	b = appendInt(b, r.id)
	return append(b, ".wav"...)
}

// civil gives the date of a second since 1970, for years after 1970 (the
// algorithm is Howard Hinnant's days-to-civil).
func civil(second int64) (year, month, day int64) {
	z := second/86400 + 719468
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	month = mp + 3
	if month > 12 {
		month -= 12
	}
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

func append2(b []byte, n int64) []byte {
	return append(b, byte('0'+n/10), byte('0'+n%10))
}
