package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// profiled is how long each operation is profiled.
const profiled = 10 * time.Second

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// profile keeps both services under one operation after another, and asks them
// for their profiles: what each function takes of the CPU, and what it has
// allocated. make pgo makes the build's profile of them.
func (b *benchmark) profile(ctx context.Context, operations []*operation) error {
	if err := os.MkdirAll(b.profiles, 0o755); err != nil {
		return err
	}
	for _, o := range operations {
		if o.variant != "latchkey" {
			continue
		}
		var all sync.WaitGroup
		errs := make([]error, 3)
		all.Go(func() { _, errs[0] = closed(ctx, o, 8, profiled+2*time.Second, 0) })
		time.Sleep(time.Second)
		name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(o.name), "-"), "-")
		for i, one := range []struct{ service, ops string }{{"auth", b.authOps}, {"users", b.usersOps}} {
			all.Go(func() {
				path := filepath.Join(b.profiles, name+"."+one.service)
				errs[i+1] = fetch(fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", one.ops, int(profiled.Seconds())), path+".cpu.pprof")
				if errs[i+1] == nil {
					errs[i+1] = fetch("http://"+one.ops+"/debug/pprof/allocs", path+".allocs.pprof")
				}
			})
		}
		all.Wait()
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func fetch(url, path string) error {
	answer, err := http.Get(url)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", url, answer.Status)
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, answer.Body)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}
