package accesslog

// step is a step of the quick reading: mostly a field and the text behind it. What
// every line needs stands first, in one line of the processor's cache.
type step struct {
	next   *step      // nil: the line ends
	want   uint64     // the text behind it, at most 8 bytes
	mask   uint64     // of its bytes
	n      int        // how many they are
	seps   uint64     // what ends a word, if that is a space, a quote, a backslash or one more byte: that eight times
	stops  *[256]bool // what ends a word
	op     stepOp
	role   role // of the field
	take   role // what readQuick does with its text; roleOther: set does it
	empty  bool // it may be
	check  bool // that the field allows its text
	unlike bool // as compiled.unlike
	wary   bool // an empty text may be the second quote of an empty user
	opens  bool // it is the first of its segment, and looks for the segment's stop
	field  *field

	then  *step // of stepHead and others that stand for several: the last of them
	scale int64 // of a number, to microseconds
	most  int64 // the largest number that it may be multiplied with
	width int   // of stepHead: of the time

	// Of a text that is searched.
	quoted bool // the segment's stop is a quote, not the line's end
	user   bool // a user stands in the segment
	ends   bool // it is the last of its segment
	sep    byte // the first byte of the text behind it
	avoid  byte // if it holds this, the line is read with care; 0: no byte
	mark   byte // a byte of the text behind it
	marks  int  // how many of it must stand behind that text in the segment; -1: any number
	at     int  // where the segment's stop is, from the end of its last field
}

// roleOther is for texts that set takes.
const roleOther role = 255

type stepOp uint8

const (
	stepWord       stepOp = iota // a word
	stepText                     // a text in a segment, up to the first byte that could end it
	stepInWord                   // the begin of a word, the same
	stepQuoted                   // a text up to a quote
	stepQuotedDash               // the same; nearly always "-"
	stepStop                     // a text up to the stop of its segment
	stepRest                     // a text up to the line's end
	stepWidth                    // a text before fields of fixed width and a stop
	stepShape                    // what ends by itself otherwise
	stepLiteral                  // the rest of a text of more than 8 bytes
	stepHead                     // a client, "-" for ident and user, a time: nearly always; else the steps behind it read them
	stepDashes                   // "-" for ident and user, the same
	stepMethod                   // a word; nearly always GET
	stepProtocol                 // a word; nearly always HTTP/1.1
	stepStatusSize               // a status, a space and a size: nearly always; else the steps behind it read them
	stepStatus                   // three digits, or "-"
	stepNumber                   // digits, or "-"
	stepDecimal                  // digits, a point and up to six digits, or "-"
	stepSign                     // one byte of stops
	stepTime                     // a time of the common log format
	stepPieces                   // a time of pieces that stand together
	stepPath                     // a path that the server decoded, up to the first byte that could end it
)
