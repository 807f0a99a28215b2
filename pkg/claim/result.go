package claim

// Result is what became of one claim, as plain values. Texts may hold what a log
// holds, and what the user wrote.
type Result struct {
	ID         string   `json:"id"`
	Text       string   `json:"text"`
	Source     string   `json:"source"`
	Date       string   `json:"date"`
	Figures    []Stated `json:"figures"`
	Relation   string   `json:"relation"`
	Measure    string   `json:"measure"`
	Unit       string   `json:"unit"`
	Population string   `json:"population"`
	Period     *Times   `json:"period"` // null: all of the logs
	Subject    string   `json:"subject,omitempty"`
	Duration   string   `json:"duration,omitempty"`

	Verdicts    []Verdict       `json:"verdicts"` // one per standard
	Coverage    Coverage        `json:"coverage"`
	Matrix      []Cell          `json:"matrix"`
	Examples    []FigureExample `json:"counter_examples"`
	Exclusions  []Excluded      `json:"exclusions"`
	Alone       []Alone         `json:"matches_alone"`
	AloneCount  int64           `json:"parts_counted"` // sources, labels and days that were counted alone
	Profiles    []ProfileCount  `json:"profiles"`
	Assumptions []Assumed       `json:"assumptions"`
	Proxies     []string        `json:"proxies"` // clients that stand for several
	Notes       []string        `json:"notes"`
	Paragraph   []string        `json:"paragraph"` // sentences, to be shown together
}

// Stated is one figure as it was stated.
type Stated struct {
	Quantity string `json:"quantity"`
	N        int64  `json:"n"`
}

// Times is a period, RFC 3339 in UTC, To exclusive.
type Times struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Verdict is what became of a claim at one standard.
type Verdict struct {
	Standard string          `json:"standard"`
	Outcome  string          `json:"outcome"`
	Figures  []FigureVerdict `json:"figures"`
}

// FigureVerdict is what became of one figure. Upper is null where no bound is
// known.
type FigureVerdict struct {
	Quantity string `json:"quantity"`
	N        int64  `json:"n"`
	Lower    int64  `json:"lower"`
	Upper    *int64 `json:"upper"`
	Outcome  string `json:"outcome"`
	Reason   string `json:"reason"`
}

// Coverage is how far the logs cover the period of the claim.
type Coverage struct {
	State string   `json:"state"`
	Why   []string `json:"why"`
}

// Cell is what one rule counts for one unit and one population. Matches says
// that it is what the claim says, as far as the claim speaks of recordings and
// clients.
type Cell struct {
	Rule       string `json:"rule"`
	Unit       string `json:"unit"`
	Population string `json:"population"`
	Recordings int64  `json:"recordings"`
	Clients    int64  `json:"clients"`
	Pairs      int64  `json:"pairs"`
	Requests   int64  `json:"requests"`
	Matches    bool   `json:"matches"`
}

// FigureExample holds the downloads that contradict one figure, the surest first,
// as many as are more than the claim says.
type FigureExample struct {
	Quantity string    `json:"quantity"`
	N        int64     `json:"n"`
	Standard string    `json:"standard"` // the surest at which they contradict
	Items    []Example `json:"items"`
	Left     int64     `json:"left_out"` // items that were left out
}

// Example is one download and the reference of its first request.
type Example struct {
	Recording    string `json:"recording"`
	Client       string `json:"client"`
	Completeness string `json:"completeness"`
	Basis        string `json:"basis"`
	Source       int32  `json:"source"`
	Path         string `json:"path"`
	Line         int64  `json:"line"`
	Requests     int64  `json:"requests"`
}

// Excluded is the fewest clients that would have to be left out for a
// contradicted claim to reach a goal at a standard.
type Excluded struct {
	Standard string   `json:"standard"`
	Goal     string   `json:"goal"`  // holds: it matches these logs; not_contradicted: no bound speaks against it any more
	Found    bool     `json:"found"` // there is such a set
	Exact    bool     `json:"exact"` // no smaller set would do; where none was found: there is none
	AtLeast  int      `json:"at_least"`
	N        int64    `json:"n"`
	Clients  []string `json:"clients"`
	Kept     []string `json:"kept"`     // the clients that stay, where they are few
	Ways     string   `json:"ways"`     // one, several or unknown: how many sets of that size would do
	Why      string   `json:"why"`      // how the set was chosen, or why there is none
	Left     int64    `json:"left_out"` // names that are not listed
	Words    string   `json:"words"`
}

// Shorten leaves out what is behind the first n of each list of downloads and of
// names, and says how many were left out.
func (r *Result) Shorten(n int) {
	for i := range r.Examples {
		f := &r.Examples[i]
		f.Left += int64(len(f.Items) - min(len(f.Items), n))
		f.Items = f.Items[:min(len(f.Items), n)]
	}
	for i := range r.Exclusions {
		x := &r.Exclusions[i]
		x.Left += int64(len(x.Clients) - min(len(x.Clients), n))
		x.Clients = x.Clients[:min(len(x.Clients), n)]
	}
}

// Alone is a part of the logs of which the claim's figures are exactly right.
type Alone struct {
	Kind    string   `json:"kind"` // source, label, day or network
	Name    string   `json:"name"`
	Without bool     `json:"without"` // all but this part
	Rule    string   `json:"rule"`
	Figures []Stated `json:"figures"`
}

// ProfileCount is what a comparison profile counts. None of them decides.
type ProfileCount struct {
	Profile    string `json:"profile"`
	Counts     string `json:"counts"` // which requests, in words
	Window     string `json:"window"` // when a repeat is a new download, in words
	Recordings int64  `json:"recordings"`
	Clients    int64  `json:"clients"`
	Downloads  int64  `json:"downloads"`
}

// Assumed is an assumption, and what the verdicts are without it.
type Assumed struct {
	What     string `json:"what"`
	Value    string `json:"value"`
	By       string `json:"by"`
	Without  string `json:"without"` // what is done in its place
	Probable string `json:"probable"`
	Proven   string `json:"proven"`
	Changes  bool   `json:"changes"` // at least one verdict
}
