package judge

import (
	"fmt"
	"net/http"
	"strings"
)

// Request is what goes over the wire, and what its sender knows of the token.
type Request struct {
	Method  string
	Target  string // path and query, as they are sent
	Header  http.Header
	Body    []byte
	Chunked bool // without a Content-Length
	// Bearer is what the token in Authorization is worth.
	Bearer Standing
}

// Standing is what a bearer token is worth to this service.
type Standing struct {
	Valid   bool
	Expired bool // and valid before
	Person  bool // a token of a sign-in
	Auth    bool // the auth service's own identity
	Roles   []string
	Scopes  []string
}

// Verdict says what a request must be answered with.
type Verdict struct {
	// Status is the refusal; 0 where the document accepts the request.
	Status int
	Why    string
	// Operation is whose request it is; empty where it is none's.
	Operation string
	// NotHTTP says that net/http itself refuses it, before any of our code.
	NotHTTP bool
}

// String is for findings.
func (v Verdict) String() string {
	if v.Status == 0 {
		return "accept"
	}
	return fmt.Sprintf("refuse with %d: %s", v.Status, v.Why)
}

// refusal is why something is refused; nil where it is not.
type refusal struct {
	status int
	why    string
}

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// Request judges a request.
func (j *Judge) Request(r Request) Verdict {
	if no := notHTTP(r); no != nil {
		return Verdict{Status: no.status, Why: no.why, NotHTTP: true}
	}
	path, query, _ := strings.Cut(r.Target, "?")
	op, values, lost := j.route(r.Method, path)
	v := Verdict{}
	if op != nil {
		v.Operation = op.id
	}
	no := headers(r)
	switch {
	case no != nil:
	case lost != nil:
		no = lost
	default:
		no = op.judge(r, values, query)
	}
	if no != nil {
		v.Status, v.Why = no.status, no.why
	}
	return v
}

func (op *operation) judge(r Request, path map[string]string, query string) *refusal {
	if no := op.admits(r); no != nil {
		return no
	}
	value, sent, no := op.body.read(r)
	if no != nil {
		return no
	}
	if no := op.parameters(path, query, r.Header); no != nil {
		return no
	}
	if sent {
		if err := op.body.schema.Validate(value); err != nil {
			return refuse(http.StatusBadRequest, "body: %v", flat(err))
		}
	}
	return nil
}

// route finds the operation of a path as it is sent: fixed segments are
// compared byte by byte, and go before parameters.
func (j *Judge) route(method, path string) (*operation, map[string]string, *refusal) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var best *operation
	known, fixed, segments := -1, -1, strings.Split(path, "/")
	for _, op := range j.operations {
		n := op.matches(segments)
		known = max(known, n)
		if op.method == method && n > fixed {
			best, fixed = op, n
		}
	}
	switch {
	case known < 0:
		return nil, nil, refuse(http.StatusNotFound, "no such path")
	case best == nil:
		return nil, nil, refuse(http.StatusMethodNotAllowed, "no such method of this path")
	}
	values := map[string]string{}
	for i, part := range best.segments {
		if name, ok := parameterOf(part); ok {
			values[name] = segments[i]
		}
	}
	return best, values, nil
}

// matches counts the fixed segments that are the same; -1 where it is another path.
func (op *operation) matches(segments []string) int {
	if len(segments) != len(op.segments) {
		return -1
	}
	fixed := 0
	for i, part := range op.segments {
		_, parameter := parameterOf(part)
		switch {
		case part == segments[i]:
			fixed++
		case !parameter || segments[i] == "":
			return -1
		}
	}
	return fixed
}

func parameterOf(segment string) (string, bool) {
	if name, ok := strings.CutPrefix(segment, "{"); ok {
		return strings.TrimSuffix(name, "}"), true
	}
	return "", false
}
