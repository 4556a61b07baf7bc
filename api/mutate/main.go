// Command mutate shows that the contract can't drift unseen: it makes changes
// to a copy of the committed tree, each of which parts the specification from
// what the services do, and looks which of CI's checks catches it. A change that
// none of them catches fails the run.
//
//	make spec-mutate                  all of them
//	make spec-mutate ARGS='-only enum'   those whose name matches
//	make spec-mutate ARGS=-list
//
// The copy is a clone of HEAD under bin/. The checks are those of CI that are
// about the contract, from the quickest to the slowest, and a change counts for
// the first that refuses it. What `make test` has noted of statuses is taken from
// its last run, in bin/statuses.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("mutate: ")
	only := flag.String("only", "", "only changes whose name this `pattern` matches")
	list := flag.Bool("list", false, "list the changes")
	flag.Parse()
	chosen, err := choose(*only)
	if err != nil {
		log.Fatal(err)
	}
	if *list {
		for _, m := range chosen {
			fmt.Println(m.name)
		}
		return
	}
	if err := run(chosen); err != nil {
		log.Fatal(err)
	}
}

func choose(only string) (chosen []mutation, err error) {
	pattern, err := regexp.Compile(only)
	if err != nil {
		return nil, err
	}
	for _, m := range mutations {
		if pattern.MatchString(m.name) {
			chosen = append(chosen, m)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no change is called %q", only)
	}
	return chosen, nil
}

// run tries the changes one after another. The untouched copy has to pass
// first: else whatever is caught proves nothing.
func run(chosen []mutation) error {
	if noted, err := os.ReadDir(filepath.Join("bin", "statuses")); err != nil || len(noted) == 0 {
		return errors.New("bin/statuses is empty: run make test first, which notes there what it has seen")
	}
	tree, err := cloneHead(filepath.Join("bin", "mutate"))
	if err != nil {
		return err
	}
	began := time.Now()
	if caught := tree.check(nothing); caught != nil {
		return fmt.Errorf("the untouched tree fails %s:\n%s", caught.check, caught.output)
	}
	fmt.Printf("the untouched tree passes all checks (%s)\n", time.Since(began).Round(time.Second))
	var missed []string
	for _, m := range chosen {
		began := time.Now()
		caught, err := tree.try(m)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		by := "MISSED"
		if caught != nil {
			by = "caught by " + caught.check + ": " + caught.reason()
		} else {
			missed = append(missed, m.name)
		}
		fmt.Printf("%-62s %4.0f s  %s\n", m.name, time.Since(began).Seconds(), by)
	}
	fmt.Printf("%d of %d changes were caught\n", len(chosen)-len(missed), len(chosen))
	if len(missed) > 0 {
		return errors.New("missed: " + strings.Join(missed, ", "))
	}
	return os.RemoveAll(tree.dir)
}
