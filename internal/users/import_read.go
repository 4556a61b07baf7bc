package users

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxLine is the longest line that is looked at, in bytes.
const maxLine = 64 << 10

var errLongLine = errors.New("is longer than 64 KiB")

// lines reads a file line by line. A CSV record is one line too: no value of
// ours holds a line break, and an unclosed quote must not swallow the file.
type lines struct {
	from   *bufio.Reader
	number int64
	csv    *csvLines // nil for NDJSON
}

func newLines(from *bufio.Reader, format string) (*lines, error) {
	if bom, _ := from.Peek(3); bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = from.Discard(3) // they are in the buffer
	}
	l := &lines{from: from}
	if format != FormatCSV {
		return l, nil
	}
	header, err := l.next()
	if err != nil {
		return nil, fmt.Errorf("the CSV header: %w", err)
	}
	l.csv, err = newCSVLines(header)
	return l, err
}

// next gives a line without its end, valid until the next call. Of one that is
// too long it returns errLongLine and stands behind it.
func (l *lines) next() ([]byte, error) {
	line, err := l.from.ReadSlice('\n')
	l.number++
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = l.from.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, errLongLine
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

// parse reads the members of a line.
func (l *lines) parse(line []byte) (importLine, error) {
	if l.csv != nil {
		return l.csv.parse(line)
	}
	return parseJSON(line)
}

// csvLines parses records that have the columns of a header.
type csvLines struct {
	columns []string
	line    bytes.Reader
	reader  *csv.Reader
	text    []byte
}

func newCSVLines(header []byte) (*csvLines, error) {
	c := &csvLines{}
	c.reader = csv.NewReader(&c.line)
	c.reader.ReuseRecord = true
	columns, err := c.record(header)
	if err != nil {
		return nil, fmt.Errorf("the CSV header: %w", err)
	}
	c.columns = slices.Clone(columns)
	for i, name := range c.columns {
		if !slices.Contains(importMembers, name) || slices.Contains(c.columns[:i], name) {
			return nil, fmt.Errorf("the CSV header: %q is unknown or there twice", name)
		}
	}
	return c, nil
}

func (c *csvLines) record(line []byte) ([]string, error) {
	c.text = append(append(c.text[:0], line...), '\n')
	c.line.Reset(c.text)
	record, err := c.reader.Read()
	var parseError *csv.ParseError
	if errors.As(err, &parseError) {
		return nil, parseError.Err // without the number of the reader's own line
	}
	return record, err
}

func (c *csvLines) parse(line []byte) (importLine, error) {
	record, err := c.record(line)
	if err != nil {
		return importLine{}, err
	}
	var in importLine
	for i, value := range record {
		if err := in.setText(c.columns[i], value); err != nil {
			return importLine{}, err
		}
	}
	return in, nil
}

// batch is what becomes one transaction.
type batch struct {
	first, last int64 // the line before the first, and the last
	rows        []importRow
	rejected    []rejectedLine
	taken       int // how many of rows were rejected after all
}

type rejectedLine struct {
	line   int64
	reason string
}

func (b *batch) reject(line int64, reason string) {
	b.rejected = append(b.rejected, rejectedLine{line, reason})
}

// batchReader reads and checks the next batch while one is being written.
type batchReader struct {
	lines *lines
	check *lineCheck
	skip  int64 // lines that are done
	err   error // why it ended; read it after the channel was closed
}

func (r *batchReader) run(ctx context.Context) <-chan *batch {
	out := make(chan *batch)
	go func() {
		defer close(out)
		for r.err == nil {
			var b *batch
			b, r.err = r.read()
			if b == nil || (r.err != nil && !errors.Is(r.err, io.EOF)) {
				break
			}
			select {
			case out <- b:
			case <-ctx.Done():
				return
			}
		}
		if errors.Is(r.err, io.EOF) {
			r.err = nil
		}
	}()
	return out
}

// read gives nil with io.EOF at the end, or the last batch with it.
func (r *batchReader) read() (*batch, error) {
	for r.lines.number < r.skip {
		if _, err := r.lines.next(); err != nil && !errors.Is(err, errLongLine) {
			return nil, err
		}
	}
	b := &batch{first: r.skip, last: r.skip, rows: make([]importRow, 0, importBatch)}
	for b.last-b.first < importBatch {
		text, err := r.lines.next()
		if err != nil && !errors.Is(err, errLongLine) {
			if b.last == b.first {
				b = nil
			}
			return b, err
		}
		b.last = r.lines.number
		r.add(b, text, err)
	}
	r.skip = b.last
	return b, nil
}

func (r *batchReader) add(b *batch, text []byte, err error) {
	if err == nil && len(bytes.TrimSpace(text)) == 0 {
		return
	}
	var in importLine
	if err == nil {
		in, err = r.lines.parse(text)
	}
	var row importRow
	if err == nil {
		row, err = r.check.row(in)
	}
	if err != nil {
		b.reject(r.lines.number, err.Error())
		return
	}
	row.line = r.lines.number
	b.rows = append(b.rows, row)
}
