package result

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

// Text writes a run for a terminal: medians over the rounds, and the targets at
// the end, where they are seen first. It returns the writer's error.
func (r *Run) Text(w io.Writer) error {
	var text bytes.Buffer
	r.head(&text)
	for _, part := range []func(io.Writer){r.operationsText, r.primitivesText, r.pacedText, r.stormText, r.programsText, r.targetsText} {
		part(&text)
	}
	_, err := w.Write(text.Bytes())
	return err
}

func (r *Run) head(w io.Writer) {
	m := r.Machine
	fmt.Fprintf(w, "commit %s, %s, took %s s\n", r.Commit, r.Began.UTC().Format(time.DateTime+" MST"), short(r.Took))
	fmt.Fprintf(w, "%d × %s, %s, %s, PostgreSQL %s\n", m.CPUs, m.CPU, m.OS, m.Go, m.PostgreSQL)
	fmt.Fprintf(w, "%d rounds of %s s; %s users, %s sessions\n", r.Settings.Rounds, short(r.Settings.Seconds), count(r.Settings.Users), count(r.Settings.Sessions))
}

func (r *Run) operationsText(w io.Writer) {
	if len(r.Operations) == 0 {
		return
	}
	fmt.Fprint(w, "\nOperations, closed loop. CPU: µs per request, ±: half of what its rounds lie apart; SQL 3+2: 3 statements, and BEGIN, COMMIT\n")
	var t table
	t.row("", "conns", "req/s", "p50 ms", "p95", "p99", "max", "server", "±", "postgres", "SQL", "×server", "×postgres", "errors")
	for _, g := range r.groups() {
		t.row(g.Name)
		for _, o := range g.Operations {
			f, x := o.Figures(), r.Ratio(o)
			t.row("  "+o.Variant, fmt.Sprint(o.Concurrency), measured(f.Rate.Median),
				measured(f.P50.Median), measured(f.P95.Median), measured(f.P99.Median), measured(f.Max.Median),
				measured(f.Server.Median), half(f.Server), measured(f.Postgres.Median),
				statements(o), ratio(x.Server), ratio(x.Postgres), count(f.Errors))
		}
	}
	t.write(w)
}

func (r *Run) primitivesText(w io.Writer) {
	if len(r.Primitives) == 0 {
		return
	}
	fmt.Fprint(w, "\nPrimitives: what nobody can do without\n")
	var t table
	t.row("", "CPU µs", "per second, all cores")
	for _, p := range r.Primitives {
		t.row("  "+p.Name, measured(p.CPU), measured(p.Rate))
	}
	t.write(w)
}

func (r *Run) pacedText(w io.Writer) {
	if len(r.Paced) == 0 {
		return
	}
	fmt.Fprint(w, "\nOpen loop: requests come at a fixed rate, latency counts from when each was due\n")
	t := pacedTable()
	for _, p := range r.Paced {
		t.row(pacedCells("  "+p.Name, p)...)
	}
	t.write(w)
}

func pacedTable() *table {
	t := &table{}
	t.row("", "per second", "sent", "p50 ms", "p95", "p99", "max", "errors")
	return t
}

func pacedCells(name string, p Paced) []string {
	l := p.Latency
	return []string{name, number(p.Rate), count(p.Sent), measured(l.P50), measured(l.P95), measured(l.P99), measured(l.Max), count(p.Errors)}
}

func (r *Run) stormText(w io.Writer) {
	for _, s := range r.Storms {
		s.text(w)
	}
}

func (s Storm) text(w io.Writer) {
	fmt.Fprintf(w, "\nStorm, %s: %s sign-ins arrive per second\n", s.Name, number(s.Rate))
	t := pacedTable()
	for _, b := range s.Besides() {
		t.row(pacedCells("  "+b.Name+", quiet", b.Quiet)...)
		t.row(pacedCells("  "+b.Name+", stormy", b.Stormy)...)
	}
	t.write(w)
	l := s.Logins
	fmt.Fprintf(w, "  sign-ins: %s sent, %s signed in (%s per second), %s shed (p99 %s ms, max %s ms), %s other; let in again after %s s\n",
		count(l.Sent), count(l.Signed), number(l.SignedPS), count(l.Shed), number(l.ShedP99), number(l.ShedMax), count(l.Other), number(s.Recover))
}

func (r *Run) programsText(w io.Writer) {
	if len(r.Programs) == 0 {
		return
	}
	fmt.Fprint(w, "\nPrograms: from exec to ready, in ms; MiB\n")
	var t table
	t.row("", "starts", "median", "least", "most", "idle RSS", "peak RSS", "binary")
	for _, p := range r.Programs {
		start := SpreadOf(p.ColdStart)
		t.row("  "+p.Name, fmt.Sprint(len(p.ColdStart)), measured(start.Median), measured(start.Least), measured(start.Most),
			measured(p.IdleRSS), measured(p.PeakRSS), measured(p.Binary))
	}
	t.write(w)
}

func (r *Run) targetsText(w io.Writer) {
	if len(r.Targets) == 0 {
		return
	}
	missed := len(r.Missed())
	fmt.Fprintf(w, "\nTargets: %d met, %d missed\n", len(r.Targets)-missed, missed)
	t := table{left: 1}
	t.row("", "promised", "measured", "", "by", "")
	for _, target := range r.Targets {
		t.row("  "+target.Name, bound(target), with(target.Measured, target.Unit), verdict(target), margin(target), target.Note)
	}
	t.write(w)
}
