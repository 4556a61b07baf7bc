package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/users"
)

type importCommand struct {
	File        string `arg:"" help:"The file, or - for standard input."`
	Format      string `enum:"auto,ndjson,csv" default:"auto" help:"ndjson or csv; auto goes by the file's extension, else ndjson."`
	Report      string `help:"Write rejected lines to this file (default: standard error)."`
	Resume      bool   `help:"Go on where an interrupted import of the same file ended."`
	DryRun      bool   `help:"Check everything and write nothing."`
	AllowAdmins bool   `help:"Let lines grant the role admin."`

	rejected bool // what main turns into exitPartly
}

// Run imports the file.
func (i *importCommand) Run(ctx context.Context) (err error) {
	from, size, err := i.open()
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // it was only read
	report, err := i.openReport()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, report.Close()) }()
	err = withUsers(ctx, func(_ config.Users, s *users.Service) error {
		show := newProgress(os.Stderr)
		counts, err := s.Import(ctx, users.Import{
			From: from, Format: i.format(), Name: filepath.Base(i.File), Size: size,
			Resume: i.Resume, DryRun: i.DryRun, AllowAdmins: i.AllowAdmins,
			Reject: func(line int64, reason string) error {
				_, err := fmt.Fprintf(report, "line %d: %s\n", line, reason)
				return err
			},
			Progress: show.update,
		})
		show.end()
		i.rejected = counts.Rejected > 0
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted after line %d; --resume goes on from there", counts.LastLine)
		}
		if err != nil {
			return fmt.Errorf("after line %d: %w", counts.LastLine, err)
		}
		fmt.Printf("users: %d accounts %s, %d lines rejected\n",
			counts.Imported, map[bool]string{false: "imported", true: "would be imported"}[i.DryRun], counts.Rejected)
		return nil
	})
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted before the first line") // not 0, which says that all is imported
	}
	return err
}

func (i *importCommand) format() string {
	if i.Format != "auto" {
		return i.Format
	}
	if strings.EqualFold(filepath.Ext(i.File), ".csv") {
		return users.FormatCSV
	}
	return users.FormatNDJSON
}

func (i *importCommand) open() (io.ReadCloser, int64, error) {
	if i.File == "-" {
		return os.Stdin, 0, nil
	}
	file, err := os.Open(i.File)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// openReport keeps what an interrupted run reported.
func (i *importCommand) openReport() (io.WriteCloser, error) {
	if i.Report == "" {
		return standardError{}, nil
	}
	mode := os.O_TRUNC
	if i.Resume {
		mode = os.O_APPEND
	}
	return os.OpenFile(i.Report, os.O_WRONLY|os.O_CREATE|mode, 0o600)
}

type standardError struct{}

func (standardError) Write(b []byte) (int, error) { return os.Stderr.Write(b) }
func (standardError) Close() error                { return nil }

// progress is a line on a terminal that is written again and again; elsewhere
// it is silent.
type progress struct {
	to    *os.File // nil where there is no terminal
	began time.Time
	first int64
}

func newProgress(to *os.File) *progress {
	p := &progress{began: time.Now(), first: -1}
	if info, err := to.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		p.to = to
	}
	return p
}

func (p *progress) update(c users.ImportCounts) {
	if p.to == nil {
		return
	}
	if p.first < 0 {
		p.first, p.began = c.LastLine, time.Now() // a resumed import did the others before
	}
	rate := float64(c.LastLine-p.first) / max(time.Since(p.began).Seconds(), 1e-3)
	fmt.Fprintf(p.to, "\r\033[Kline %d: %d imported, %d rejected, %.0f lines/s", c.LastLine, c.Imported, c.Rejected, rate)
}

func (p *progress) end() {
	if p.to != nil && p.first >= 0 {
		fmt.Fprintln(p.to)
	}
}
