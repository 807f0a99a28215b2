package recording

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/text/unicode/norm"
)

// glob is a pattern with the semantics of doublestar: `*` and `?` stay within a
// segment, `**` spans segments, and there are [classes] and {alternatives}.
//
// The usual shapes, PREFIX/**/*SUFFIX, *SUFFIX and PREFIX/**, are decided by
// comparing bytes; others cost a string and a look-up in the cache.
type glob struct {
	text     string // with a slash: of the whole path; without: of the file name
	simple   bool   // prefix and suffix decide
	prefix   string
	suffix   string
	below    bool // PREFIX/**: all below PREFIX, and a file PREFIX
	nameOnly bool
}

// parseGlob compiles a pattern into globs, any of which may match.
func parseGlob(pattern string) ([]glob, error) {
	if pattern == "" {
		return nil, fmt.Errorf("a pattern is empty; remove it to take all audio and video files")
	}
	if !doublestar.ValidatePattern(pattern) {
		return nil, fmt.Errorf("pattern %q is not a valid glob; close its [ and {, or write \\ before one that is meant literally", pattern)
	}
	text := norm.NFC.String(pattern) // as paths are
	if strings.Contains(text, "/") && text[0] != '/' && text[0] != '{' {
		text = "/" + text // relative to the root of the site
	}
	var globs []glob
	for _, text := range splitAlternatives(text) {
		globs = append(globs, newGlob(text))
	}
	return globs, nil
}

// splitAlternatives writes *.{mp3,wav} as *.mp3 and *.wav, which are simple.
func splitAlternatives(text string) []string {
	head, tail, ok := strings.Cut(text, "{")
	if !ok || strings.HasSuffix(head, `\`) || strings.Contains(head, "[") || !strings.HasSuffix(tail, "}") {
		return []string{text}
	}
	tail = strings.TrimSuffix(tail, "}")
	if strings.ContainsAny(tail, `{}[]\/*?`) {
		return []string{text}
	}
	var texts []string
	for _, alternative := range strings.Split(tail, ",") {
		texts = append(texts, head+alternative)
	}
	return texts
}

func newGlob(text string) glob {
	const special = `*?[]{}\`
	g := glob{text: text, nameOnly: !strings.Contains(text, "/")}
	if g.nameOnly {
		if suffix, ok := strings.CutPrefix(text, "*"); ok && !strings.ContainsAny(suffix, special) {
			g.simple, g.suffix = true, suffix
		}
		return g
	}
	prefix, rest, ok := strings.Cut(text, "**")
	if !ok || strings.ContainsAny(prefix, special) || !strings.HasSuffix(prefix, "/") {
		return g
	}
	suffix, ok := strings.CutPrefix(rest, "/*")
	g.below = rest == ""
	if ok && !strings.ContainsAny(suffix, special+"/") || g.below {
		g.simple, g.prefix, g.suffix = true, prefix, suffix
	}
	return g
}

// match says whether a canonical path that names a file matches.
func (g *glob) match(path []byte) bool {
	if g.simple {
		return len(path) >= len(g.prefix)+len(g.suffix) &&
			string(path[:len(g.prefix)]) == g.prefix && string(path[len(path)-len(g.suffix):]) == g.suffix ||
			g.below && string(path) == g.prefix[:len(g.prefix)-1]
	}
	if g.nameOnly {
		path = path[bytes.LastIndexByte(path, '/')+1:]
	}
	return doublestar.MatchUnvalidated(g.text, string(path))
}

// extension gives the extension that every match has, in lower case; 0 if they
// may have any.
func (g *glob) extension() uint64 {
	i := strings.LastIndexByte(g.text, '.')
	if i < 0 || i+1 == len(g.text) {
		return 0
	}
	for _, b := range []byte(g.text[i+1:]) {
		if b = lowerASCII(b); !('a' <= b && b <= 'z' || '0' <= b && b <= '9') {
			return 0
		}
	}
	key, _ := extension([]byte(g.text[i:]))
	return key
}
