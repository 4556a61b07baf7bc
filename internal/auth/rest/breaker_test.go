package rest

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// enter makes a call that must be let in.
func enter(t *testing.T, b *breaker, probe bool) turn {
	t.Helper()
	now, isProbe, err := b.enter()
	if err != nil || isProbe != probe {
		t.Fatalf("%s: probe %v, %v", b.State(), isProbe, err)
	}
	return now
}

func refused(t *testing.T, b *breaker) {
	t.Helper()
	if _, _, err := b.enter(); !errors.Is(err, errOpen) {
		t.Fatalf("%s: %v", b.State(), err)
	}
}

// open makes it fail five times.
func open(t *testing.T, b *breaker) {
	t.Helper()
	for range breakerFailures {
		b.record(enter(t, b, false), false)
	}
	refused(t, b)
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(*testing.T, *breaker){
		"opens after five failures in a row": func(t *testing.T, b *breaker) {
			for range 3 {
				for range breakerFailures - 1 {
					b.record(enter(t, b, false), false)
				}
				b.record(enter(t, b, false), true)
			}
			open(t, b)
		},
		"one probe after a second": func(t *testing.T, b *breaker) {
			open(t, b)
			time.Sleep(breakerDelay - time.Millisecond)
			refused(t, b)
			time.Sleep(time.Millisecond)
			probe := enter(t, b, true)
			for range 10 {
				refused(t, b)
			}
			if now := b.record(probe, true); now != enter(t, b, false) || b.State() != "closed" {
				t.Error("a probe that succeeds does not close it")
			}
		},
		"a probe that fails costs another second": func(t *testing.T, b *breaker) {
			open(t, b)
			for range 5 {
				time.Sleep(breakerDelay)
				b.record(enter(t, b, true), false)
				refused(t, b)
			}
			time.Sleep(breakerDelay)
			b.record(enter(t, b, true), true)
			open(t, b)
		},
		"late failures say nothing": func(t *testing.T, b *breaker) {
			var hanging []turn
			for range 20 {
				hanging = append(hanging, enter(t, b, false))
			}
			open(t, b)
			time.Sleep(breakerDelay)
			probe := enter(t, b, true)
			b.record(hanging[0], false)
			b.record(hanging[1], true)
			refused(t, b) // neither of them was the probe's
			b.record(probe, true)
			for _, began := range hanging[2:] {
				b.record(began, false)
			}
			b.record(enter(t, b, false), true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(t, newBreaker(slog.New(slog.DiscardHandler))) })
		})
	}
}

func TestBreakerIsSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		b := newBreaker(slog.New(slog.NewTextHandler(&log, nil)))
		if open(t, b); b.State() != "open" {
			t.Error(b.State())
		}
		for range 3 {
			time.Sleep(breakerDelay)
			b.record(enter(t, b, true), false)
		}
		time.Sleep(breakerDelay)
		probe := enter(t, b, true)
		if b.State() != "half-open" {
			t.Error(b.State())
		}
		b.record(probe, true)
		if got := log.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "level=WARN") || !strings.Contains(got, "level=INFO") {
			t.Errorf("the log has\n%s", got)
		}
	})
}
