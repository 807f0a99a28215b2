package casefile

import (
	"bytes"
	"sync"

	"github.com/apache/arrow/go/v17/parquet/compress"
)

var snappy = lean(compress.Codecs.Snappy)

// codecs are the compressions of tables by name.
var codecs = map[string]compress.Compression{
	"":       snappy,
	"snappy": snappy,
	"zstd":   compress.Codecs.Zstd,
}

// lean has the Parquet writer compress in space that is used again. It asks for
// space for the worst case at every page, which Snappy then takes for too small
// and makes its own: on the yardstick 0.8 GB to write 0.17 GB of tables.
func lean(c compress.Compression) compress.Compression {
	codec, err := compress.GetCodec(c)
	if err != nil {
		panic(err) // the library has it from the start
	}
	compress.RegisterCodec(c, leanCodec{codec})
	return c
}

type leanCodec struct{ compress.Codec }

// CompressBound is how much space to bring along: none.
func (c leanCodec) CompressBound(int64) int64 { return 0 }

// EncodeLevel gives the compressed page in memory of its own, as large as it.
func (c leanCodec) EncodeLevel(_, src []byte, level int) []byte {
	space := pageSpace.Get().(*[]byte)
	defer pageSpace.Put(space)
	if most := int(c.Codec.CompressBound(int64(len(src)))); cap(*space) < most {
		*space = make([]byte, most)
	}
	return bytes.Clone(c.Codec.EncodeLevel((*space)[:cap(*space)], src, level))
}

// pageSpace is space for compressed pages.
var pageSpace = sync.Pool{New: func() any { return new([]byte) }}
