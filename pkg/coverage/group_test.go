package coverage

import (
	"fmt"
	"slices"
	"testing"
)

func TestPlaceOf(t *testing.T) {
	for _, c := range []struct{ path, group, place string }{
		{"var/log/access.log", "var/log/access.log", "0"},
		{"var/log/access.log.1", "var/log/access.log", "1"},
		{"var/log/access.log.2.gz", "var/log/access.log", "2"},
		{"old/access.log.2.gz", "old/access.log", "2"},
		{"access.log.10.zst", "access.log", "10"},
		{"access.1.log", "access.log", "1"},
		{"access.log-20190218.gz", "access.log", "2019-02-18T00:00:00"},
		{"access.log-20190218", "access.log", "2019-02-18T00:00:00"},
		{"access.log.2019-02-18", "access.log", "2019-02-18T00:00:00"},
		{"access.2019-02-18.log", "access.log", "2019-02-18T00:00:00"},
		{"access_20190218.log", "access.log", "2019-02-18T00:00:00"},
		{"access.log_20190218", "access.log", "2019-02-18T00:00:00"},
		{"access_log.2019_02_18", "access_log", "2019-02-18T00:00:00"},
		{"access.log-2019021807", "access.log", "2019-02-18T07:00:00"},
		{"access.log-20190218-07.xz", "access.log", "2019-02-18T07:00:00"},
		{"access.log.2019-02-18_07", "access.log", "2019-02-18T07:00:00"},
		{"access.log-20190218-073000", "access.log", "2019-02-18T07:30:00"},
		{"access.log-1550475000.gz", "access.log", "2019-02-18T07:30:00"},
		{"access.2019-02-18.1.log", "access.log", "2019-02-18T00:00:00"},
		{"access.log-20190218.2", "access.log", "2019-02-18T00:00:00"},
		{"localhost_access_log.2019-02-18.txt", "localhost_access_log.txt", "2019-02-18T00:00:00"},
		{"W3SVC1/u_ex190218.log", "W3SVC1/u_ex.log", "2019-02-18T00:00:00"},
		{"W3SVC1/u_ex19021807_x.log", "W3SVC1/u_ex_x.log", "2019-02-18T07:00:00"},
		{"W3SVC1/ex1902.log", "W3SVC1/ex.log", "2019-02-01T00:00:00"},
		{"a.tar.gz!var/log/access.log.1", "a.tar.gz!var/log/access.log", "1"},
		{"a.tar.gz!var/log/access.log", "a.tar.gz!var/log/access.log", "0"},
		{"logs-20190218.tar.gz!access.log", "logs.tar!access.log", "2019-02-18T00:00:00"},
		{"logs-20190218.zip!access.log.3", "logs-20190218.zip!access.log", "3"},
		{"s3/2019-02-18-00-00-38-7AB5D9FD0A9E7F3D", "s3/*", "2019-02-18T00:00:38 free"},
		{"E2K.2019-02-18-07.a103fd5a.gz", "E2K*", "2019-02-18T07:00:00 free"},
		{"20190218.log", ".log", "2019-02-18T00:00:00"},
		{"2019-02-18", "*", "2019-02-18T00:00:00"},
		{"access.log-20191399", "access.log-20191399", "0"},
		{"samba/log.192.0.2.17", "samba/log.192.0.2.17", "0"},
		{"samba/log.192.0.2.17.1", "samba/log.192.0.2.17", "1"},
		{"voice_access.log", "voice_access.log", "0"},
		{".gz", ".gz", "0"},
	} {
		p := PlaceOf(c.path)
		place := fmt.Sprint(p.Number)
		if !p.Date.IsZero() {
			place = p.Date.Format("2006-01-02T15:04:05")
		}
		if p.Free {
			place += " free"
		}
		if p.Group != c.group || place != c.place {
			t.Errorf("%s: group %q, place %s; want %q, %s", c.path, p.Group, place, c.group, c.place)
		}
	}
}

func TestMissing(t *testing.T) {
	for _, c := range []struct {
		paths []string
		want  []string
	}{
		{[]string{"a.log", "a.log.1", "a.log.2.gz"}, nil},
		{[]string{"a.log"}, nil},
		{[]string{"a.log", "a.log.1", "a.log.2.gz", "a.log.4.gz"}, []string{"files are missing in the rotation: number 3 of 1 to 4"}},
		{[]string{"a.log.4", "a.log.2"}, []string{"files are missing in the rotation: number 1, 3 of 1 to 4", "the live file, without a number, is not among the sources"}},
		{[]string{"a.log", "a.log.15"}, []string{"files are missing in the rotation: number 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 4 more of 1 to 15"}},
		{[]string{"a.log.1.gz", "a.log.1", "a.log"}, nil},
		{[]string{"a.log-20190201", "a.log-20190208", "a.log-20190222", "a.log-20190301"},
			[]string{"files are missing in the weekly rotation, or were not made because nothing was logged: 2019-02-15"}},
		{[]string{"u_ex190226.log", "u_ex190227.log", "u_ex190228.log", "u_ex190303.log"},
			[]string{"files are missing in the daily rotation, or were not made because nothing was logged: 2019-03-01, 2019-03-02"}},
		{[]string{"a.2019-02-18_07.log", "a.2019-02-18_08.log", "a.2019-02-18_09.log", "a.2019-02-18_11.log"},
			[]string{"files are missing in the hourly rotation, or were not made because nothing was logged: 2019-02-18 10h"}},
		{[]string{"u_ex1901.log", "u_ex1902.log", "u_ex1903.log", "u_ex1905.log", "u_ex1906.log"},
			[]string{"files are missing in the monthly rotation, or were not made because nothing was logged: 2019-04"}},
		{[]string{"a.log-20190201", "a.log-20190301"}, nil},
		{[]string{"E2K.2019-02-18-07.a103fd5a.gz", "E2K.2019-02-18-08.b103fd5a.gz", "E2K.2019-02-18-09.c103fd5a.gz", "E2K.2019-02-18-12.d103fd5a.gz"}, nil},
	} {
		var places []Place
		for _, p := range c.paths {
			places = append(places, PlaceOf(p))
		}
		if got := Missing(places); !slices.Equal(got, c.want) {
			t.Errorf("%v:\n got %q\nwant %q", c.paths, got, c.want)
		}
		slices.Reverse(places)
		if got := Missing(places); !slices.Equal(got, c.want) {
			t.Errorf("%v in another order: %q", c.paths, got)
		}
	}
}

// Any name has a place, in a group of its own folder.
func FuzzPlaceOf(f *testing.F) {
	for _, name := range []string{"a/access.log.1", "b-20190218.tar.gz!u_ex190218.log", "2019-02-18-00-00-38-7AB5", "!", "..", "a!b!c.1", ".1", "1.gz"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		p := PlaceOf(name)
		if name != "" && p.Group == "" || p.Number < 0 || p.Free && p.Date.IsZero() {
			t.Errorf("%q: %+v", name, p)
		}
		Missing([]Place{p, p, PlaceOf(name + ".3")})
	})
}
