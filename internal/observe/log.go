package observe

import (
	"context"
	"io"
	"log/slog"
	"os"
)

// NewLogger writes to out: JSON lines for machines, text for a terminal. format
// is json, text or auto; level is debug, info, warn or error. Both handlers
// quote line ends and other ASCII control characters, so that no value can
// forge a line. Times are in UTC, wherever the machine stands.
func NewLogger(out io.Writer, format, level, service string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: l}
	var handler slog.Handler
	if format == "text" || format == "auto" && isTerminal(out) {
		handler = slog.NewTextHandler(out, options)
	} else {
		handler = slog.NewJSONHandler(out, options)
	}
	return slog.New(inUTC{handler}).With(slog.String("service", service))
}

// inUTC is a handler whose lines of several machines can be put in one order.
type inUTC struct{ slog.Handler }

// Handle writes a record.
func (h inUTC) Handle(ctx context.Context, r slog.Record) error {
	r.Time = r.Time.UTC()
	return h.Handler.Handle(ctx, r)
}

// WithAttrs gives a handler whose lines have attributes more.
func (h inUTC) WithAttrs(attrs []slog.Attr) slog.Handler { return inUTC{h.Handler.WithAttrs(attrs)} }

// WithGroup gives a handler whose attributes are in a group.
func (h inUTC) WithGroup(name string) slog.Handler { return inUTC{h.Handler.WithGroup(name)} }

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
