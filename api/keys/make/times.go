package main

import (
	"time"

	"github.com/latchkey-id/latchkey/internal/vectors"
)

// times are tokens that are too old, too new, or say no time at all.
func (m *maker) times() {
	exp := rule{vectors.Claims, "RFC 7519, section 4.1.4"}
	now := clock.Unix()
	add := func(r rule, reason vectors.Reason, name, description string, p object) *vectors.Vector {
		return m.add(r, reason, name, description, m.claiming(p))
	}
	add(exp, vectors.Expired, "exp-past", "Expired ten minutes ago.", payload().with("iat", now-1200).with("exp", now-600))
	add(exp, vectors.Expired, "exp-beyond-skew", "Expired 31 s ago, which is beyond the leeway.", payload().with("iat", now-600).with("exp", now-31))
	add(exp, vectors.Expired, "exp-at-the-end-of-skew", "Expired 30 s ago: on or after is too late.", payload().with("iat", now-600).with("exp", now-30))
	late, year := clock.Add(630*time.Second), clock.AddDate(1, 0, 0)
	add(exp, vectors.Expired, "exp-at-a-later-clock", "valid-rs256, ten minutes and 30 s later.", payload()).Clock = &late
	add(exp, vectors.Expired, "exp-a-year-later", "valid-rs256, a year later.", payload()).Clock = &year
	add(exp, vectors.Expired, "exp-zero", "1970 is a time, and past.", payload().with("exp", 0))

	shape := rule{vectors.Claims, "RFC 7519, sections 2 and 4.1.4"}
	required := rule{vectors.Profile, "RFC 9068, section 2.2"}
	add(required, vectors.Payload, "exp-absent", "A token without an end is none.", payload().without("exp"))
	add(shape, vectors.Payload, "exp-string", "A time is a number.", payload().with("exp", "1795695000"))
	add(shape, vectors.Payload, "exp-null", "null is no time.", payload().with("exp", nil))
	add(shape, vectors.Payload, "exp-true", "true is no time.", payload().with("exp", true))
	add(shape, vectors.Payload, "exp-array", "An array is no time.", payload().with("exp", []int64{now + 600}))
	add(shape, vectors.Payload, "exp-negative", "A time before 1970.", payload().with("exp", -1))
	add(shape, vectors.Payload, "exp-1e400", "A number that is infinite in binary64 never expires.", payload().with("exp", raw("1e400")))
	add(shape, vectors.Payload, "exp-beyond-9999", "A time that RFC 3339 cannot write.", payload().with("exp", raw("253402300800")))

	m.notYet(shape, required)
}

func (m *maker) notYet(shape, required rule) {
	nbf := rule{vectors.Claims, "RFC 7519, section 4.1.5"}
	iat := rule{vectors.Profile, "RFC 7519, section 4.1.6; latchkey: iat may not lie in the future"}
	now := clock.Unix()
	add := func(r rule, reason vectors.Reason, name, description string, p object) *vectors.Vector {
		return m.add(r, reason, name, description, m.claiming(p))
	}
	add(nbf, vectors.NotYet, "nbf-beyond-skew", "Valid from in 31 s, which is beyond the leeway.", payload().with("nbf", now+31))
	add(nbf, vectors.NotYet, "nbf-tomorrow", "Valid tomorrow.", payload().with("nbf", now+86400).with("exp", now+90000))
	add(shape, vectors.Payload, "nbf-string", "A time is a number.", payload().with("nbf", "1795694400"))
	add(iat, vectors.NotYet, "iat-beyond-skew", "Issued in 31 s.", payload().with("iat", now+31))
	early := clock.Add(-31 * time.Second)
	add(iat, vectors.NotYet, "iat-at-an-earlier-clock", "valid-rs256, 31 s before it was issued.", payload()).Clock = &early
	add(shape, vectors.Payload, "iat-string", "A time is a number.", payload().with("iat", "1795694400"))
	add(required, vectors.Payload, "iat-absent", "iat is required.", payload().without("iat"))
}
