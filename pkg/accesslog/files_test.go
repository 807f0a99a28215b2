package accesslog

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestFilesParity(t *testing.T) {
	for _, line := range fileSeeds(t) {
		for _, f := range fileFormats {
			fileParity(t, f, line)
		}
	}
}

// TestFilesParityCut compares on every begin of the seeds.
func TestFilesParityCut(t *testing.T) {
	for i, line := range fileSeeds(t) {
		for n := range line {
			if n%8 == i%8 || n > len(line)-12 {
				for _, f := range fileFormats {
					fileParity(t, f, line[:n])
				}
			}
		}
	}
}

// fileHostile are pieces that mean something in one of the formats.
var fileHostile = append([]string{
	"|", "|ok|", "|pread|ok|", "fail (", ")|", "r|", ", ", ", Path: ", ", Size: 5 Bytes", ", User: x", ", IP: 6.6.6.6", ", Action: Read", "Event: ", "+", "/",
	" b _ o a ", " ftp 0 * c", "Kbyte/sec", `", 5 bytes`, `: Client "`, "] ", "{", "}", "#22", "#", "-1", " - ", "----", "TCP_HIT:NONE", "_ABORTED",
	"%", "?", ":60", "<14>", "1 ", "Jan  1 00:00:00", "2015-01-01T00:00:00Z", "smbd_audit: ", "[", "]: ",
}, hostile...)

func TestFilesParityRandom(t *testing.T) {
	rnd := rand.New(rand.NewPCG(21, 22))
	seeds := fileSeeds(t)
	for range 2000 {
		line := bytes.Clone(seeds[rnd.IntN(len(seeds))])
		for range 1 + rnd.IntN(3) {
			from := rnd.IntN(len(line) + 1)
			to := min(len(line), from+rnd.IntN(3)*rnd.IntN(8))
			line = slices.Replace(line, from, to, []byte(fileHostile[rnd.IntN(len(fileHostile))])...)
		}
		for _, f := range fileFormats {
			fileParity(t, f, bytes.ReplaceAll(line, []byte{'\n'}, nil))
		}
	}
}

func FuzzFilesParity(f *testing.F) {
	for _, line := range fileSeeds(f) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if len(line) > 1<<11 || bytes.IndexByte(line, '\n') >= 0 {
			t.Skip()
		}
		for _, format := range fileFormats {
			fileParity(t, format, line)
		}
	})
}

// TestFilesCut: what is read from the begin of a line is what the line says,
// or it is not read.
func TestFilesCut(t *testing.T) {
	samples := sampleFiles(t)
	for _, f := range fileFormats {
		for _, line := range bytes.Split(samples[f.format.Name], []byte{'\n'}) {
			var whole, cut Record
			if f.reading().NewParser().Parse(line, &whole) != ReasonNone {
				continue
			}
			p := f.reading().NewParser()
			for n := range line {
				if p.Parse(line[:n], &cut) != ReasonNone {
					continue
				}
				same := (cut.TextAtEnd || string(cut.Client) == string(whole.Client)) && cut.Time == whole.Time && cut.Status == whole.Status
				if !same || cut.Bytes != whole.Bytes && cut.Bytes != None && !cut.NumberAtEnd {
					t.Errorf("cut at %d: %s\nwhole %s\ncut   %s", n, line, render(&whole), render(&cut))
				}
			}
		}
	}
}

func TestFilesAllocs(t *testing.T) {
	if underRace {
		t.Skip("the race detector allocates")
	}
	data := bytes.Join(fileSeeds(t), []byte{'\n'})
	for _, f := range fileFormats {
		p := f.reading().NewParser()
		var r Record
		if n := testing.AllocsPerRun(10, func() { parseAll(p, &r, data) }); n != 0 {
			t.Errorf("%s: %v allocations", f.format.Name, n)
		}
	}
}

func BenchmarkFiles(b *testing.B) {
	samples := sampleFiles(b)
	for _, f := range fileFormats {
		b.Run(f.format.Name, func(b *testing.B) {
			p := f.reading().NewParser()
			var r Record
			var data []byte
			for _, line := range bytes.Split(samples[f.format.Name], []byte{'\n'}) {
				if p.Parse(line, &r) == ReasonNone && r.Target != nil {
					data = append(append(data, line...), '\n')
				}
			}
			data = bytes.Repeat(data, 1+(1<<18)/len(data))
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				parseAll(p, &r, data)
			}
		})
	}
}
