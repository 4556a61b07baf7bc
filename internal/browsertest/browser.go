package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Action is a step in the browser that gives no value; most of chromedp's are.
type Action = chromedp.Action[chromedp.Void]

// For a machine that is full of tests. Nothing waits that long unless it fails.
const (
	startTimeout = 60 * time.Second
	runTimeout   = 30 * time.Second
)

// programs are the names of Chromium and its kin, on PATH.
var programs = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Chromium is a running Chromium, for the browsers of one test and its subtests.
type Chromium struct {
	program string
	ctx     context.Context
	pid     int
}

// Browser is a fresh profile with one tab. It is not for use by several
// goroutines; several browsers of one Chromium are.
type Browser struct {
	watch   watch
	answers answers

	t        testing.TB
	chromium *Chromium
	ctx      context.Context
}

// Start starts a Chromium that ends with the test. That takes seconds of both
// cores: tests share one where they can.
func Start(t testing.TB) *Chromium {
	t.Helper()
	program, err := find()
	if err != nil {
		t.Fatal(err)
	}
	// The profile is in a directory that chromedp makes, and removes once the
	// processes have ended; what Chromium writes besides goes to a home of its own.
	allocator, end := chromedp.NewExecAllocator(context.Background(), append(flags(),
		chromedp.ExecPath(program), chromedp.NoInheritEnv,
		chromedp.Env("PATH="+os.Getenv("PATH"), "TMPDIR="+os.TempDir(), "HOME="+t.TempDir(), "LANG=C.UTF-8"))...)
	t.Cleanup(end) // kills, waits, and removes the profile
	ctx, cancel := chromedp.NewContext(allocator)
	c := &Chromium{program: program, ctx: ctx}
	c.first(t, ctx, cancel)
	c.pid = chromedp.FromContext(ctx).Browser.Process().Pid
	return c
}

// Open opens a browser that ends with the test: cookies, storage and cache are
// its own.
func (c *Chromium) Open(t testing.TB) *Browser {
	t.Helper()
	return c.open(t, c.ctx, chromedp.WithNewBrowserContext())
}

// Tab opens another tab in the same profile, which is told of apart.
func (b *Browser) Tab() *Browser {
	b.t.Helper()
	return b.chromium.open(b.t, b.ctx)
}

func (c *Chromium) open(t testing.TB, within context.Context, options ...chromedp.ContextOption) *Browser {
	t.Helper()
	b := &Browser{t: t, chromium: c}
	ctx, cancel := chromedp.NewContext(within, append(options, chromedp.WithListener(b.watch.see))...)
	t.Cleanup(cancel)
	b.ctx = ctx
	c.first(t, ctx, cancel)
	return b
}

// Open opens a browser in a Chromium of its own.
func Open(t testing.TB) *Browser {
	t.Helper()
	return Start(t).Open(t)
}

// first makes the first call of a context. It is the context's own, which a
// timeout must not end with it.
func (c *Chromium) first(t testing.TB, ctx context.Context, cancel context.CancelFunc) {
	t.Helper()
	late := time.AfterFunc(startTimeout, cancel)
	_, err := chromedp.Call(ctx, audits.Enable, cdp.Empty{})
	if !late.Stop() {
		err = fmt.Errorf("it took longer than %s", startTimeout)
	}
	if err != nil {
		t.Fatalf("browsertest: %s does not start: %v", c.program, err)
	}
}

func find() (string, error) {
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("browsertest: no Chromium on PATH. On Debian: apt-get install chromium")
}

// flags start a Chromium that has no window and talks to nobody by itself.
// chromedp adds no-sandbox for root, whom Chromium refuses otherwise.
func flags() []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
	)
}

// Run runs the actions one after the other. It fails the test where one does,
// or where they take longer than half a minute.
func (b *Browser) Run(actions ...Action) {
	b.t.Helper()
	if err := b.Try(actions...); err != nil {
		b.t.Fatal(b.describe(err))
	}
}

// Try is Run for actions that may fail.
func (b *Browser) Try(actions ...Action) error {
	ctx, cancel := context.WithTimeout(b.ctx, runTimeout)
	defer cancel()
	return chromedp.Do(ctx, actions...)
}

// Get runs an action that gives a value, as Run does.
func Get[T any](b *Browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, runTimeout)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(b.describe(err))
	}
	return value
}

// describe adds what the tab shows: a step that waits in vain says little.
func (b *Browser) describe(err error) string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	shown, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("`${location.origin}${location.pathname}\n${document.body?.innerText}`"))
	return fmt.Sprintf("browser: %v\nit shows %s\nproblems: %s", err, shown, strings.Join(b.watch.listed(), "\n"))
}
