package coverage

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Place is where a source stands in the rotation of its log, by its path.
type Place struct {
	Group  string    // the path that the sources of the log share
	Number int       // 0: the live file or none; logrotate counts older files up from 1
	Date   time.Time // of the rotation; zero: none
	Free   bool      // the date stands among other things that differ from file to file: nothing is missing between two
}

// The ways in which servers and tools name rotated files, without the endings
// of compression. logrotate(8): NAME.N, and with dateext NAME-YYYYMMDD, with
// hours -YYYYMMDDHH, or by "dateformat" others, such as .%Y-%m-%d and -%s.
// cronolog and rotatelogs of Apache, Tomcat's AccessLogValve and nginx scripts:
// NAME.YYYY-MM-DD.log and the like. IIS: u_exYYMMDD.log, u_exYYMMDDHH.log,
// u_exYYMM.log (Microsoft, "Log File Formats in IIS").
var (
	addressEnd   = regexp.MustCompile(`(?:^|[^0-9.]|[^0-9]\.)(?:\d{1,3}\.){3}\d{1,3}$`) // Samba: log.192.0.2.1, one log per client
	numberEnd    = regexp.MustCompile(`^(.+)\.(\d{1,4})$`)
	numberInside = regexp.MustCompile(`^(.+)\.(\d{1,4})(\.(?:log|txt|csv|json))$`)
	dateInside   = regexp.MustCompile(`^(.*?)[._-]?((?:19|20)\d\d([-_.]?)[01]\d([-_.]?)[0-3]\d)(?:[-_.T]?([0-2]\d)(?:[-_:]?([0-5]\d)(?:[-_:]?([0-5]\d))?)?)?Z?(?:([._-].*))?$`)
	epochEnd     = regexp.MustCompile(`^(.+)[._-](1\d{9})$`)
	iisName      = regexp.MustCompile(`^((?:u_)?(?:ex|nc|in))(\d{2})(\d{2})(\d{2})?(\d{2})?(_x)?(\.log)$`)
	plainEnd     = regexp.MustCompile(`^(?:\.[a-z]{2,5})?$`)
)

// packings are the endings of compressed files.
var packings = []string{".gz", ".bz2", ".xz", ".zst", ".Z", ".lzma", ".z"}

// PlaceOf finds a source's place from its path; the path of a member is
// archive!member. Where the member's name has no mark of a rotation, the
// archive's may have one. The same name in another folder is another group.
func PlaceOf(name string) Place {
	archive, member, found := strings.Cut(name, "!")
	if !found {
		return placeOf(name)
	}
	if p := placeOf(member); p.marked() {
		p.Group = archive + "!" + p.Group
		return p
	} else if a := placeOf(archive); a.marked() {
		a.Group += "!" + p.Group
		return a
	} else {
		p.Group = archive + "!" + p.Group
		return p
	}
}

// marked says whether a name shows a rotation.
func (p *Place) marked() bool { return p.Number > 0 || !p.Date.IsZero() }

func placeOf(name string) Place {
	dir, base := path.Split(name)
	for _, ending := range packings {
		if rest := strings.TrimSuffix(base, ending); rest != "" {
			base = rest
		}
	}
	p := placeOfBase(base)
	p.Group = dir + p.Group
	return p
}

func placeOfBase(base string) Place {
	if m := iisName.FindStringSubmatch(base); m != nil {
		if date, ok := dateOf("20"+m[2], m[3], orOne(m[4]), m[5], "", ""); ok {
			return Place{Group: m[1] + m[6] + m[7], Date: date}
		}
	}
	if m := epochEnd.FindStringSubmatch(base); m != nil {
		seconds, _ := strconv.ParseInt(m[2], 10, 64)
		return Place{Group: m[1], Date: time.Unix(seconds, 0).UTC()}
	}
	if p, ok := dated(base); ok {
		return p
	}
	if m := numberEnd.FindStringSubmatch(base); m != nil && !addressEnd.MatchString(base) {
		n, _ := strconv.Atoi(m[2])
		return Place{Group: m[1], Number: n}
	}
	if m := numberInside.FindStringSubmatch(base); m != nil {
		n, _ := strconv.Atoi(m[2])
		return Place{Group: m[1] + m[3], Number: n}
	}
	return Place{Group: base}
}

// dated reads a name with a date in it.
func dated(base string) (Place, bool) {
	m := dateInside.FindStringSubmatch(base)
	if m == nil || m[3] != m[4] {
		return Place{}, false
	}
	digits := strings.NewReplacer("-", "", "_", "", ".", "").Replace(m[2])
	date, ok := dateOf(digits[:4], digits[4:6], digits[6:], m[5], m[6], m[7])
	if !ok {
		return Place{}, false
	}
	p := Place{Group: m[1] + m[8], Date: date}
	if n := numberEnd.FindStringSubmatch("x" + m[8]); n != nil { // a second file of that day
		p.Group = m[1] + strings.TrimPrefix(n[1], "x")
		m[8] = strings.TrimPrefix(n[1], "x")
	} else if n := numberInside.FindStringSubmatch("x" + m[8]); n != nil {
		p.Group, m[8] = m[1]+strings.TrimPrefix(n[1], "x")+n[3], n[3]
	}
	if !plainEnd.MatchString(m[8]) { // S3, CloudFront, load balancers: a part of the name is drawn by lot
		p.Group, p.Free = m[1]+"*", true
	}
	if p.Group == "" {
		p.Group = "*"
	}
	return p, true
}

func orOne(day string) string {
	if day == "" {
		return "01"
	}
	return day
}

// dateOf makes a time of texts of digits; false if there is no such time.
func dateOf(texts ...string) (time.Time, bool) {
	var n [6]int
	for i, text := range texts {
		n[i], _ = strconv.Atoi(text)
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
	return t, t.Month() == time.Month(n[1]) && t.Day() == n[2] && t.Hour() == n[3]
}

// namedMissing is how many missing places are named one by one.
const namedMissing = 10

// Missing says in words what is missing in the rotation of one group, by the
// places of its sources in any order: numbers between 1 and the highest, and
// dates between the first and the last, at the step at which most follow each
// other.
func Missing(places []Place) []string {
	var numbers []int
	var dates []time.Time
	live := false
	for _, p := range places {
		switch {
		case p.Free:
		case !p.Date.IsZero():
			dates = append(dates, p.Date)
		case p.Number > 0:
			numbers = append(numbers, p.Number)
		default:
			live = true
		}
	}
	slices.Sort(numbers)
	slices.SortFunc(dates, time.Time.Compare)
	var out []string
	if text := missingNumbers(slices.Compact(numbers)); text != "" {
		out = append(out, text)
	}
	if text := missingDates(slices.CompactFunc(dates, time.Time.Equal)); text != "" {
		out = append(out, text)
	}
	if len(numbers) > 0 && !live && len(dates) == 0 {
		out = append(out, "the live file, without a number, is not among the sources")
	}
	return out
}

func missingNumbers(numbers []int) string {
	var missing []string
	count := 0
	before := 0
	for _, n := range numbers {
		for m := before + 1; m < n; m++ {
			if count++; count <= namedMissing {
				missing = append(missing, strconv.Itoa(m))
			}
		}
		before = n
	}
	if count == 0 {
		return ""
	}
	return "files are missing in the rotation: number " + listed(missing, count) + " of 1 to " + strconv.Itoa(before)
}

// missingDates needs three dates, two of which follow each other at the step.
func missingDates(dates []time.Time) string {
	if len(dates) < 3 {
		return ""
	}
	steps := make([]time.Duration, 0, len(dates))
	for i := 1; i < len(dates); i++ {
		steps = append(steps, dates[i].Sub(dates[i-1]))
	}
	sorted := slices.Sorted(slices.Values(steps))
	step := sorted[(len(sorted)-1)/2]
	name, layout := stepName(step)
	if name == "" {
		return ""
	}
	var missing []string
	count := 0
	for i := range steps {
		for at := dates[i].Add(step); dates[i+1].Sub(at) > step/2 && count < 100_000; at = at.Add(step) {
			if count++; count <= namedMissing {
				missing = append(missing, at.Format(layout))
			}
		}
	}
	if count == 0 {
		return ""
	}
	return "files are missing in the " + name + " rotation, or were not made because nothing was logged: " + listed(missing, count)
}

// stepName names the usual steps; empty for none of them.
func stepName(d time.Duration) (name, layout string) {
	const aDay = 24 * time.Hour
	switch {
	case d >= 50*time.Minute && d <= 70*time.Minute:
		return "hourly", "2006-01-02 15h"
	case d >= 23*time.Hour && d <= 25*time.Hour:
		return "daily", time.DateOnly
	case d >= 6*aDay+22*time.Hour && d <= 7*aDay+2*time.Hour:
		return "weekly", time.DateOnly
	case d >= 28*aDay && d <= 31*aDay:
		return "monthly", "2006-01"
	}
	return "", ""
}

func listed(names []string, count int) string {
	text := strings.Join(names, ", ")
	if more := count - len(names); more > 0 {
		text += " and " + strconv.Itoa(more) + " more"
	}
	return text
}
