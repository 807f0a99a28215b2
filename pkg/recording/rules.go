package recording

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// rules are the patterns and the inventory, compiled. They do not change and
// are shared by the clones of a Matcher.
type rules struct {
	inv    *Inventory
	media  *extensionSet // without patterns: these decide
	simple []glob
	costly []glob
	regex  *regexp.Regexp
	groups []int // of regex, those with a name
	names  []string

	// suspects are the extensions that a recording can have, nil if any. They
	// let ordinary pages go before their path is made canonical.
	suspects *extensionSet
}

const regexPrefix = "re:"

func newRules(patterns []string, inv *Inventory) (*rules, error) {
	r := &rules{inv: inv, names: append([]string(nil), inv.Attributes()...)}
	for _, pattern := range patterns {
		expression, ok := strings.CutPrefix(pattern, regexPrefix)
		if ok && len(patterns) > 1 {
			return nil, fmt.Errorf("pattern %q is a regular expression and must be the only pattern; join several with |", pattern)
		}
		if ok {
			if err := r.addRegex(expression); err != nil {
				return nil, err
			}
			continue
		}
		globs, err := parseGlob(pattern)
		if err != nil {
			return nil, err
		}
		for _, g := range globs {
			if g.simple {
				r.simple = append(r.simple, g)
			} else {
				r.costly = append(r.costly, g)
			}
		}
	}
	if len(patterns) == 0 {
		r.media = newExtensionSet(mediaExtensions)
	}
	r.findSuspects()
	return r, nil
}

func (r *rules) addRegex(expression string) error {
	if expression == "" {
		return fmt.Errorf("pattern %q holds no regular expression; write one after the colon", regexPrefix)
	}
	regex, err := regexp.Compile(norm.NFC.String(expression)) // as paths are
	if err != nil {
		return fmt.Errorf("pattern %q is not a valid regular expression (RE2 syntax): %w", regexPrefix+expression, err)
	}
	r.regex = regex
	columns := len(r.names)
	for i, name := range regex.SubexpNames() {
		if name == "" {
			continue
		}
		at := slices.IndexFunc(r.names, func(other string) bool { return strings.EqualFold(name, other) })
		if at >= 0 && at < columns {
			return fmt.Errorf("attribute %q comes twice, as a column of the inventory and as a group of the regular expression; rename one of them", name)
		}
		if at >= 0 {
			return fmt.Errorf("attribute %q comes twice, as two groups of the regular expression; rename one of them", name)
		}
		r.groups = append(r.groups, i)
		r.names = append(r.names, name)
	}
	return nil
}

// findSuspects gathers the extensions of what can match.
func (r *rules) findSuspects() {
	s := new(extensionSet)
	if r.regex != nil {
		for _, tail := range regexTails(r.regex.String()) {
			if key, _ := extension([]byte(tail)); !s.add(key) {
				return
			}
		}
	}
	if r.media != nil {
		*s = *r.media
	}
	for _, globs := range [][]glob{r.simple, r.costly} {
		for i := range globs {
			if !s.add(globs[i].extension()) {
				return
			}
		}
	}
	if r.inv.Len() > 0 && !s.addAll(r.inv.extensions) {
		return
	}
	r.suspects = s
}

// matchCostly evaluates the patterns that are worth a cache.
func (r *rules) matchCostly(path []byte) bool {
	if r.regex != nil {
		return r.regex.Match(path)
	}
	for i := range r.costly {
		if r.costly[i].match(path) {
			return true
		}
	}
	return false
}
