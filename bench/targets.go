package main

import (
	"slices"

	"github.com/latchkey-id/latchkey/bench/result"
)

// targets holds what was measured against what is promised (docs/performance.md).
// A part that was left out has no targets.
func targets(r *result.Run) []result.Target {
	var t list
	for _, of := range []struct {
		name          string
		server, store float64
	}{{"GET /users/{user}", 1.6, 1.1}, {"GET /livez", 1.3, 0}, {"GET /.well-known/jwks.json", 1.3, 0}} {
		t.ratio(r, of.name, of.server, of.store)
	}
	if o := find(r, "GET /users/{user}", "latchkey", 8); o != nil {
		t.most("GET /users/{user}: statements", 1, round2(o.Statements), "")
	}
	t.refresh(r)
	if o := find(r, "POST /users", "latchkey", 8); o != nil {
		t.most("POST /users with password_hash: server CPU", 450, o.Figures().Server.Median, "µs")
		t.most("POST /users with password_hash: BEGIN and COMMIT", 2, round2(o.Commands), "")
	}
	t.login(r, "POST /auth/login, bcrypt cost 12", 97)
	t.login(r, "POST /auth/login, bcrypt cost 10", 93)
	for _, s := range r.Storms {
		t.storm(s)
	}
	t.scale(r)
	for _, p := range r.Programs {
		t.most(p.Name+": cold start to ready", 120, result.SpreadOf(p.ColdStart).Median, "ms")
		t.most(p.Name+": idle memory", 40, p.IdleRSS, "MiB")
		t.most(p.Name+": peak memory of the run", 80, p.PeakRSS, "MiB")
		t.most(p.Name+": binary", 36, p.Binary, "MiB")
	}
	return t
}

type list []result.Target

func (t *list) most(name string, bound, measured float64, unit string) {
	*t = append(*t, result.Target{Name: name, Bound: bound, Measured: measured, Unit: unit})
}

func (t *list) least(name string, bound, measured float64, unit string) {
	*t = append(*t, result.Target{Name: name, Bound: bound, Measured: measured, Unit: unit, Least: true})
}

// ratio holds an operation against its floor; store is for PostgreSQL's CPU, 0
// where there is none.
func (t *list) ratio(r *result.Run, name string, server, store float64) {
	o := find(r, name, "latchkey", 8)
	if o == nil {
		return
	}
	ratio := r.Ratio(*o)
	t.most(name+": server CPU, of the floor's", server, ratio.Server, "×")
	if store > 0 {
		t.most(name+": PostgreSQL's CPU, of the floor's", store, ratio.Postgres, "×")
	}
}

// refresh is what is left of a refresh without its signature, and all of it
// where that is cheap.
func (t *list) refresh(r *result.Run) {
	if o, floor := find(r, "POST /auth/refresh", "latchkey", 8), find(r, "POST /auth/refresh", "floor", 8); o != nil && floor != nil {
		t.most("POST /auth/refresh: CPU of both services over one RSA-2048 signature", 450, o.Figures().Server.Median-floor.Figures().Server.Median, "µs")
		t.most("POST /auth/refresh: statements", 3, round2(o.Statements), "")
	}
	if o := find(r, "POST /auth/refresh under ES256", "latchkey", 8); o != nil {
		t.most("POST /auth/refresh under ES256: CPU of both services", 550, o.Figures().Server.Median, "µs")
	}
}

func (t *list) login(r *result.Run, name string, bound float64) {
	o, floor := find(r, name, "latchkey", 8), find(r, name, "floor", 8)
	if o == nil || floor == nil {
		return
	}
	if bare := floor.Figures().Rate.Median; bare > 0 {
		t.least(name+": rate, of the bare hash's", bound, 100*o.Figures().Rate.Median/bare, "%")
	}
}

func (t *list) storm(s result.Storm) {
	name := "storm, " + s.Name + ": "
	times := func(quiet, stormy result.Paced) float64 {
		if quiet.Latency.P99 == 0 {
			return 0
		}
		return stormy.Latency.P99 / quiet.Latency.P99
	}
	t.most(name+"p99 of refreshes, of the quiet one", 2, times(s.Quiet.Refresh, s.Stormy.Refresh), "×")
	t.most(name+"p99 of look-ups, of the quiet one", 2, times(s.Quiet.LookUp, s.Stormy.LookUp), "×")
	if sent := s.Stormy.Refresh.Sent; sent > 0 {
		t.least(name+"refreshes that succeed", 99.9, 100*float64(sent-s.Stormy.Refresh.Errors)/float64(sent), "%")
	}
	t.most(name+"longest wait of a sign-in that is shed", 600, s.Logins.ShedMax, "ms")
	t.most(name+"recovery", 5, s.Recover, "s")
}

// scale holds each operation on many accounts against the same on few.
func (t *list) scale(r *result.Run) {
	for _, o := range r.Operations {
		few := find(r, o.Name, few, o.Concurrency)
		if few == nil || o.Variant == few.Variant {
			continue
		}
		cpu, p50 := o.Figures().CPU.Median/few.Figures().CPU.Median, o.Figures().P50.Median/few.Figures().P50.Median
		t.most(o.Name+": CPU of all with "+o.Variant+", of that with "+few.Variant, 1.2, cpu, "×")
		t.most(o.Name+": p50 with "+o.Variant+", of that with "+few.Variant, 1.2, p50, "×")
	}
}

func find(r *result.Run, name, variant string, concurrency int) *result.Operation {
	i := slices.IndexFunc(r.Operations, func(o result.Operation) bool {
		return o.Name == name && o.Variant == variant && o.Concurrency == concurrency
	})
	if i < 0 {
		return nil
	}
	return &r.Operations[i]
}
