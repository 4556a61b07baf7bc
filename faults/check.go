package faults

import (
	"fmt"
	"slices"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// findings are what a journal and the databases disagree about, by kind.
type findings struct {
	lost     []string // acknowledged, and not there
	halves   []string // there, and not whole
	invented []string // there, and nobody asked for it
	unlawful []string // refresh tokens that the law refuses, and that were accepted
	ended    []string // sessions that ended without reuse
}

func add(to *[]string, format string, args ...any) { *to = append(*to, fmt.Sprintf(format, args...)) }

// Check stops the load and holds its journal, as it is on the disk, against the databases. The
// auth service has to run: what it owes after answers that it lost is done first.
func (l *Load) Check(t testing.TB, d *apitest.Deployment) {
	t.Helper()
	l.Stop()
	tries, err := l.Journal.Read()
	if err != nil {
		t.Fatal(err)
	}
	d.UsersDB.Pool.Reset() // the test's own connections, which may lead to where nothing is any more
	d.AuthDB.Pool.Reset()
	settle(t, d)
	signIn(t, d, tries)
	found := compare(tries, readAccounts(t, d), readSessions(t, d))
	l.mu.Lock()
	slowest := l.slowest
	l.mu.Unlock()
	for _, state := range []State{Acknowledged, Unknown, Unsent} {
		Figure(t, string(state), l.Count(state))
	}
	Within(t, "slowest_answer", slowest, AnswerLimit())
	wrongs := l.Faults()
	for _, of := range []struct {
		name string
		list []string
	}{
		{"wrong_answers", wrongs}, {"acknowledged_and_lost", found.lost}, {"half_made", found.halves}, {"made_by_nobody", found.invented},
		{"tokens_accepted_outside_the_law", found.unlawful}, {"sessions_ended_without_reuse", found.ended},
	} {
		None(t, of.name, len(of.list))
		for i, text := range of.list {
			if i < 10 {
				t.Log(text)
			}
		}
	}
}

// signIn signs a few of those in who registered, whatever was broken at the time.
func signIn(t testing.TB, d *apitest.Deployment, tries []Try) {
	t.Helper()
	registered := slices.DeleteFunc(slices.Clone(tries), func(try Try) bool { return try.Kind != Registration || try.State != Acknowledged })
	for i := 0; i < len(registered); i += 1 + len(registered)/5 {
		d.Login(t, registered[i].Subject, apitest.Password)
	}
}

// compare holds a journal against what there is.
func compare(tries []Try, accounts map[string]account, sessions map[string]session) findings {
	var f findings
	f.accounts(tries, accounts)
	f.changes(tries, accounts)
	f.sessions(tries, sessions)
	f.exchanges(tries)
	return f
}

// by sorts the tries of some kinds under their subjects.
func by(tries []Try, kinds ...Kind) map[string][]Try {
	sorted := map[string][]Try{}
	for _, try := range tries {
		if slices.Contains(kinds, try.Kind) {
			sorted[try.Subject] = append(sorted[try.Subject], try)
		}
	}
	return sorted
}

// made says that a client knows of an account, by an answer or as one whose answer was lost was
// told on another try that it is there; and that the account may have been made.
func made(tries []Try) (known, possible bool) {
	for _, try := range tries {
		known = known || try.State == Acknowledged || possible && try.State == Refused
		possible = possible || known || try.State == Unknown
	}
	return known, possible
}

// Made are the names of the accounts that the journal, as it is on the disk, has as made.
func (l *Load) Made(t testing.TB) (names []string) {
	t.Helper()
	tries, err := l.Journal.Read()
	if err != nil {
		t.Fatal(err)
	}
	for name, tries := range by(tries, Registration, Creation) {
		if known, _ := made(tries); known {
			names = append(names, name)
		}
	}
	return names
}

func (f *findings) accounts(tries []Try, accounts map[string]account) {
	asked := by(tries, Registration, Creation)
	for name, tries := range asked {
		known, possible := made(tries)
		account, is := accounts[name]
		switch {
		case known && !is:
			add(&f.lost, "the account %s", name)
		case is && !possible:
			add(&f.invented, "the account %s, which was never asked for with success", name)
		case is:
			f.whole(account, tries[0])
		}
	}
	for name := range accounts {
		if _, is := asked[name]; !is && name != apitest.AdminUsername {
			add(&f.invented, "the account %s", name)
		}
	}
}

// whole looks for what an account must have.
func (f *findings) whole(a account, as Try) {
	registered := 0
	if as.Kind == Registration {
		registered = 1
	}
	for _, of := range []struct {
		what      string
		got, want int
	}{
		{"roles", a.Roles, 1}, {"password hashes", a.Hashes, registered}, {"events user.created", a.Created, 1},
		{"events user.registered", a.Registered, registered},
		{"links to confirm the address", a.Links, registered}, {"mails with it", a.Mails, registered},
	} {
		if of.got != of.want {
			add(&f.halves, "the account %s has %d %s, want %d", a.Username, of.got, of.what, of.want)
		}
	}
	if a.Version == 1 && a.Email != as.Value {
		add(&f.lost, "the account %s has the address %s, not %s", a.Username, a.Email, as.Value)
	}
}

// changes wants each account to have the address that was acknowledged last, or one that was
// asked for since.
func (f *findings) changes(tries []Try, accounts map[string]account) {
	byID := map[string]account{}
	for _, a := range accounts {
		byID[a.ID] = a
	}
	for id, tries := range by(tries, Change) {
		repeated := 0
		may := map[string]bool{byID[id].Username + "@example.com": true} // which it was made with
		for _, try := range tries {
			if try.State == Acknowledged {
				clear(may)
			}
			if try.State == Unknown {
				repeated++
			}
			if try.State == Acknowledged || try.State == Unknown {
				may[try.Value] = true
			}
		}
		// What is asked for again after a lost answer moves the version and changes nothing, of which
		// the audit has no event.
		if silent := byID[id].Version - 1 - byID[id].Updated; silent < 0 || silent > repeated {
			add(&f.halves, "the account %s has %d changes and %d events of them", id, byID[id].Version-1, byID[id].Updated)
		}
		if !may[byID[id].Email] {
			add(&f.lost, "the account %s has the address %q, of %v", id, byID[id].Email, may)
		}
	}
}

// sessions wants those that were opened, as far on as was acknowledged, and ended where somebody
// asked for that alone.
func (f *findings) sessions(tries []Try, sessions map[string]session) {
	furthest := map[string]int64{}
	for _, try := range tries {
		if try.State == Acknowledged && try.Gave != "" {
			id := SessionOf(try.Gave)
			furthest[id] = max(furthest[id], generationOf(try.Gave))
		}
	}
	replays, outs := by(tries, Replay), by(tries, SignOut)
	for id, generation := range furthest {
		s, is := sessions[id]
		signedOut := slices.ContainsFunc(outs[id], func(try Try) bool { return try.State == Acknowledged })
		switch {
		case !is:
			add(&f.lost, "the session %s", id)
		case s.Generation < generation:
			add(&f.lost, "generation %d of session %s, which has %d", generation, id, s.Generation)
		case signedOut && s.Reason != "logout":
			add(&f.lost, "the end of session %s (%q)", id, s.Reason)
		case s.Reason == "logout" && len(outs[id]) > 0, s.Reason == "refresh_reuse" && len(replays[id]) > 0 && s.Reuses == 1, s.Reason == "":
		default:
			add(&f.ended, "session %s: %q, with %d events of reuse", id, s.Reason, s.Reuses)
		}
	}
	for id, s := range sessions { // whose sign-in got no answer: nobody can end them
		if _, known := furthest[id]; !known && s.Reason != "" {
			add(&f.ended, "session %s: %q, and nobody has it", id, s.Reason)
		}
	}
}

// exchanges holds every exchange that was acknowledged against the law: one successor of a token,
// whoever asks; none of a token whose successor has been exchanged, or that was exchanged longer
// ago than the grace, by what the clients knew when they asked.
func (f *findings) exchanges(tries []Try) {
	for id, tries := range by(tries, Refresh, Replay) {
		first := map[int64]Try{} // acknowledged exchanges, by the generation presented: the one that was known first
		exchanged := slices.DeleteFunc(tries, func(try Try) bool { return try.State != Acknowledged })
		slices.SortFunc(exchanged, func(a, b Try) int { return a.Known.Compare(b.Known) })
		for _, try := range exchanged {
			presented := generationOf(try.Value)
			if before, is := first[presented]; !is {
				first[presented] = try
			} else if before.Gave != try.Gave {
				add(&f.unlawful, "session %s: generation %d has two successors", id, presented)
			}
			if generationOf(try.Gave) != presented+1 {
				add(&f.unlawful, "session %s: generation %d gave %d", id, presented, generationOf(try.Gave))
			}
		}
		for _, try := range exchanged {
			presented := generationOf(try.Value)
			if next, is := first[presented+1]; is && next.Known.Before(try.Sent) {
				add(&f.unlawful, "session %s: generation %d was taken after %d", id, presented, presented+1)
			}
			if before := first[presented]; before.Known.Add(Grace).Before(try.Sent) {
				add(&f.unlawful, "session %s: generation %d was taken again after %s", id, presented, try.Sent.Sub(before.Known))
			}
		}
	}
}
