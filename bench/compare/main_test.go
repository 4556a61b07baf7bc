package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/bench/result"
)

const madeUp = "../result/testdata/run.json"

// changed is the made-up run with look-ups that take a third more CPU.
func changed(t *testing.T, cpu string) string {
	t.Helper()
	run, err := result.Read(madeUp)
	if err != nil {
		t.Fatal(err)
	}
	run.Machine.CPU = cpu
	for _, o := range run.Operations {
		for _, r := range o.Rounds {
			if o.Name == "GET /users/{user}" && o.Variant == "latchkey" {
				r.CPU["users"] *= 4.0 / 3
			}
		}
	}
	path := filepath.Join(t.TempDir(), "new.json")
	if err := run.Write(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCompare(t *testing.T) {
	t.Parallel()
	run, err := result.Read(madeUp)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := compare(t.Context(), &out, madeUp, changed(t, run.Machine.CPU)); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`GetUsersUser/variant=latchkey/c=8 +171\.0µ ± +5% +228\.0µ ± +5% +\+33\.33% \(p=0\.008 n=5\)`,
		`GetUsersUser/variant=floor/c=8 +112\.0µ .* ~ \(p=1\.000 n=5\)`,
		`ColdStart/program=users +90\.50m`,
		`Primitive/of=RSA_2048_signature +1\.390m`,
		`│ +p99-sec +│`,
	} {
		if !regexp.MustCompile(line).MatchString(out.String()) {
			t.Errorf("nothing like %q in\n%s", line, out.String())
		}
	}
	if strings.Contains(out.String(), "differs:") {
		t.Errorf("it differs in what is the same:\n%s", out.String())
	}
}

// Other machines are not compared, and it says why.
func TestOtherMachine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := compare(t.Context(), &out, madeUp, changed(t, "Another CPU")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "differs: CPU: 2 × Imagined CPU @ 2.10GHz, then 2 × Another CPU\n") || strings.Contains(out.String(), "+33.33%") {
		t.Error(out.String())
	}
}

func TestNoFile(t *testing.T) {
	t.Parallel()
	if err := compare(t.Context(), &bytes.Buffer{}, madeUp, "none.json"); err == nil || !strings.Contains(err.Error(), "none.json") {
		t.Error(err)
	}
}
