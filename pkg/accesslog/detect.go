package accesslog

import (
	"cmp"
	"slices"
)

// Detection is what a sample of a source showed.
type Detection struct {
	Reading    Reading     // how the source is read; unknown if no candidate is good enough
	Candidates []Candidate // every reading that reads at least one line, the best first
	Lines      int         // lines of the sample that are neither blank nor comments
	UTF16      bool        // the sample looks like UTF-16, which is not read
}

// Best is the candidate that reads most lines; without any it is empty.
func (d Detection) Best() Candidate {
	if len(d.Candidates) == 0 {
		return Candidate{Lines: d.Lines}
	}
	return d.Candidates[0]
}

// Candidate is one way to read a source.
type Candidate struct {
	Reading Reading
	Lines   int            // lines tried
	Parsed  int            // of them, read, headers included
	Cut     int            // of them, records of lines that are cut off
	Formats map[string]int // records, by format
}

// score ranks candidates. A shorter format's whole lines may be the begins of
// a longer one's, so a line that is read as cut off says a tenth of what one
// says that is read whole.
func (c Candidate) score() int { return 10*(c.Parsed-c.Cut) + c.Cut }

// detectLines is how many lines of a sample are tried.
const detectLines = 2000

// Detect finds how a source is read, from the begin of its stream. Every family
// of the table is tried, and before them the formats given (those of a server's
// configuration, told apart line by line), each bare and inside each wrapper. The reading that reads
// most lines is taken, a cut-off line counted as a tenth; of equals the one that
// stands first in the table. It must read at least a tenth of the lines: the
// syntaxes are so strict that a text of another kind does not read at all, and a
// log that starts with rubbish is still a log. The sample's last line may be cut.
func Detect(sample []byte, given ...*Format) Detection {
	d := Detection{UTF16: looksUTF16(sample)}
	for _, r := range readings(sample, given) {
		c := try(sample, r)
		d.Lines = max(d.Lines, c.Lines)
		if c.Parsed > 0 && c.Reading.Known() {
			d.Candidates = append(d.Candidates, c)
		}
	}
	slices.SortStableFunc(d.Candidates, func(a, b Candidate) int { return cmp.Compare(b.score(), a.score()) })
	if len(d.Candidates) > 0 && d.Candidates[0].Parsed*10 >= d.Candidates[0].Lines {
		d.Reading = d.Candidates[0].Reading
	}
	return d
}

// looksUTF16 says whether a sample starts with the byte order mark of UTF-16
// (RFC 2781, section 3.2), or is ASCII text with a NUL before or behind each
// character.
func looksUTF16(sample []byte) bool {
	if len(sample) < 2 {
		return false
	}
	if mark := string(sample[:2]); mark == "\xff\xfe" || mark == "\xfe\xff" {
		return true
	}
	begin := sample[:min(len(sample), 512)&^1]
	var nul [2]int
	for i, c := range begin {
		nul[i&1] += b2i(c == 0)
	}
	half := len(begin) / 2
	return half >= 8 && (nul[0] == half && nul[1] == 0 || nul[1] == half && nul[0] == 0)
}

// readings lists what is tried, in the order of trust: a wrapper that is around
// the lines says more about them than a format that reads them bare, but not
// more than a server's configuration.
func readings(sample []byte, given []*Format) []Reading {
	var bare []Reading
	if len(given) > 0 {
		bare = append(bare, Reading{Formats: given, Main: given[0]})
	}
	own := len(bare)
	done := map[string]bool{}
	for _, e := range table {
		if family := e.format.family(); !done[family] {
			done[family] = true
			bare = append(bare, Reading{Formats: formatsOf(family), Main: e.format})
		}
	}
	all := bare[:own:own]
	for _, w := range wrappers {
		if !peelable(sample, w) {
			continue
		}
		for _, r := range bare {
			r.Wrapper = w
			all = append(all, r)
		}
	}
	return append(all, bare[own:]...)
}

func formatsOf(family string) []*Format {
	var list []*Format
	for _, e := range table {
		if e.format.family() == family {
			list = append(list, e.format)
		}
	}
	return list
}

// try reads a sample in one way. The main format becomes the most frequent.
func try(sample []byte, reading Reading) Candidate {
	c := Candidate{Reading: reading, Formats: map[string]int{}}
	parser := reading.NewParser()
	director, directed := parser.(Director)
	lines := NewLines(sample)
	var main *Format
	var r Record
	shown := 0 // records that can be of no other format, less those that can
	for c.Lines < detectLines {
		line, ok := lines.Next()
		if !ok {
			break
		}
		text := SkipNUL(SkipMark(line.Text))
		if Blank(text) {
			continue
		}
		if Comment(text) {
			if directed {
				director.Directive(text)
			}
			continue
		}
		c.Lines++
		if len(text) > MaxLine {
			continue
		}
		switch parser.Parse(text, &r) {
		case ReasonHeader:
			c.Parsed++
			continue
		case ReasonNone:
		default:
			continue
		}
		c.Parsed++
		if r.Format.shows == nil || r.Format.shows(&r) {
			shown++
		} else {
			shown--
		}
		if r.Flags&FlagCutOff != 0 {
			c.Cut++
		}
		if r.Flags&FlagCutOff == 0 || main == nil {
			c.Formats[r.Format.Name]++
		}
		if main == nil || c.Formats[r.Format.Name] > c.Formats[main.Name] {
			main = r.Format
		}
	}
	if main == nil && c.Parsed == 0 || shown < 0 {
		c.Reading.Main = nil
	} else if main != nil {
		c.Reading.Main = main
		c.Reading.Rare = c.rare()
	}
	return c
}

// rare lists the formats beside the main one of which the sample has fewer
// than three whole lines, or fewer than one in a hundred of the lines read.
func (c Candidate) rare() []*Format {
	var list []*Format
	for _, f := range c.Reading.Formats {
		if n := c.Formats[f.Name]; f != c.Reading.Main && (n < 3 || n*100 < c.Parsed) {
			list = append(list, f)
		}
	}
	return list
}
