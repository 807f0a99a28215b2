package accesslog

// Detection is what a sample of a source showed.
type Detection struct {
	Reading Reading
	Lines   int            // lines of the sample that are neither blank nor comments
	Parsed  int            // of them, read by the reading
	Formats map[string]int // lines read, by format
}

// detectLines is how many lines of a sample are tried.
const detectLines = 2000

// Detect finds how a source is read, from the begin of its stream. A family is
// taken if it reads at least a tenth of the lines: the syntaxes of the table
// are so strict that a text of another kind does not read at all, and a log
// that starts with rubbish is still a log. The sample's last line may be cut.
func Detect(sample []byte) Detection {
	d := detectFamily(sample, familyCLF)
	if d.Parsed == 0 || d.Parsed*10 < d.Lines {
		d.Reading = Reading{}
	}
	return d
}

func detectFamily(sample []byte, f family) Detection {
	d := Detection{Formats: map[string]int{}}
	for _, format := range formats {
		if format.family == f {
			d.Reading.Formats = append(d.Reading.Formats, format)
		}
	}
	parser := f.newParser(d.Reading)
	lines := NewLines(sample)
	var r Record
	for d.Lines < detectLines {
		line, ok := lines.Next()
		if !ok {
			break
		}
		text := SkipNUL(line.Text)
		if Blank(text) || Comment(text) {
			continue
		}
		d.Lines++
		if len(text) > MaxLine || parser.Parse(text, &r) != ReasonNone {
			continue
		}
		d.Parsed++
		if r.Flags&FlagCutOff == 0 || d.Reading.Main == nil {
			d.Formats[r.Format.Name]++
		}
		if d.Reading.Main == nil || d.Formats[r.Format.Name] > d.Formats[d.Reading.Main.Name] {
			d.Reading.Main = r.Format
		}
	}
	return d
}
