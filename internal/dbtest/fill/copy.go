package fill

import (
	"encoding/binary"
	"io"
	"time"

	"github.com/google/uuid"
)

// The frame of COPY … WITH (FORMAT binary): signature, no flags, no extension;
// then rows; then -1 in place of a row's number of fields.
var (
	copyHeader  = append([]byte("PGCOPY\n\xff\r\n\x00"), make([]byte, 8)...)
	copyTrailer = []byte{0xff, 0xff}
)

// chunk is about how many bytes are encoded at once.
const chunk = 64 << 10

// epoch is the zero of PostgreSQL's timestamps, in µs since 1970.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

// encoder appends one row after the other, its fields in the order of columns.
type encoder struct{ buf []byte }

func (e *encoder) row(fields int) { e.buf = binary.BigEndian.AppendUint16(e.buf, uint16(fields)) }

func (e *encoder) size(bytes int) { e.buf = binary.BigEndian.AppendUint32(e.buf, uint32(bytes)) }

func (e *encoder) text(s string) {
	e.size(len(s))
	e.buf = append(e.buf, s...)
}

func (e *encoder) bytes(b []byte) {
	e.size(len(b))
	e.buf = append(e.buf, b...)
}

func (e *encoder) uuid(id uuid.UUID) { e.bytes(id[:]) }

func (e *encoder) yes() { e.buf = append(e.buf, 0, 0, 0, 1, 1) }

func (e *encoder) int64(n int64) {
	e.size(8)
	e.buf = binary.BigEndian.AppendUint64(e.buf, uint64(n))
}

func (e *encoder) time(t time.Time) { e.int64(t.UnixMicro() - epoch) }

// jsonb takes the text of an object in parts.
func (e *encoder) jsonb(parts ...string) {
	size := 1
	for _, part := range parts {
		size += len(part)
	}
	e.size(size)
	e.buf = append(e.buf, 1) // the version of the form
	for _, part := range parts {
		e.buf = append(e.buf, part...)
	}
}

// inet takes an IPv4 address.
func (e *encoder) inet(address [4]byte) {
	const family, bits, notCIDR = 2, 32, 0
	e.buf = append(e.buf, 0, 0, 0, 8, family, bits, notCIDR, 4)
	e.buf = append(e.buf, address[:]...)
}

// stream is the bytes of a COPY of rows 1 to last.
type stream struct {
	encode func(*encoder, int64)
	last   int64

	next    int64
	e       encoder
	pending []byte
}

func newStream(t table) *stream {
	return &stream{encode: t.encode, last: t.rows, next: 1, pending: copyHeader}
}

// Read gives what comes next of the encoded rows.
func (s *stream) Read(p []byte) (int, error) {
	if len(s.pending) == 0 && !s.refill() {
		return 0, io.EOF
	}
	n := copy(p, s.pending)
	s.pending = s.pending[n:]
	return n, nil
}

// refill reports whether there was more.
func (s *stream) refill() bool {
	if s.next > s.last+1 {
		return false
	}
	s.e.buf = s.e.buf[:0]
	for ; s.next <= s.last && len(s.e.buf) < chunk; s.next++ {
		s.encode(&s.e, s.next)
	}
	if s.next > s.last && len(s.e.buf) < chunk {
		s.e.buf = append(s.e.buf, copyTrailer...)
		s.next = s.last + 2
	}
	s.pending = s.e.buf
	return true
}
