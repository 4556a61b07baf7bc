package browsertest

import (
	"context"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"
)

// Answer is what a request gets instead of the service's answer.
type Answer struct {
	Status int
	Header map[string]string
	Body   string
}

type answers struct {
	mu      sync.Mutex
	byURL   map[string]Answer
	started bool
}

// Answer answers every request to url from now on, within Chromium. It is for
// what a real service says too seldom: faults and limits. What belongs to a
// story is asked of the real one.
func (b *Browser) Answer(url string, answer Answer) {
	b.t.Helper()
	b.answers.mu.Lock()
	if b.answers.byURL == nil {
		b.answers.byURL = map[string]Answer{}
	}
	b.answers.byURL[url] = answer
	var patterns []*fetch.RequestPattern
	for known := range b.answers.byURL {
		patterns = append(patterns, &fetch.RequestPattern{URLPattern: known})
	}
	first := !b.answers.started
	b.answers.started = true
	b.answers.mu.Unlock()
	if first {
		b.answerPaused()
	}
	b.Run(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, fetch.Enable, fetch.EnableParams{Patterns: patterns})
		return err
	}))
}

// answerPaused answers until the browser ends.
func (b *Browser) answerPaused() {
	paused := chromedp.Events(b.ctx, fetch.RequestPaused)
	go func() {
		for e, err := range paused {
			if err != nil {
				return
			}
			b.answers.mu.Lock()
			answer := b.answers.byURL[e.Request.URL]
			b.answers.mu.Unlock()
			params := fetch.FulfillRequestParams{RequestID: e.RequestID, ResponseCode: int64(answer.Status), Body: []byte(answer.Body)}
			for name, value := range answer.Header {
				params.ResponseHeaders = append(params.ResponseHeaders, &fetch.HeaderEntry{Name: name, Value: value})
			}
			if _, err := chromedp.Call(b.ctx, fetch.FulfillRequest, params); err != nil {
				return // the step that waits for it says so
			}
		}
	}()
}
