package observe

import (
	"io"
	"log/slog"
	"os"
)

// NewLogger writes to out: JSON lines for machines, text for a terminal. format
// is json, text or auto; level is debug, info, warn or error. Both handlers
// quote line ends and other ASCII control characters, so that no value can
// forge a line.
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
	return slog.New(handler).With(slog.String("service", service))
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
