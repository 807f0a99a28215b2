package client

import "strings"

// Tags is what is recognised in user agents, as a set. A user agent is the
// client's own word: anyone can write any, so a tag is a hint for reading and
// never a reason to leave a request or a client out of a count.
type Tags uint16

// The tags.
const (
	TagBot          Tags = 1 << iota // says that it is a program that walks the web by itself
	TagTool                          // a program that fetches at somebody's command: curl, wget, download managers, HTTP libraries
	TagScanner                       // looks for open or weak servers
	TagSearchEngine                  // gathers pages for a search engine
	TagAI                            // gathers texts for language models, or fetches for their users
	TagArchiver                      // copies sites to keep them
	TagMonitoring                    // looks whether a site is well
	TagFeed                          // reads feeds
	TagPreview                       // fetches for a preview in a message or a social network
	TagAutomation                    // a browser that is steered by a program
)

// tagNames are the words of the tags columns, in the order of the constants.
var tagNames = [...]string{"bot", "tool", "scanner", "search_engine", "ai", "archiver", "monitoring", "feed", "preview", "automation"}

// Names lists the tags in words, always in the same order; nil for none.
func (t Tags) Names() []string {
	var names []string
	for i, name := range tagNames {
		if t&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// String joins the tags with commas, as the tags columns have them; empty for
// none.
func (t Tags) String() string { return strings.Join(t.Names(), ",") }

// Has says whether all tags of o are among t.
func (t Tags) Has(o Tags) bool { return t&o == o }

// listTags maps the words of crawlers.tsv to ours. Whatever is on the list walks
// by itself, except HTTP libraries: those do what somebody tells them. Three
// kinds have no word of their own, as the figures of a leak do not turn on them.
var listTags = map[string]Tags{
	"http-library":       TagTool,
	"scanner":            TagBot | TagScanner,
	"search-engine":      TagBot | TagSearchEngine,
	"ai-crawler":         TagBot | TagAI,
	"archiver":           TagBot | TagArchiver,
	"monitoring":         TagBot | TagMonitoring,
	"feed-reader":        TagBot | TagFeed,
	"social-preview":     TagBot | TagPreview,
	"browser-automation": TagBot | TagAutomation,
	"seo":                TagBot,
	"advertising":        TagBot,
	"academic":           TagBot,
}

// ownPatterns are what crawlers.tsv misses. Patterns are regular expressions as
// there.
var ownPatterns = []agentPattern{
	// COUNTER-Robots (github.com/atmire/COUNTER-Robots at 003dcef6,
	// COUNTER_Robots_list.json) has aria2\/\d, libcurl, curl\/, ^java\/\d{1,2}.\d,
	// GetRight, FDM(\s|\+)\d, Indy Library, gvfs\/, ^NetAnts\/\d, to be matched
	// without regard to case.
	{`aria2/\d`, TagTool}, {`libcurl`, TagTool}, {`curl/`, TagTool}, {`^Java/\d`, TagTool},
	{`GetRight`, TagTool}, {`FDM[ +]\d`, TagTool}, {`Indy Library`, TagTool}, {`gvfs/`, TagTool}, {`^NetAnts/\d`, TagTool},
	// The same list has bot, spider and crawl anywhere. The makers of Cubot
	// telephones are none, and "bot" within a word is none either.
	{notCubot + `bot\b`, TagBot}, {notCubot + `Bot\b`, TagBot}, {notCubot + `BOT\b`, TagBot},
	{`spider|Spider|SPIDER`, TagBot}, {`crawler|Crawler|CRAWLER`, TagBot},
	// Axel writes such as "Axel/2.16.1 (Linux)"; lftp such as "lftp/4.3.8".
	{`^Axel/\d`, TagTool}, {`^lftp/\d`, TagTool},
	// rclone's --user-agent is such as "rclone/v1.45" unless it is set (its help).
	{`^rclone/`, TagTool},
	// PowerShell's Invoke-WebRequest writes WindowsPowerShell/VERSION, since 6
	// PowerShell/VERSION, unless it is told otherwise (PowerShell/PowerShell#4914).
	{`PowerShell/`, TagTool},
	// Windows' background transfers (bitsadmin) write "Microsoft BITS/7.8".
	{`^Microsoft BITS/`, TagTool},
	// Shodan mostly writes no name of its own; published logs of 2026 have this.
	{`^Shodan-Pull/`, TagBot | TagScanner},
}

// notCubot is what may stand before "bot".
const notCubot = `(^|[^uU]|(^|[^cC])[uU])`
