package browsertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Request is a request that the tab made, without headers and body.
type Request struct {
	Method string
	URL    string // without the fragment, as it is sent
	Type   string // Document, Script, Stylesheet, Image, Fetch, …
	Status int    // 0 where there was no answer
	Error  string // why there was none, such as net::ERR_CONNECTION_REFUSED or csp

	id network.RequestID
}

// watch collects what the tab tells. see runs on the goroutine that reads from
// Chromium, in the order in which things come.
type watch struct {
	mu       sync.Mutex
	requests []Request
	problems []string
}

func (w *watch) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.problem("console.%s: %s", e.Type, joined(e.Args))
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			text += " " + thrown.Description
		}
		w.problem("exception: %s", text)
	case *log.EventEntryAdded:
		// What went wrong with a request is told by the requests.
		if e.Entry.Source != log.EntrySourceNetwork && (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) {
			w.problem("%s: %s", e.Entry.Source, e.Entry.Text)
		}
	case *audits.EventIssueAdded:
		details, _ := json.Marshal(e.Issue.Details) // it came as JSON
		w.problem("issue: %s: %s", e.Issue.Code, details)
	case *network.EventRequestWillBeSent:
		w.requests = append(w.requests, Request{Method: e.Request.Method, URL: e.Request.URL, Type: string(e.Type), id: e.RequestID})
	case *network.EventResponseReceived:
		w.answered(e)
	case *network.EventLoadingFailed:
		w.failed(e)
	}
}

// answered: what a script asked for may be refused, the script deals with
// that. A file that is not there is a problem.
func (w *watch) answered(e *network.EventResponseReceived) {
	status := int(e.Response.Status)
	if r := w.request(e.RequestID); r != nil {
		r.Status = status
	}
	if status >= http.StatusBadRequest && e.Type != network.ResourceTypeFetch && e.Type != network.ResourceTypeXHR {
		w.problem("request: %s %s: %d", e.Type, e.Response.URL, status)
	}
}

func (w *watch) failed(e *network.EventLoadingFailed) {
	why := e.ErrorText
	if e.BlockedReason != "" {
		why = string(e.BlockedReason)
	}
	address := "?"
	if r := w.request(e.RequestID); r != nil {
		r.Error, address = why, r.URL
	}
	if !e.Canceled || e.BlockedReason != "" {
		w.problem("request: %s %s: %s", e.Type, address, why)
	}
}

// request finds the last one of an id: a redirect goes on under its id.
func (w *watch) request(id network.RequestID) *Request {
	for i := range slices.Backward(w.requests) {
		if w.requests[i].id == id {
			return &w.requests[i]
		}
	}
	return nil
}

func (w *watch) problem(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

func (w *watch) listed() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.problems)
}

func joined(args []*runtime.RemoteObject) string {
	var texts []string
	for _, a := range args {
		text := a.Description // of an object or a number
		if text == "" && json.Unmarshal([]byte(a.Value), &text) != nil {
			text = string(a.Value)
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " ")
}

// Problems lists what developer tools would show in red or yellow so far:
// errors and warnings of the console, uncaught exceptions, violations of the
// Content-Security-Policy, Chromium's own issues (missing labels and the
// like), requests without an answer, and files that were not there.
func (b *Browser) Problems() []string {
	b.t.Helper()
	b.settle()
	return b.watch.listed()
}

// Requests lists what the tab has asked for so far.
func (b *Browser) Requests() []Request {
	b.t.Helper()
	b.settle()
	b.watch.mu.Lock()
	defer b.watch.mu.Unlock()
	return slices.Clone(b.watch.requests)
}

// Clean fails the test where there are problems, or requests to other hosts
// (names without the port) than those.
func (b *Browser) Clean(hosts ...string) {
	b.t.Helper()
	for _, problem := range b.Problems() {
		b.t.Errorf("the browser says: %s", problem)
	}
	for _, r := range b.Requests() {
		if u, err := url.Parse(r.URL); err != nil || !slices.Contains(hosts, u.Hostname()) {
			b.t.Errorf("the page asked for %s, which is not on %v", r.URL, hosts)
		}
	}
}

// Forget drops the problems and the requests so far.
func (b *Browser) Forget() {
	b.t.Helper()
	b.settle()
	b.watch.mu.Lock()
	defer b.watch.mu.Unlock()
	b.watch.requests, b.watch.problems = nil, nil
}

// settle waits for what is under way from Chromium: the answer to a question
// comes after it.
func (b *Browser) settle() {
	b.t.Helper()
	Get(b, chromedp.Evaluate[int]("0"))
}
