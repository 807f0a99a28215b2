package trace

import (
	"github.com/logrecount/recount/pkg/casefile"
	"github.com/logrecount/recount/pkg/download"
)

// The tables hold texts as UTF-8: a byte that is not part of a character is
// written as \xHH. A client can send such a byte, and another time the four
// letters. Then two names look the same in the tables, which is no fault of the
// case; but what was told apart by them cannot be told apart again.
const (
	whyAgents = "two of its user agents look the same in the tables, as they differ only in bytes that are not UTF-8; so its sessions could not be formed again. All that does not depend on them is as the case says"
	whyNames  = "another recording or client has the same name in the tables, as the two differ only in bytes that are not UTF-8; so its requests cannot be told from those of the other for certain"
)

// onlyAgents says whether two gradings differ by no more than they do where user
// agents are not told apart: there are fewer, and sessions that were two are
// one, which can only raise the grade.
func onlyAgents(was, again *download.Download) bool {
	same := *was
	same.UserAgents, same.Grade, same.Basis = again.UserAgents, again.Grade, again.Basis
	return len(differences(&same, again)) == 0 && again.UserAgents < was.UserAgents && again.Grade >= was.Grade
}

// several says whether the case has two recordings, or two clients, of that
// name; also if it has not the tables to tell.
func (w *walk) several(client, recording []byte) (bool, error) {
	for _, t := range []struct {
		table, column string
		name          []byte
	}{{casefile.TableRecordings, "recording", recording}, {casefile.TableClients, "client", client}} {
		if !casefile.Ambiguous(t.name) {
			continue
		}
		n, err := w.count(t.table, t.column, string(t.name))
		if err != nil || n != 1 {
			return true, err
		}
	}
	return false, nil
}

// count counts the rows of a table with a name; 0 if the case has no such table.
func (w *walk) count(table, column, name string) (n int, err error) {
	if has, err := w.c.Has(table); err != nil || !has {
		return 0, err
	}
	t, err := w.c.Table(table)
	if err != nil {
		return 0, err
	}
	if t, err = t.Holding(column, name); err != nil {
		return 0, err
	}
	for row, err := range t.Rows(column) {
		if err != nil {
			return 0, err
		}
		if row[0] == name {
			n++
		}
	}
	return n, nil
}
