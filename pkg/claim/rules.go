package claim

import "slices"

// Wording says in plain words what a name means. The README, the help page on
// rules and the output of a claim take their words from here.
type Wording struct {
	Name  string // as it is written in claims and tables
	Means string // in one sentence, or a few
	Brief string // in a few words, for a column of a table; rules alone have it
}

// Rules lists the rules by which recordings and clients are counted. Each holds
// all that the ones behind it hold.
func Rules() []Wording { return slices.Clone(ruleWords) }

// Measures lists what a claim may mean by downloaded.
func Measures() []Wording { return slices.Clone(measureWords) }

// Standards lists how sure a download must be.
func Standards() []Wording { return slices.Clone(standardWords) }

// Relations lists what a claim may say of its numbers.
func Relations() []Wording { return slices.Clone(relationWords) }

// Quantities lists what a claim may give numbers of.
func Quantities() []Wording { return slices.Clone(quantityWords) }

// Units lists what may count as one client.
func Units() []Wording { return slices.Clone(unitWords) }

// Populations lists whose requests may count.
func Populations() []Wording { return slices.Clone(populationWords) }

// Outcomes lists what may become of a claim.
func Outcomes() []Wording { return slices.Clone(outcomeWords) }

// Limits is what no rule and no verdict can say.
const Limits = "A server's log shows what was handed to the network, not what arrived, and not who listened. " +
	"Copies taken before the logs begin, and other ways to the recordings, are not in it. " +
	"An address may stand for many people, and one person may have many addresses."

var ruleWords = []Wording{
	{"requested", "The recording was asked for, whatever the answer.", "asked for, whatever the answer"},
	{"any_bytes", "At least one byte of the recording was handed over, or may have been: bytes_upper is above 0. An empty recording counts if a response with content was sent.", "content was or may have been handed over, an empty recording included"},
	{"possible", "The download is graded possible, likely or complete: by all that the log shows the whole may have been handed over.", "graded possible or better"},
	{"likely", "The download is graded likely or complete: the whole was handed over, unless a transfer was cut and the log cannot show it.", "graded likely or better"},
	{"complete", "The download is graded complete: the log proves that every byte was handed over in one session.", "graded complete"},
}

var measureWords = []Wording{
	Whole:     {Name: "whole", Means: "The whole recording was handed over. The lower bound counts what is complete, or likely and better; the upper bound what is possible or better, and what shows only a copy taken earlier (304, or 416 at the end of the recording)."},
	AnyBytes:  {Name: "any_bytes", Means: "At least one byte was handed over. The lower bound counts downloads whose bytes_lower is above 0, the upper bound those whose bytes_upper is."},
	Requested: {Name: "requested", Means: "The recording was asked for. Both bounds are the same."},
}

var standardWords = []Wording{
	Probable: {Name: "probable", Means: "What is graded likely or complete counts for the lower bound. This is the standard unless another is asked for."},
	Proven:   {Name: "proven", Means: "Only what is graded complete counts for the lower bound."},
}

var relationWords = []Wording{
	Exactly: {Name: "exactly", Means: "Contradicted if the lower bound is above the number, or if the upper bound is below it and coverage is full. Supported if both bounds are the number and coverage is full."},
	AtMost:  {Name: "at_most", Means: "Contradicted if the lower bound is above the number. Supported if the upper bound is not above it and coverage is full."},
	AtLeast: {Name: "at_least", Means: "Contradicted if the upper bound is below the number and coverage is full. Supported if the lower bound is not below it."},
}

var quantityWords = []Wording{
	Recordings: {Name: "recordings", Means: "Distinct recordings. One that was taken by many clients counts once."},
	Clients:    {Name: "clients", Means: "Distinct clients, in the unit of the claim."},
	Pairs:      {Name: "pairs", Means: "Pairs of client and recording. One that was taken by three clients counts three times, once by each."},
	Requests:   {Name: "requests", Means: "Requests of those pairs. A download in ten pieces counts ten times."},
	Subjects:   {Name: "subjects", Means: "Distinct values of an attribute of those recordings, such as a phone number. They are not persons: one call has two voices, and one caller may have several numbers."},
	Hours:      {Name: "hours", Means: "The playing time of those distinct recordings, from an attribute that holds it in seconds, rounded to the nearest hour."},
}

var unitWords = []Wording{
	UnitIP:      {Name: "ip", Means: "One address is one client, or one host name where the server logged names. This is the unit unless another is asked for."},
	UnitIPAgent: {Name: "ip+agent", Means: "One address with one user agent is one client."},
	UnitPrefix:  {Name: "prefix", Means: "One IPv4 address, or the first 64 bits of an IPv6 address, is one client: IPv6 devices change the rest, and the IAB's guidelines cut addresses the same way."},
	UnitASN:     {Name: "asn", Means: "One network (autonomous system) is one client. An address whose network is not known counts as its prefix."},
}

var populationWords = []Wording{
	All:        {Name: "all", Means: "All clients. Bots and tools are among them: a program that takes recordings has them."},
	Unlabelled: {Name: "unlabelled", Means: "Only clients that were given no label."},
}

var outcomeWords = []Wording{
	Undecidable:  {Name: "undecidable", Means: "The logs that were handed in do not decide it. If the bounds are what the claim says, and only the coverage is not full, it matches within the logs handed in."},
	Supported:    {Name: "supported", Means: "All figures are what the claim says, by that standard, whatever else the logs leave open."},
	Contradicted: {Name: "contradicted", Means: "At least one figure cannot be what the claim says, by that standard, whatever else the logs leave open."},
}

// ProfileWording says how a profile counts.
type ProfileWording struct {
	Name    string
	Counts  string // which requests
	User    string // who is one user
	Window  string // when a repeat is a new download
	Leaves  string // what is left out
	Source  string
	Profile Profile
}

// Profiles lists the comparison profiles.
func Profiles() []ProfileWording { return slices.Clone(profileWords) }

const (
	iabCounts = "GET with status 200, or 206 once the pieces make up the whole. The guidelines ask for the header and one minute of play, or for 100 % of the file where the minute cannot be computed; here it is always 100 %."
	iabUser   = "One address with one user agent; of an IPv6 address the first 64 bits."
	iabLeaves = "HEAD, 304, requests for the bytes 0-1, bots and tools. The guidelines also leave out data centres, private networks (VPN) and addresses that ask for too much; which those are is not known here, so they count."
	iabSource = "IAB Tech Lab, Podcast Technical Measurement Guidelines, version 2.3, sections 5.5.1 to 5.5.4"
)

var profileWords = []ProfileWording{
	{IABCalendar.String(), iabCounts, iabUser, "Once per calendar day, UTC.", iabLeaves, iabSource, IABCalendar},
	{IABFirstTouch.String(), iabCounts, iabUser, "Once per 24 hours, from the request that was counted.", iabLeaves, iabSource, IABFirstTouch},
	{IABLastTouch.String(), iabCounts, iabUser, "Once per 24 hours, which each further request begins anew.", iabLeaves, iabSource, IABLastTouch},
	{Counter51.String(), "GET with status 200 or 304.", "One address with one user agent.",
		"Of two requests within 30 seconds the first is removed and the second kept, and so on along a chain.",
		"206, so all that is taken in pieces; robots and tools. Bytes are not looked at.",
		"COUNTER Code of Practice 5.1, section 7 (return codes, double-click filtering)", Counter51},
	{ODL.String(), "Any GET: neither the status nor the bytes are looked at.", "One address with one user agent.",
		"Once per calendar day, UTC.", "Requests for the bytes 0-1, bots and tools.",
		"Open Downloads (oDL), the specification in its README", ODL},
}
