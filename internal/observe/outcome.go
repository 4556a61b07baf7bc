package observe

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// Success is the outcome of what worked.
const Success = "success"

// Outcomes of refreshes that are no error code.
const (
	Repeated = "repeated" // the parent within the grace: the same successor again
	Reused   = "reused"   // a token from before that: the session has ended
	Ended    = "ended"    // the account's credentials changed, or it is gone or disabled
)

// Outcomes counts what became of the things that people do.
type Outcomes struct {
	logins, refreshes, registrations, checks *prometheus.CounterVec
}

func newOutcomes(r prometheus.Registerer, service string) *Outcomes {
	vec := func(name, help string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, []string{"outcome"})
		r.MustRegister(v)
		v.WithLabelValues(Success)
		return v
	}
	if service == "users" {
		return &Outcomes{checks: vec("password_checks_total", "Logins and passwords that were looked at, by outcome: success or the error code.")}
	}
	o := &Outcomes{
		logins: vec("logins_total", "Sign-ins, by outcome: success or the error code."),
		refreshes: vec("refreshes_total", "Refresh tokens that were presented, by outcome: success, "+
			"repeated (again within the grace), reused (too old: the session has ended), ended (the account no longer holds the session), or the error code."),
		registrations: vec("registrations_total", "Registrations, by outcome: success or the error code."),
	}
	o.refreshes.WithLabelValues(Reused)
	return o
}

// Login is told how a sign-in ended.
func (o *Outcomes) Login(err error) {
	if o != nil {
		o.logins.WithLabelValues(outcomeOf(err)).Inc()
	}
}

// Registration is told how a registration ended.
func (o *Outcomes) Registration(err error) {
	if o != nil {
		o.registrations.WithLabelValues(outcomeOf(err)).Inc()
	}
}

// PasswordCheck is told how the check of a login and a password ended.
func (o *Outcomes) PasswordCheck(err error) {
	if o != nil {
		o.checks.WithLabelValues(outcomeOf(err)).Inc()
	}
}

// Refresh is told how a refresh ended: outcome is one of the constants, or
// empty to go by err.
func (o *Outcomes) Refresh(outcome string, err error) {
	if o == nil {
		return
	}
	if outcome == "" {
		outcome = outcomeOf(err)
	}
	o.refreshes.WithLabelValues(outcome).Inc()
}

// outcomeOf is success or the code of the fault: a closed set.
func outcomeOf(err error) string {
	if err == nil {
		return Success
	}
	if f := fault.As(err); f != nil {
		return string(f.Code)
	}
	return string(fault.CodeInternal)
}
