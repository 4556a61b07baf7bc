package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/latchkey-id/latchkey/bench/result"
)

// coldStarts starts each service several times beside the other, which runs,
// and takes the time until /readyz says 200.
func (s *system) coldStarts(ctx context.Context, times int) (auth, users []float64, err error) {
	for range times {
		for _, one := range []struct {
			process **process
			name    string
			addr    string
			took    *[]float64
		}{{&s.users, "users", s.usersAddr, &users}, {&s.auth, "auth", s.authAddr, &auth}} {
			s.notePeaks()
			(*one.process).stop()
			began := time.Now()
			if *one.process, err = s.startService(one.name, one.addr); err != nil {
				return nil, nil, err
			}
			if err = (*one.process).awaitReady(ctx, "/readyz"); err != nil {
				return nil, nil, err
			}
			*one.took = append(*one.took, milliseconds(time.Since(began)))
		}
	}
	return auth, users, nil
}

// programs is what each service takes: started anew, left alone for a while.
func (s *system) programs(ctx context.Context, starts int) ([]result.Program, error) {
	auth, users, err := s.coldStarts(ctx, starts)
	if err != nil {
		return nil, err
	}
	time.Sleep(5 * time.Second)
	var found []result.Program
	for _, one := range []struct {
		process *process
		starts  []float64
	}{{s.auth, auth}, {s.users, users}} {
		idle, _ := memory(one.process.pid())
		info, err := os.Stat(filepath.Join(s.bin, one.process.name))
		if err != nil {
			return nil, err
		}
		found = append(found, result.Program{Name: one.process.name, ColdStart: one.starts, IdleRSS: idle, Binary: float64(info.Size()) / (1 << 20)})
	}
	return found, nil
}
