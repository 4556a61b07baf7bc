package users

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// Formats of a file of accounts.
const (
	FormatNDJSON = "ndjson"
	FormatCSV    = "csv"
)

// importBatch is how many lines become one transaction.
const importBatch = 10_000

// headSize is how much of a file tells it from others, in bytes.
const headSize = 64 << 10

// ErrImportedElsewhere is returned where another process imports the same file.
var ErrImportedElsewhere = errors.New("another process imports this file")

// Import says what is imported and how.
type Import struct {
	From   io.Reader
	Format string // FormatNDJSON or FormatCSV
	// Name and Size tell the file from others, with its first bytes. The size of
	// a stream is 0.
	Name string
	Size int64
	// Resume goes on where an interrupted import of the same file ended.
	Resume bool
	// DryRun checks everything and writes nothing.
	DryRun bool
	// AllowAdmins lets lines grant admin.
	AllowAdmins bool
	// Reject is told each line that is not imported. An interruption may make a
	// resumed import tell some of the last batch again.
	Reject func(line int64, reason string) error
	// Progress is told the counts after each batch. May be nil.
	Progress func(ImportCounts)
}

// ImportCounts are lines: the last one that is done, and what became of those
// up to it (blank lines and a CSV header are neither).
type ImportCounts struct {
	LastLine, Imported, Rejected int64
}

// Import makes accounts of a file's lines, a batch of them per transaction. The
// memory that it needs does not grow with the file. What a batch wrote stays
// when a later one fails; Resume goes on from there.
func (s *Service) Import(ctx context.Context, in Import) (ImportCounts, error) {
	roles, err := s.Roles(ctx, system("import"))
	if err != nil {
		return ImportCounts{}, err
	}
	from := bufio.NewReaderSize(in.From, max(headSize, maxLine))
	job := &importJob{Import: in, service: s, key: importKey(in, from)}
	lines, err := newLines(from, in.Format)
	if err != nil {
		return ImportCounts{}, err
	}
	if err := job.start(ctx); err != nil {
		return ImportCounts{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	reader := &batchReader{lines: lines, check: newLineCheck(s, roles, in.AllowAdmins), skip: job.counts.LastLine}
	for batch := range reader.run(ctx) {
		if err := job.take(ctx, batch); err != nil {
			return job.counts, err
		}
		if in.Progress != nil {
			in.Progress(job.counts)
		}
	}
	return job.counts, errors.Join(reader.err, ctx.Err())
}

// importKey names a file's progress.
func importKey(in Import, from *bufio.Reader) []byte {
	head, _ := from.Peek(headSize) // a shorter file is no fault, and others come back on reading
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %d\n", in.Name, in.Size, len(head))
	h.Write(head)
	return h.Sum(nil)
}

// importJob is one run of Import.
type importJob struct {
	Import
	service *Service
	key     []byte
	counts  ImportCounts
}

// start finds where to begin.
func (j *importJob) start(ctx context.Context) error {
	if j.DryRun {
		return nil
	}
	row, err := j.service.queries.StartImport(ctx, usersdb.StartImportParams{Key: j.key, Resume: j.Resume})
	if err != nil {
		return postgres.Fault(err)
	}
	j.counts = ImportCounts{LastLine: row.LastLine, Imported: row.Imported, Rejected: row.Rejected}
	return nil
}

// take does one batch and counts it.
func (j *importJob) take(ctx context.Context, b *batch) error {
	write := j.write
	if j.DryRun {
		write = j.compare
	}
	if err := write(ctx, b); err != nil {
		return err
	}
	j.counts.LastLine = b.last
	j.counts.Imported += int64(len(b.rows) - b.taken)
	j.counts.Rejected += int64(len(b.rejected))
	return nil
}

// report tells the batch's rejected lines.
func (j *importJob) report(b *batch) error {
	for _, r := range b.rejected {
		if err := j.Reject(r.line, r.reason); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	return nil
}
