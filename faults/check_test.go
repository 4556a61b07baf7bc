package faults

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

const sid = "018f0000-0000-7000-8000-000000000001"

func tokenOf(generation int) string { return fmt.Sprintf("v1.%s.%d.mac", sid, generation) }

// seconds are tries in their order, a second apart.
func seconds(tries ...Try) []Try {
	for i := range tries {
		tries[i].ID = uint64(i + 1)
		tries[i].Sent = time.Unix(int64(i), 0)
		tries[i].Known = tries[i].Sent.Add(time.Second / 2)
	}
	return tries
}

func try(kind Kind, subject, value string, state State) Try {
	return Try{Kind: kind, Subject: subject, Value: value, Outcome: Outcome{State: state}}
}

func exchange(presented, got int) Try {
	o := try(Refresh, sid, tokenOf(presented), Acknowledged)
	o.Gave = tokenOf(got)
	return o
}

func late(o Try, by time.Duration) []Try {
	return append(seconds(exchange(1, 2)), func() Try {
		o.Sent = time.Unix(0, 0).Add(by)
		o.Known = o.Sent.Add(time.Second)
		return o
	}())
}

// The checker finds what it is for: each case is one thing that is wrong, and what is right beside
// it.
func TestCompare(t *testing.T) {
	t.Parallel()
	ada := account{ID: "1", Username: "ada", Email: "ada@example.com", Version: 1, Roles: 1, Hashes: 1, Created: 1, Registered: 1, Links: 1, Mails: 1}
	with := func(change func(*account)) map[string]account {
		a := ada
		change(&a)
		return map[string]account{"ada": a}
	}
	whole := with(func(*account) {})
	register := func(states ...State) (tries []Try) {
		for _, state := range states {
			tries = append(tries, try(Registration, "ada", ada.Email, state))
		}
		return seconds(tries...)
	}
	change := func(states ...State) (tries []Try) {
		tries = register(Acknowledged)
		for i, state := range states {
			tries = append(tries, try(Change, "1", fmt.Sprintf("%d@example.com", i), state))
		}
		return seconds(tries...)
	}
	again := change(Unknown, Acknowledged)
	again[2].Value = again[1].Value
	changed := func(email string, version int) map[string]account {
		return with(func(a *account) { a.Email, a.Version, a.Updated = email, version, version-1 })
	}
	sessions := func(generation int64, reason string, reuses int) map[string]session {
		return map[string]session{sid: {ID: sid, Generation: generation, Reason: reason, Reuses: reuses}}
	}
	for name, c := range map[string]struct {
		tries    []Try
		accounts map[string]account
		sessions map[string]session
		want     string // the kind of finding; "" is none
	}{
		"acknowledged and there":                {tries: register(Acknowledged), accounts: whole},
		"acknowledged and lost":                 {tries: register(Acknowledged), want: "lost"},
		"an answer was lost, then a conflict":   {tries: register(Unknown, Refused), want: "lost"},
		"a conflict with somebody else":         {tries: register(Refused)},
		"unknown, and not there":                {tries: register(Unknown)},
		"unknown, and there":                    {tries: register(Unknown), accounts: whole},
		"never sent, and there":                 {tries: register(Unsent, Unsent), accounts: whole, want: "invented"},
		"of nobody":                             {accounts: whole, want: "invented"},
		"no role":                               {tries: register(Unknown), accounts: with(func(a *account) { a.Roles = 0 }), want: "halves"},
		"no hash":                               {tries: register(Unknown), accounts: with(func(a *account) { a.Hashes = 0 }), want: "halves"},
		"no event in users":                     {tries: register(Unknown), accounts: with(func(a *account) { a.Created = 0 }), want: "halves"},
		"no event in auth":                      {tries: register(Unknown), accounts: with(func(a *account) { a.Registered = 0 }), want: "halves"},
		"two mails":                             {tries: register(Unknown), accounts: with(func(a *account) { a.Mails = 2 }), want: "halves"},
		"a change without its event":            {tries: change(Acknowledged), accounts: with(func(a *account) { a.Email, a.Version = "0@example.com", 2 }), want: "halves"},
		"a change made twice, one event":        {tries: again, accounts: with(func(a *account) { a.Email, a.Version, a.Updated = "0@example.com", 3, 1 })},
		"a change made twice, no event":         {tries: again, accounts: with(func(a *account) { a.Email, a.Version = "0@example.com", 3 }), want: "halves"},
		"the change that was acknowledged":      {tries: change(Acknowledged), accounts: changed("0@example.com", 2)},
		"one asked for since, no answer":        {tries: change(Acknowledged, Unknown), accounts: changed("1@example.com", 3)},
		"the one before, no answer to the last": {tries: change(Acknowledged, Unknown), accounts: changed("0@example.com", 2)},
		"one before the one acknowledged":       {tries: change(Unknown, Acknowledged), accounts: changed("0@example.com", 2), want: "lost"},
		"one that was never sent":               {tries: change(Acknowledged, Unsent), accounts: changed("1@example.com", 3), want: "lost"},

		"a session goes on":            {tries: seconds(exchange(1, 2), exchange(2, 3)), sessions: sessions(3, "", 0)},
		"an exchange without answer":   {tries: seconds(exchange(1, 2)), sessions: sessions(3, "", 0)},
		"an exchange was lost":         {tries: seconds(exchange(1, 2), exchange(2, 3)), sessions: sessions(2, "", 0), want: "lost"},
		"a session was lost":           {tries: seconds(exchange(1, 2)), want: "lost"},
		"it ended for nothing":         {tries: seconds(exchange(1, 2)), sessions: sessions(2, "refresh_reuse", 1), want: "ended"},
		"it ended by a replay":         {tries: seconds(exchange(1, 2), try(Replay, sid, tokenOf(1), Refused)), sessions: sessions(2, "refresh_reuse", 1)},
		"and the audit has nothing":    {tries: seconds(exchange(1, 2), try(Replay, sid, tokenOf(1), Refused)), sessions: sessions(2, "refresh_reuse", 0), want: "ended"},
		"it was signed out":            {tries: seconds(exchange(1, 2), try(SignOut, sid, "", Acknowledged)), sessions: sessions(2, "logout", 0)},
		"signed out, and still there":  {tries: seconds(exchange(1, 2), try(SignOut, sid, "", Acknowledged)), sessions: sessions(2, "", 0), want: "lost"},
		"signed out, without answer":   {tries: seconds(exchange(1, 2), try(SignOut, sid, "", Unknown)), sessions: sessions(2, "", 0)},
		"one that nobody has ended":    {sessions: sessions(1, "logout", 0), want: "ended"},
		"the parent within the grace":  {tries: late(exchange(1, 2), Grace), sessions: sessions(2, "", 0)},
		"the parent after it":          {tries: late(exchange(1, 2), Grace+time.Second), sessions: sessions(2, "", 0), want: "unlawful"},
		"two successors":               {tries: func() []Try { o := exchange(1, 2); o.Gave += "x"; return late(o, time.Second) }(), sessions: sessions(2, "", 0), want: "unlawful"},
		"the grandparent":              {tries: seconds(exchange(1, 2), exchange(2, 3), exchange(1, 2)), sessions: sessions(3, "", 0), want: "unlawful"},
		"a generation that is skipped": {tries: seconds(exchange(1, 3)), sessions: sessions(3, "", 0), want: "unlawful"},
	} {
		got := compare(c.tries, c.accounts, c.sessions)
		v := reflect.ValueOf(got)
		for i := range v.NumField() {
			field := v.Type().Field(i).Name
			if found := v.Field(i).Len(); (found > 0) != (field == c.want) {
				t.Errorf("%s: %s has %v", name, field, v.Field(i))
			}
		}
	}
}
