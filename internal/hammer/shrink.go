package hammer

import (
	"maps"
	"slices"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/hammer/judge"
)

// smaller leaves out of a request what the problem does not need: members,
// pairs and headers, one at a time, as long as the same is wrong.
func (h *Hammer) smaller(t testing.TB, f Finding, r *draft, v judge.Verdict, answer apitest.Response) Finding {
	for again := true; again; {
		again = false
		for _, less := range r.less() {
			problem, verdict, got := h.try(t, less)
			if problem == f.Problem && got.Status == answer.Status {
				r, v, answer, again = less, verdict, got, true
				break
			}
		}
	}
	url := map[string]string{authService: h.world.s.Auth.URL, usersService: h.world.s.Users.URL}[r.op.service]
	return f.with(url, r, v, answer)
}

// less are the drafts with one thing left out.
func (d *draft) less() (all []*draft) {
	for i := range d.query {
		c := d.clone()
		c.query = slices.Delete(c.query, i, i+1)
		all = append(all, c)
	}
	for _, name := range slices.Sorted(maps.Keys(d.header)) {
		c := d.clone()
		delete(c.header, name)
		all = append(all, c)
	}
	if d.raw != nil && d.body != nil {
		c := d.clone()
		c.raw = nil
		all = append(all, c)
	}
	if d.chunked {
		c := d.clone()
		c.chunked = false
		all = append(all, c)
	}
	switch body := d.body.(type) {
	case object:
		for i := range body {
			c := d.clone()
			c.body = body.without(i)
			all = append(all, c)
		}
	case form:
		for i := range body {
			c := d.clone()
			c.body = slices.Delete(slices.Clone(body), i, i+1)
			all = append(all, c)
		}
	}
	return all
}
