package httpapi

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/latchkey-id/latchkey/internal/memory"
)

// Main runs a program until it ends or is told to stop by SIGINT or SIGTERM,
// and gives the exit code. A second signal ends it at once.
func Main(run func(context.Context) error) int {
	memory.Pace()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop()
	}()
	err := run(ctx)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return 0 // told to stop while it started
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "latchkey:", err)
		return 1
	}
	return 0
}
