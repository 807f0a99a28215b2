package evidence

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/logrecount/recount/internal/inflate"
)

// What the usual tools write is read, whole and cut in the middle.
func TestToolsOutput(t *testing.T) {
	text := lines(0, 3000)
	kinds := map[string]string{"gzip": "gzip", "pigz": "gzip", "bgzip": "gzip", "zstd": "zstd", "pzstd": "zstd", "bzip2": "bzip2", "xz": "xz"}
	for _, command := range []string{
		"gzip -c", "gzip -1 -c", "gzip -9 -c", "pigz -c -b 128", "pigz -c -i", "pigz -11 -c", "bgzip -c",
		"zstd -c -q", "zstd -c -q -19 --long=27", "zstd -c -q --no-check", "pzstd -c -q",
		"bzip2 -c -1", "bzip2 -c -9",
		"xz -c", "xz -c -0 --block-size=50000 --check=sha256", "xz -c -T2 --block-size=100000", "xz -c --check=none", "xz -c --check=crc32",
	} {
		t.Run(command, func(t *testing.T) {
			data := packedBy(t, command, text)
			kind := kinds[strings.Fields(command)[0]]
			if kind == "gzip" {
				if got := inflated(t, data); !bytes.Equal(got, text) {
					t.Errorf("inflate gives %d bytes of %d", len(got), len(text))
				}
			}
			file, stdin := both(t, data)
			for _, r := range []result{file, stdin} {
				if !bytes.Equal(r.data, text) || r.damage != nil || r.warnings != nil || r.kind != kind {
					t.Errorf("%d bytes of %d, %s, %v, %q", len(r.data), len(text), r.kind, r.damage, r.warnings)
				}
			}
			file, _ = both(t, data[:len(data)*3/4])
			if !bytes.HasPrefix(text, file.data) || len(file.data) < len(text)*2/10 && kind != "bzip2" || file.damage == nil {
				t.Errorf("cut: %d bytes of %d, %v", len(file.data), len(text), file.damage)
			}
			t.Logf("cut: %d bytes of %d, %v", len(file.data), len(text), file.damage)
		})
	}
}

// inflated is what inflate gives of gzip members. Where it fails, compress/gzip reads
// them, so what is read from a file would not show it.
func inflated(t *testing.T, data []byte) (all []byte) {
	t.Helper()
	in := bufio.NewReader(bytes.NewReader(data))
	var z inflate.Reader
	for {
		if _, err := in.Peek(1); err == io.EOF {
			return all
		}
		if err := z.Reset(in); err != nil {
			t.Fatal(err)
		}
		member, err := io.ReadAll(&z)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, member...)
	}
}

// packedBy packs text with a command, of which scripts/test installs all. Where it
// could not, and where it was not used, the test is skipped.
func packedBy(t *testing.T, command string, text []byte) []byte {
	t.Helper()
	args := strings.Fields(command)
	if _, err := exec.LookPath(args[0]); err != nil {
		if os.Getenv("RECOUNT_PACKERS") == "required" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin = bytes.NewReader(text)
	data, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return data
}
