package download

import "slices"

// Wording says in words what a grade or a basis means, what it proves and what
// it cannot prove. The README, the help page on completeness, the summary and
// recount trace take their words from here.
type Wording struct {
	Name   string // the code in the table
	Grade  Grade  // of a basis: the grade that rests on it
	Means  string // in one sentence
	Proves string // what the log shows beyond doubt
	Cannot string // what it leaves open
}

// Grades lists the grades, the surest first.
func Grades() []Wording { return slices.Clone(gradeWords) }

// Bases lists the bases in the order of their grades, the surest first.
func Bases() []Wording { return slices.Clone(basisWords) }

// GradeWords gives the words of a grade, false for a name that is none.
func GradeWords(name string) (Wording, bool) { return find(gradeWords, name) }

// BasisWords gives the words of a basis, false for a code that is none.
func BasisWords(code string) (Wording, bool) { return find(basisWords, code) }

func find(list []Wording, name string) (Wording, bool) {
	i := slices.IndexFunc(list, func(w Wording) bool { return w.Name == name })
	if i < 0 {
		return Wording{}, false
	}
	return list[i], true
}

// Limits is what no grade can say, whatever it rests on.
const Limits = "All of this speaks of what the server handed to its network. A client that vanished while bytes lay in buffers " +
	"cannot be seen in any server's log, and an address is not a person."

var gradeWords = []Wording{
	{"complete", GradeComplete, "the log proves that every byte was handed over in one session",
		"The server handed every byte of the recording to its network for this client, within one session.",
		"Whether the client's program received, kept or played it."},
	{"likely", GradeLikely, "whole unless the transfer was cut, and this log cannot show a cut",
		"The server answered with the whole, or with as many bytes as the whole, as far as this log can tell.",
		"Whether the transfer broke off: a broken one may leave the same line in this log."},
	{"possible", GradePossible, "whole only if pieces are added whose position is not logged, or from sessions over 24 hours apart or with another user agent",
		"The server answered with content that may, all together, be the whole.",
		"Whether it was the whole: the log does not show where the pieces lie, or whether they came together in one hand."},
	{"partial", GradePartial, "some content, not the whole",
		"The server answered with content, and these answers together were not the whole.",
		"How much of it there was, beyond the two bounds; and whether the rest was taken in a way that these logs do not cover."},
	{"probe", GradeProbe, "two body bytes or fewer, ever",
		"The server answered with two bytes at most, as players ask for before they play.",
		"Why nothing more was asked for."},
	{"none", GradeNone, "asked for, no content",
		"The client asked for the recording, and none of these answers carried content of it.",
		"Whether the client had it all the same: a copy may be older than these logs, or have come another way."},
}

var basisWords = []Wording{
	{BasisOneResponse, GradeComplete, "One response was proven to hand over the whole.",
		"In one answer the server handed over as many bytes as the recording has, or a full answer of which the log says that it came to its end.",
		"Whether they arrived: what lay in buffers when a client vanished shows in no server's log."},
	{BasisRangeUnion, GradeComplete, "Pieces at known places, each proven, cover the whole.",
		"Every byte of the recording lies in at least one answer of one session; the log shows where each answer began and how much of it was handed over.",
		"Whether the client put the pieces together; and whether the file was replaced between two of them, where no line states its size."},
	{BasisPlannedSize, GradeLikely, "The server set out to send the whole; a cut would not show.",
		"The server began to answer with the whole recording, as it was then.",
		"How much of it was sent: this size field is written the same when the transfer breaks off."},
	{BasisMeaningUnknown, GradeLikely, "The size field reaches the size, but may hold headers or be what was planned.",
		"By their size fields the answer, or the pieces at known places, are large enough to be the whole; or the line has no number.",
		"What the number counts, and so whether all was sent. If the server's configuration is known, --bytes-meaning says it, and the grade may become complete or partial."},
	{BasisSizeRepeated, GradeLikely, "It has as many bytes as another client got, and nobody got more; the true size is not known.",
		"Answers to two clients or more have the same number of bytes, none has more, and this one has as many, headers apart.",
		"Whether this number is the size: all of them may have been cut at the same byte. An inventory would tell."},
	{BasisSizeUnknown, GradeLikely, "A full response, but the size of the recording is not known.",
		"The server answered with the recording and not with a part of it, or a file service handed it out, and no answer to anybody has more bytes, headers apart.",
		"Whether that was all. An inventory would tell."},
	{BasisSizeContradicted, GradeLikely, "As many bytes as the known size, but other clients got more: the size may be wrong.",
		"The server answered with at least as many bytes as the size that is known.",
		"Whether this size is right: elsewhere the log shows more bytes of the same recording, as of another version or an error page."},
	{BasisMethodUnknown, GradeLikely, "As many body bytes as the whole were sent, but the log does not say the method.",
		"The server sent as many body bytes as the recording has, in answer to some request for it.",
		"Whether the body was the recording: of a method such as PUT or OPTIONS it would be another text."},
	{BasisRangeFits, GradeLikely, "A partial response without its place is as long as the whole.",
		"An answer to a request for a part has as many bytes as the whole recording.",
		"Where it began, as the log does not show it. In an answer with several parts their headings are counted too."},
	{BasisResumeFits, GradeLikely, "A partial response without its place, if it reaches to the end, starts inside what the client already had.",
		"The server answered with the beginning of the recording, and then with a part that is long enough to be the rest.",
		"Whether the part was the rest: the log does not show where it began."},
	{BasisRangeSum, GradePossible, "Partial responses without their places may be the whole, or fill what it lacks.",
		"By their size fields all parts together have as many bytes as are missing, or a line has no number.",
		"Where they lie: the same part may have been sent twice and another never."},
	{BasisAcrossSessions, GradePossible, "Only pieces of several sessions, or of several user agents, could fill the whole.",
		"All pieces that were sent to this client, taken together, could be the whole.",
		"Whether one person or program had all of them: they came over 24 hours apart, or to programs that name themselves differently."},
	{BasisOtherVersion, GradePossible, "As long as another version of the file, or pieces that may be of different versions.",
		"The server answered with as many bytes as the log states for the file at some time, or with pieces that do not say of which version they are.",
		"Whether it was an earlier version whole, this one cut, a compressed copy or another page; and whether the pieces are of one version."},
	{BasisOtherMethod, GradePossible, "As many bytes as the recording has, in answer to a method that asks for none of it (OPTIONS, PUT).",
		"The server sent as many bytes as the recording has.",
		"Whether they were the recording: some servers hand a file to any method, most have an answer of their own."},
	{BasisCommonSize, GradePossible, "A full response, but very many recordings were answered with this same size: it may be a log-in page.",
		"The server answered with success and a body.",
		"Whether the body was the recording: the same number of bytes was sent for very many others, as of a log-in page or an error page."},
	{BasisMayBeHead, GradePossible, "The log says neither the method nor how much was sent: it may have been HEAD, which hands out nothing.",
		"The server answered a request for the recording with success.",
		"Whether anything was sent: HEAD leaves the same line. A log with the method would tell."},
	{BasisAccessOnly, GradePossible, "The log shows that the file was read or opened (SMB, a file manager), but never how much of it.",
		"This client read from the file.",
		"How much of it was read: such a log has no number of bytes."},
	{BasisHole, GradePartial, "The pieces leave something out.",
		"The server answered with pieces of the recording, and all of them together are not the whole.",
		"Which bytes they were, and how many of them were sent, as far as the log does not show it."},
	{BasisAborted, GradePartial, "Fewer bytes than the whole: the transfer was cut.",
		"The server began to answer with the recording, and by the size that is known, or by the log's own word, did not send all of it.",
		"How many bytes the client received: the server counts what its network took, and that may be more."},
	{BasisProbe, GradeProbe, "Two body bytes or fewer.",
		"Two bytes of the recording were sent at most.",
		"Why nothing more was asked for."},
	{"not_modified", GradeNone, "304: the client says that it held a copy.",
		"The client named a version of the recording, and the server found that it is still the same.",
		"Whether the client held it whole, and since when: anyone can send such a request."},
	{"head", GradeNone, "Only HEAD, which carries no content.",
		"The client asked for the headers, which say whether the recording is there and how large it is.",
		"Why it asked."},
	{"denied", GradeNone, "401, 403, 407 or 451.",
		"The server refused.",
		"Whether the client was let in another time or by another way that these logs do not cover."},
	{"redirect", GradeNone, "Sent elsewhere: a status of 300 to 399 other than 304.",
		"The server named another place.",
		"What the client was given there, unless that place has its line in these logs."},
	{"no_content", GradeNone, "Success without content: 204, or a method such as OPTIONS.",
		"The server answered without handing out the recording.",
		"Why the client asked."},
	{"error", GradeNone, "Any other failure, or no status.",
		"The request failed, or its line has no status.",
		"What the client saw."},
	{"missing", GradeNone, "404 or 410.",
		"The server had nothing at that path then.",
		"Whether the recording lay there at another time."},
}
