package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/latchkey-id/latchkey/internal/doctor"
)

type doctorCommand struct {
	Ops      []string      `help:"Ops listeners to ask, of all instances: host:port or a URL. Without it, those of AUTH_OPS_ADDR and USERS_OPS_ADDR."`
	Window   time.Duration `default:"10s" help:"So long it watches."`
	JSON     bool          `help:"One JSON object."`
	ExitCode bool          `help:"Exit with 3 where a bottleneck or a problem was found."`

	found bool // what main turns into exitPartly
}

// report is what the doctor says.
type report struct {
	Spent    []doctor.Spent   `json:"spent"`
	Findings []doctor.Finding `json:"findings"`
	Well     []string         `json:"well"`
}

// Run watches the instances for the window, and meanwhile looks at what they
// stand on.
func (d *doctorCommand) Run(ctx context.Context) error {
	if d.Window < time.Second || d.Window > time.Hour {
		return errors.New("--window: must be 1s to 1h")
	}
	e, err := readSurroundings(os.Environ())
	if err != nil {
		return err
	}
	var r report
	instances, unreachable := d.watch(ctx, e, func() { e.check(ctx, &r) })
	if ctx.Err() != nil {
		return errInterrupted
	}
	r.Findings = append(unreachable, r.Findings...)
	for _, i := range instances {
		r.Spent = append(r.Spent, doctor.SpentBy(i))
		bottlenecks := doctor.Bottlenecks(i)
		r.Findings = append(append(bottlenecks, doctor.State(i)...), r.Findings...)
		if len(bottlenecks) == 0 {
			r.well("no bottleneck in %s at %s", i.Service, i.Ops)
		}
	}
	if f := doctor.Limited(instances); f != nil {
		r.Findings = append(r.Findings, *f)
	} else if operation, key, used := doctor.NearestLimit(instances); operation != "" {
		r.well("the limit that is nearest is %s's by %s: %.0f %% used", operation, key, 100*used)
	}
	e.compare(instances, &r)
	for _, f := range r.Findings {
		d.found = d.found || d.ExitCode && f.Severity != doctor.Notice
	}
	return d.write(r)
}

func (r *report) well(format string, args ...any) {
	r.Well = append(r.Well, fmt.Sprintf(format, args...))
}

func (r *report) add(severity doctor.Severity, resource, what, fix string) {
	r.Findings = append(r.Findings, doctor.Finding{Severity: severity, Resource: resource, What: what, Fix: fix})
}

// opsListeners are the URLs to ask.
func (d *doctorCommand) opsListeners(e *surroundings) []string {
	listeners := d.Ops
	if len(listeners) == 0 {
		listeners = []string{e.auth.OpsAddr, e.users.OpsAddr}
	}
	var urls []string
	for _, l := range listeners {
		if !strings.Contains(l, "://") {
			l = e.opsScheme() + l
		}
		urls = append(urls, strings.TrimRight(l, "/"))
	}
	return urls
}

// scrapeLimit bounds one look at a listener.
const scrapeLimit = 5 * time.Second

// watch asks every listener, does something else, and asks again at the end of
// the window. Those that do not answer are findings.
func (d *doctorCommand) watch(ctx context.Context, e *surroundings, meanwhile func()) ([]doctor.Instance, []doctor.Finding) {
	urls := d.opsListeners(e)
	before, unreachable := scrapeAll(ctx, e.client, urls)
	end := time.After(d.Window)
	e.listeners = urls
	meanwhile()
	select {
	case <-end:
	case <-ctx.Done():
		return nil, nil
	}
	after, gone := scrapeAll(ctx, e.client, urls)
	var instances []doctor.Instance
	for i, url := range urls {
		switch {
		case unreachable[i] != nil || gone[i] != nil:
			continue
		case after[i].Service() == "":
			gone[i] = errors.New("it is not a service of latchkey")
		default:
			instances = append(instances, doctor.Instance{Ops: url, Service: after[i].Service(), Before: before[i], After: after[i]})
		}
	}
	var findings []doctor.Finding
	for i, url := range urls {
		if err := errors.Join(unreachable[i], gone[i]); err != nil {
			findings = append(findings, doctor.Finding{
				Severity: doctor.Problem, Resource: "instance", Where: url, What: "its ops listener can't be asked: " + oneLine(err),
				Fix: "see whether the service runs and this is its AUTH_OPS_ADDR or USERS_OPS_ADDR; --ops names others",
			})
		}
	}
	return instances, findings
}

func scrapeAll(ctx context.Context, client *http.Client, urls []string) ([]doctor.Sample, []error) {
	ctx, cancel := context.WithTimeout(ctx, scrapeLimit)
	defer cancel()
	samples, errs := make([]doctor.Sample, len(urls)), make([]error, len(urls))
	var asking sync.WaitGroup
	for i, url := range urls {
		asking.Go(func() { samples[i], errs[i] = doctor.Scrape(ctx, client, url) })
	}
	asking.Wait()
	return samples, errs
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

func (d *doctorCommand) write(r report) error {
	if d.JSON {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	for _, s := range r.Spent {
		s.Write(os.Stdout)
		fmt.Println()
	}
	doctor.WriteFindings(os.Stdout, r.Findings)
	for _, line := range r.Well {
		fmt.Println("well:", line)
	}
	return nil
}

// opsScheme is how ops listeners speak.
func (e *surroundings) opsScheme() string {
	if e.auth.TLSCertFile != "" {
		return "https://"
	}
	return "http://"
}
