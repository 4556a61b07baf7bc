package apitest

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Client talks to one service and checks what it answers.
type Client struct {
	URL  string
	spec *document
	http *http.Client
}

// Trusting is the client for a service whose certificate an authority has
// signed. It speaks HTTP/2 where the service does.
func (c *Client) Trusting(a *Authority) *Client {
	trusting := newClient(c.URL, c.spec)
	trusting.http.Transport = &http.Transport{
		MaxIdleConnsPerHost: 128, DisableCompression: true, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{RootCAs: a.Pool, MinVersion: tls.VersionTLS12},
	}
	return trusting
}

// CloseIdle closes the connections that nobody uses, which a service holds for 90 s.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

func newClient(url string, spec *document) *Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 128, DisableCompression: true}
	return &Client{URL: url, spec: spec, http: &http.Client{Transport: transport, Timeout: 30 * time.Second}}
}

// Request is one request. Body is sent as JSON, unless it is a string or bytes,
// which are sent as they are, or url.Values, which are sent as a form.
type Request struct {
	Method string
	Path   string
	Body   any
	Token  string
	Header http.Header
}

// Response is an answer that fits the specification.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
	t      testing.TB
}

// Do sends a request and checks the answer. It fails the test where there is
// none, or where it does not fit.
func (c *Client) Do(t testing.TB, r Request) Response {
	t.Helper()
	response, err := c.Try(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.Path, err)
	}
	response.t = t
	if err := c.spec.check(r, response); err != nil {
		t.Errorf("%s %s answered %d and the specification disagrees: %v\n%s", r.Method, r.Path, response.Status, err, response.Body)
	}
	return response
}

// Try is Do without the check: for tests in which the connection may break.
func (c *Client) Try(r Request) (Response, error) {
	request, err := http.NewRequest(r.Method, c.URL+r.Path, bodyOf(r.Body))
	if err != nil {
		return Response{}, err
	}
	if r.Body != nil {
		request.Header.Set("Content-Type", mediaOf(r.Body))
	}
	if r.Token != "" {
		request.Header.Set("Authorization", "Bearer "+r.Token)
	}
	for name, values := range r.Header {
		request.Header[http.CanonicalHeaderKey(name)] = values
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return Response{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return Response{}, err
	}
	return Response{Status: answer.StatusCode, Header: answer.Header, Body: body}, nil
}

func mediaOf(body any) string {
	if _, form := body.(url.Values); form {
		return mediaForm
	}
	return "application/json"
}

func bodyOf(body any) io.Reader {
	switch b := body.(type) {
	case nil:
		return nil
	case url.Values:
		return strings.NewReader(b.Encode())
	case string:
		return strings.NewReader(b)
	case []byte:
		return bytes.NewReader(b)
	case io.Reader:
		return b
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // a test's own value
	}
	return bytes.NewReader(text)
}

// Get sends a GET.
func (c *Client) Get(t testing.TB, path, token string) Response {
	t.Helper()
	return c.Do(t, Request{Method: http.MethodGet, Path: path, Token: token})
}

// Post sends a POST.
func (c *Client) Post(t testing.TB, path, token string, body any) Response {
	t.Helper()
	return c.Do(t, Request{Method: http.MethodPost, Path: path, Token: token, Body: body})
}

// Patch sends a PATCH with If-Match, unless that is empty.
func (c *Client) Patch(t testing.TB, path, token, ifMatch string, body any) Response {
	t.Helper()
	return c.Do(t, Request{Method: http.MethodPatch, Path: path, Token: token, Body: body, Header: ifMatchHeader(ifMatch)})
}

// Delete sends a DELETE with If-Match, unless that is empty.
func (c *Client) Delete(t testing.TB, path, token, ifMatch string) Response {
	t.Helper()
	return c.Do(t, Request{Method: http.MethodDelete, Path: path, Token: token, Header: ifMatchHeader(ifMatch)})
}

func ifMatchHeader(tag string) http.Header {
	if tag == "" {
		return nil
	}
	return http.Header{"If-Match": {tag}}
}

// Is fails the test unless the status is the wanted one.
func (r Response) Is(status int) Response {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("status is %d, want %d\n%s", r.Status, status, r.Body)
	}
	return r
}

// Problem fails the test unless the answer is this status with this code.
func (r Response) Problem(status int, code string) Problem {
	r.t.Helper()
	r.Is(status)
	var p Problem
	r.JSON(&p)
	if p.Code != code {
		r.t.Fatalf("code is %s, want %s\n%s", p.Code, code, r.Body)
	}
	return p
}

// JSON decodes the body.
func (r Response) JSON(into any) {
	r.t.Helper()
	if err := json.Unmarshal(r.Body, into); err != nil {
		r.t.Fatalf("%v\n%s", err, r.Body)
	}
}

// Problem is a problem document, as a consumer would type it by hand.
type Problem struct {
	Type      string `json:"type"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Code      string `json:"code"`
	RequestID string `json:"request_id"`
	Errors    []struct {
		Pointer string `json:"pointer"`
		Detail  string `json:"detail"`
	} `json:"errors"`
	Reasons []string `json:"reasons"`
}

// Pointers lists where the problem's errors point.
func (p Problem) Pointers() []string {
	var all []string
	for _, e := range p.Errors {
		all = append(all, e.Pointer)
	}
	return all
}
