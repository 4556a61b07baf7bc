package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// everything matches every place.
var everything = regexp.MustCompile("")

// options are what a run was asked for.
type options struct {
	only     *regexp.Regexp
	fraction float64
	seed     string
	out      string
	argued   string
	list     bool
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("mutation: ")
	var o options
	only := flag.String("only", "", "only changes whose place (package/file.go:line) this `pattern` matches")
	flag.Float64Var(&o.fraction, "fraction", 1, "how much of the changes is tried, drawn by the seed")
	flag.StringVar(&o.seed, "seed", "1", "what the draw begins with")
	flag.StringVar(&o.out, "out", "bin/mutation", "`directory` for result.json and result.txt")
	flag.StringVar(&o.argued, "argued", "docs/mutation.md", "`page` with the survivors that make no difference")
	flag.BoolVar(&o.list, "list", false, "list the changes and try none")
	flag.Parse()
	var err error
	if o.only, err = regexp.Compile(*only); err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		stop()
		log.Fatal(err)
	}
}

// run works in the repository's root.
func run(ctx context.Context, o options) error {
	began := time.Now()
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	plan, err := prepare(root, targets)
	if err != nil {
		return err
	}
	chosen := choose(plan.mutants, o)
	if len(chosen) == 0 {
		return errors.New("there is no such change")
	}
	if o.list {
		for _, m := range chosen {
			fmt.Println(m)
		}
		return nil
	}
	work := filepath.Join(root, o.out, "_work") // which ./... passes over
	if err := os.MkdirAll(work, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // it is below bin/
	suites, err := plan.build(ctx, work, chosen)
	if err != nil {
		return err
	}
	if err := suites.observe(ctx); err != nil {
		return err
	}
	for i, m := range chosen {
		if err := suites.try(ctx, m); err != nil {
			return err
		}
		fmt.Printf("%4d of %d  %-11s %s\n", i+1, len(chosen), m.Outcome, m)
	}
	return report(o, len(plan.mutants), chosen, time.Since(began))
}

// choose draws by what a change is, not by where it stands in the list: the same
// ones are drawn when others come and go.
func choose(all []*change, o options) (chosen []*change) {
	for _, m := range all {
		h := fnv.New64a()
		_, _ = h.Write([]byte(o.seed + "\x00" + m.key()))
		if o.only.MatchString(m.Place()) && float64(h.Sum64()%10_000) < o.fraction*10_000 {
			chosen = append(chosen, m)
		}
	}
	return chosen
}
