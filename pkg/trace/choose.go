package trace

import (
	"github.com/logrecount/recount/internal/escape"
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/client"
	"github.com/logrecount/recount/pkg/recording"
)

// choice is the downloads and directories that are traced, in the order of
// their tables, and what the limit left out.
type choice struct {
	downloads   []*Download
	directories []*Directory
	more        More
	left        int64 // lines that may still be given; below 0: all
}

// choose finds what was asked for. A name is taken as the tables have it, or
// else as people may write it: an address or a path in another spelling, or a
// name as it is shown with what cannot be seen written out.
func choose(c *casefile.Case, o *Options) (*choice, error) {
	for _, loose := range []bool{false, true} {
		ch := &choice{left: o.Limit}
		if o.Limit == 0 {
			ch.left = -1
		}
		names := newNames(o, loose)
		if err := ch.chooseDownloads(c, o, names); err != nil {
			return nil, err
		}
		if err := ch.chooseDirectories(c, o, names); err != nil {
			return nil, err
		}
		if len(ch.downloads)+len(ch.directories) > 0 || loose {
			return ch, nil
		}
	}
	return nil, nil // not reached
}

func (ch *choice) chooseDownloads(c *casefile.Case, o *Options, names *names) error {
	table, err := tableOf(c, casefile.TableDownloads, "recording", o.Recording, names)
	if err != nil {
		return err
	}
	for d, err := range table.Downloads() {
		if err != nil {
			return err
		}
		if !names.match(d.Client, d.Recording) {
			continue
		}
		n, ok := ch.take(d.Requests)
		if !ok {
			ch.more.Downloads++
			continue
		}
		ch.downloads = append(ch.downloads, &Download{Download: *d, Given: Given{most: n}})
	}
	return nil
}

func (ch *choice) chooseDirectories(c *casefile.Case, o *Options, names *names) error {
	has, err := c.Has(casefile.TableListings)
	if err != nil || !has {
		return err
	}
	table, err := tableOf(c, casefile.TableListings, "directory", o.Recording, names)
	if err != nil {
		return err
	}
	for row, err := range table.Listings() {
		if err != nil {
			return err
		}
		if !names.match(row.Client, row.Directory) {
			continue
		}
		n, ok := ch.take(row.Requests)
		if !ok {
			ch.more.Directories++
			continue
		}
		ch.directories = append(ch.directories, &Directory{ListingRow: *row, Given: Given{most: n}})
	}
	return nil
}

// take says how many of so many lines are to be given; false if none may be.
func (ch *choice) take(lines int64) (int64, bool) {
	if ch.left < 0 {
		return lines, true
	}
	n := min(lines, ch.left)
	ch.left -= n
	ch.more.Lines += lines - n
	return n, n > 0
}

// tableOf opens a table, without the parts that cannot hold the name.
func tableOf(c *casefile.Case, table, column, name string, names *names) (*casefile.Table, error) {
	t, err := c.Table(table)
	if err != nil || name == "" || names.loose {
		return t, err
	}
	return t.Holding(column, name)
}

// names tells the clients and recordings that were asked for.
type names struct {
	loose             bool
	client, recording []string // empty: all
}

func newNames(o *Options, loose bool) *names {
	n := &names{loose: loose}
	if o.Client != "" {
		n.client = []string{o.Client}
		if loose {
			var c client.Canonicalizer
			text, _ := c.Client([]byte(o.Client))
			n.client = append(n.client, string(text))
		}
	}
	if o.Recording != "" {
		n.recording = []string{o.Recording}
		if loose {
			var c recording.Canonicalizer
			if path, _, ok := c.Path([]byte(o.Recording)); ok {
				n.recording = append(n.recording, escape.UTF8(path))
			}
		}
	}
	return n
}

func (n *names) match(client, recording []byte) bool {
	return n.one(n.client, client) && n.one(n.recording, recording)
}

func (n *names) one(wanted []string, name []byte) bool {
	if len(wanted) == 0 {
		return true
	}
	for _, w := range wanted {
		if string(name) == w || n.loose && escape.Terminal(string(name)) == w {
			return true
		}
	}
	return false
}
