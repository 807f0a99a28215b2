package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/logrecount/recount/pkg/download"
)

// Traced is what leads from numbers to lines, as plain values. Texts may hold
// what a log holds. What is not known is null in JSON and nil here.
type Traced struct {
	Case        string            `json:"case"`
	Seal        string            `json:"seal_sha256"` // of the case's SHA256SUMS
	Tool        string            `json:"tool"`
	Sources     []TracedSource    `json:"sources"`
	Downloads   []TracedDownload  `json:"downloads"`
	Directories []TracedDirectory `json:"directories"`
	Left        TracedLeft        `json:"left_out"`
	Limits      string            `json:"limits"`
}

// TracedLeft is what the limit left out, beside what the downloads say.
type TracedLeft struct {
	Downloads   int64 `json:"downloads"`
	Directories int64 `json:"directories"`
	Lines       int64 `json:"lines"`
}

// TracedSource is a source that lines stand in.
type TracedSource struct {
	Source       int32  `json:"source"`
	Path         string `json:"path"`
	SHA256       string `json:"sha256"` // as stored
	StreamSHA256 string `json:"stream_sha256"`
	Archive      string `json:"archive,omitempty"` // that it is a member of
	ArchiveSHA   string `json:"archive_sha256,omitempty"`
	File         string `json:"file,omitempty"` // that was read
	Moved        bool   `json:"moved"`          // it was found by its hash, not at its path
	Right        bool   `json:"hashes_right"`
	Unread       string `json:"unread,omitempty"` // why not
	Damage       string `json:"damage,omitempty"` // as the case has it
}

// TracedBytes is a range of bytes, as HTTP counts them: both ends included.
type TracedBytes struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
}

// TracedDownload is a download of the case, and its lines.
type TracedDownload struct {
	Client       string        `json:"client"`
	Recording    string        `json:"recording"`
	Completeness string        `json:"completeness"`
	Basis        string        `json:"basis"`
	Size         *int64        `json:"size"`
	SizeFrom     string        `json:"size_from"`
	Lower        int64         `json:"bytes_lower"`
	Upper        *int64        `json:"bytes_upper"`
	Proven       []TracedBytes `json:"proven"`  // at known places
	Reached      []TracedBytes `json:"reached"` // at known places, at most
	Requests     int64         `json:"requests"`
	Content      int64         `json:"content_requests"`
	Sessions     int           `json:"sessions"`
	UserAgents   int64         `json:"user_agents"`
	Transfers    int64         `json:"transfers"`
	EarlierCopy  bool          `json:"earlier_copy"`
	FirstSeen    string        `json:"first_seen"`
	LastSeen     string        `json:"last_seen"`
	TracedLines
}

// TracedDirectory is a directory page that was shown to a client, and its lines.
type TracedDirectory struct {
	Client    string `json:"client"`
	Directory string `json:"directory"`
	Requests  int64  `json:"requests"`
	Names     *int64 `json:"names_exposed"`
	FirstSeen string `json:"first_seen"`
	LastSeen  string `json:"last_seen"`
	TracedLines
}

// TracedLines are the lines of a download or a directory.
type TracedLines struct {
	Lines   []TracedLine `json:"lines"`
	Left    int64        `json:"lines_left_out"`
	Differs []string     `json:"differs"` // what its requests give otherwise than the case

	Unchecked string `json:"unchecked,omitempty"` // why that could not be compared in all
}

// TracedLine is a request and its line.
type TracedLine struct {
	Source int32   `json:"source"`
	Path   string  `json:"path"`
	Line   int64   `json:"line"`
	Offset int64   `json:"offset"` // in the decompressed source
	Length *int64  `json:"length"` // of the line in bytes
	Text   *string `json:"text"`   // null: it could not be read; bytes that are not UTF-8 as \xHH
	Base64 string  `json:"base64,omitempty"`
	Shown  int64   `json:"shown"` // bytes of the line that Text has
	Time   string  `json:"time"`
	Kind   string  `json:"kind"`
	Status *int64  `json:"status"`

	Session      int          `json:"session,omitempty"` // 0: no content
	Start        *int64       `json:"start"`
	Lower        int64        `json:"bytes_lower"`
	Upper        *int64       `json:"bytes_upper"`
	Proven       *TracedBytes `json:"proven"`
	Completeness string       `json:"completeness_alone"`
	Basis        string       `json:"basis_alone"`
	Why          []string     `json:"why"`
}

// TraceLimits is what no line can show.
const TraceLimits = download.Limits

// Trace draws what leads from numbers to lines, for a terminal of that width.
func Trace(w io.Writer, t *Traced, width int) error {
	return terminalSections(w, tracedSections(t), width)
}

// TraceMarkdown writes the same as Markdown.
func TraceMarkdown(w io.Writer, t *Traced) error {
	var b bytes.Buffer
	b.WriteString("# From numbers to lines\n")
	markdownSections(&b, tracedSections(t))
	_, err := b.WriteTo(w)
	return err
}

func tracedSections(t *Traced) []section {
	all := []section{{"Case and sources", tracedSources(t)}}
	for i := range t.Downloads {
		d := &t.Downloads[i]
		all = append(all, section{fmt.Sprintf("Download %d of %d", i+1, int64(len(t.Downloads))+t.Left.Downloads), tracedDownload(d)})
	}
	for i := range t.Directories {
		d := &t.Directories[i]
		all = append(all, section{fmt.Sprintf("Directory page %d of %d", i+1, int64(len(t.Directories))+t.Left.Directories), tracedDirectory(d)})
	}
	return append(all, section{"What the words prove", tracedWords(t)})
}

func tracedSources(t *Traced) []block {
	out := []block{
		pairs{{"case", foreign(t.Case)}, {"made by", foreign(t.Tool)}, {"SHA-256 of its SHA256SUMS", own(t.Seal)}},
	}
	read, unread := 0, 0
	for _, s := range t.Sources {
		if s.Right {
			read++
		} else {
			unread++
		}
	}
	switch {
	case unread == 0:
		out = append(out, paragraph{own("Each source was read from its start to its end, and its hashes were found to be those of the case, before any of its lines was shown.")})
	case read == 0:
		out = append(out, paragraph{own("No source of these lines could be read again. What is shown is what the case has of them.")})
	default:
		out = append(out, paragraph{own("Each source that is shown as right was read from its start to its end, and its hashes were found to be those of the case, before any of its lines was shown. Of the others is shown what the case has of their lines.")})
	}
	for _, s := range t.Sources {
		state := own("right")
		if !s.Right {
			state = foreign("not traced: " + s.Unread)
		}
		file := text{}
		if s.Right {
			file = foreign(s.File)
			if s.Moved {
				file.s += " (not at its path; found by its hash)"
			}
		}
		p := pairs{{"hashes", state}, {"read from", file}}
		if s.Archive != "" {
			p = append(p, pair{"in archive", foreign(s.Archive)}, pair{"SHA-256 of that", own(s.ArchiveSHA)})
		}
		p = append(p, pair{"SHA-256", own(s.SHA256)})
		if s.StreamSHA256 != s.SHA256 {
			p = append(p, pair{"unpacked", own(s.StreamSHA256)})
		}
		if s.Damage != "" {
			p = append(p, pair{"damage", foreign(s.Damage)})
		}
		out = append(out, heading{foreign(fmt.Sprintf("Source %d: %s", s.Source, s.Path))}, p)
	}
	if n := t.Left; n.Lines > 0 {
		out = append(out, paragraph{own(fmt.Sprintf("Not shown, because of the limit: %s in all, and with them %s and %s altogether.",
			plural(n.Lines, "line", "lines"), plural(n.Downloads, "download", "downloads"), plural(n.Directories, "directory page", "directory pages")))})
	}
	return out
}

func tracedDownload(d *TracedDownload) []block {
	grade, _ := download.GradeWords(d.Completeness)
	basis, _ := download.BasisWords(d.Basis)
	p := pairs{
		{"client", nameText(d.Client)},
		{"recording", nameText(d.Recording)},
		{"completeness", own(d.Completeness + ": " + grade.Means)},
		{"rests on", own(d.Basis + ": " + basis.Means)},
		{"size", own(sizeText(d))},
		{"handed over", own(bounds(d.Lower, d.Upper))},
	}
	if d.Content > 0 {
		p = append(p, pair{"proven", own(placesText(d.Proven))})
		if !slices.Equal(d.Proven, d.Reached) {
			p = append(p, pair{"perhaps", own(placesText(d.Reached))})
		}
	}
	p = append(p, pair{"requests", own(requestsText(d))}, pair{"seen", foreign(span(d.FirstSeen, d.LastSeen))})
	if d.Transfers > 1 {
		p = append(p, pair{"transfers", own(fmt.Sprintf("every byte was handed over %d times at least", d.Transfers))})
	}
	if d.EarlierCopy {
		p = append(p, pair{"earlier copy", own("a response shows that the client held something of it before")})
	}
	return append([]block{p}, tracedLines(&d.TracedLines)...)
}

func tracedDirectory(d *TracedDirectory) []block {
	p := pairs{
		{"client", nameText(d.Client)},
		{"directory", nameText(d.Directory)},
		{"shown", own(plural(d.Requests, "time", "times"))},
		{"seen", foreign(span(d.FirstSeen, d.LastSeen))},
	}
	if d.Names != nil {
		p = append(p, pair{"names", own(fmt.Sprintf("%d in it by the inventory; the log does not show what the page held", *d.Names))})
	}
	return append([]block{p}, tracedLines(&d.TracedLines)...)
}

func tracedLines(l *TracedLines) []block {
	var out []block
	for _, d := range l.Differs {
		out = append(out, paragraph{foreign("DOES NOT AGREE: " + d + ".")})
	}
	if l.Unchecked != "" {
		out = append(out, paragraph{own("Not all could be checked: " + l.Unchecked + ".")})
	}
	for i := range l.Lines {
		out = append(out, tracedLine(&l.Lines[i])...)
	}
	if l.Left > 0 {
		out = append(out, paragraph{own(fmt.Sprintf("%s more, not shown because of the limit; what stands above is of all.", plural(l.Left, "line", "lines")))})
	}
	return out
}

func tracedLine(l *TracedLine) []block {
	out := []block{heading{foreign(fmt.Sprintf("%s, line %d, at byte %d", l.Path, l.Line, l.Offset))}}
	length := text{}
	if l.Text != nil {
		out = append(out, quote{*l.Text})
		if l.Shown < *l.Length {
			length = own(fmt.Sprintf("the line has %d bytes, of which the first %d are shown", *l.Length, l.Shown))
		}
	} else {
		length = own("not read again, see the source above")
	}
	p := pairs{{"line", length}, {"time", foreign(l.Time)}, {"answer", own(answerText(l))}}
	if l.Session > 0 {
		p = append(p,
			pair{"adds", own(addsText(l))},
			pair{"alone", own(l.Completeness + " (" + l.Basis + ")")})
	}
	return append(out, append(p, pair{"why", own(strings.Join(l.Why, " "))}))
}

// tracedWords explains the grades and the bases that occur.
func tracedWords(t *Traced) []block {
	grades, bases := map[string]bool{}, map[string]bool{}
	for _, d := range t.Downloads {
		grades[d.Completeness], bases[d.Basis] = true, true
	}
	var out []block
	for _, list := range []struct {
		words []download.Wording
		used  map[string]bool
	}{{download.Grades(), grades}, {download.Bases(), bases}} {
		for _, w := range list.words {
			if list.used[w.Name] {
				out = append(out, wordBlocks(w)...)
			}
		}
	}
	return append(out, paragraph{own(download.Limits + " 'recount help completeness' has all words.")})
}
