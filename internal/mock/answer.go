package mock

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// answer is one answer of an operation, made of examples.
type answer struct {
	status int
	header http.Header
	body   any // nil where there is none; a string is sent as it is
}

// answers are an operation's, by status and, for errors, by code.
type answers struct {
	first  string // what it answers unless asked otherwise: its lowest 2xx
	of     map[string]answer
	wanted []string // what Prefer may ask for
}

// errorKind is what x-errors says of a code.
type errorKind struct {
	Status []int  `json:"status"`
	Title  string `json:"title"`
	Advice string `json:"advice"`
}

// kindsOf reads x-errors.
func kindsOf(doc *openapi3.T) (map[string]errorKind, error) {
	var kinds map[string]errorKind
	text, err := json.Marshal(doc.Components.Schemas["ProblemCode"].Value.Extensions["x-errors"])
	if err == nil {
		err = json.Unmarshal(text, &kinds)
	}
	return kinds, err
}

// answersOf makes all answers of an operation that declares these codes. An
// answer without an example is an error.
func answersOf(op *openapi3.Operation, codes []string, kinds map[string]errorKind) (answers, error) {
	all := answers{of: map[string]answer{}}
	for status, ref := range op.Responses.Map() {
		made, err := answerOf(status, ref.Value)
		if err != nil {
			return all, fmt.Errorf("mock: %s, %s: %w", op.OperationID, status, err)
		}
		all.of[status] = made
		if made.status < 300 && (all.first == "" || status < all.first) {
			all.first = status
		}
	}
	// A shared example may be of a code that this operation has not.
	for _, code := range slices.Backward(codes) {
		kind := kinds[code]
		if len(kind.Status) == 0 {
			return all, fmt.Errorf("mock: %s: x-errors lacks %s", op.OperationID, code)
		}
		status := strconv.Itoa(kind.Status[0])
		of := all.of[status]
		example, _ := of.body.(map[string]any)
		if example["code"] != code {
			of.body = problemOf(code, kind, example)
		}
		all.of[code] = of
		if own, _ := example["code"].(string); !slices.Contains(codes, own) {
			all.of[status] = of // of several the first that is listed
		}
	}
	all.wanted = slices.Sorted(maps.Keys(all.of))
	return all, nil
}

// problemOf is the problem document of another code than the example's.
func problemOf(code string, kind errorKind, example map[string]any) map[string]any {
	return map[string]any{
		"type": "urn:latchkey:problem:" + code, "title": kind.Title, "status": kind.Status[0],
		"detail": kind.Title + ".", "code": code, "request_id": example["request_id"],
	}
}

func answerOf(status string, response *openapi3.Response) (answer, error) {
	code, err := strconv.Atoi(status)
	if err != nil {
		return answer{}, err
	}
	made := answer{status: code, header: http.Header{}}
	for name, ref := range response.Headers {
		if ref.Value.Required && ref.Value.Example == nil {
			return made, fmt.Errorf("the header %s has no example", name)
		}
		if ref.Value.Required && !strings.EqualFold(name, "X-Request-Id") { // which is the chassis's
			made.header.Set(name, fmt.Sprint(ref.Value.Example))
		}
	}
	for _, media := range slices.Sorted(maps.Keys(response.Content)) {
		if made.body = exampleOf(response.Content[media]); made.body == nil {
			continue
		}
		made.header.Set("Content-Type", media)
		return made, nil
	}
	if len(response.Content) > 0 {
		return made, fmt.Errorf("the body has no example")
	}
	return made, nil
}

// exampleOf is a body's own example, the first of several by name, or its
// schema's.
func exampleOf(media *openapi3.MediaType) any {
	if media.Example != nil {
		return media.Example
	}
	if len(media.Examples) > 0 {
		return media.Examples[slices.Min(slices.Collect(maps.Keys(media.Examples)))].Value.Value
	}
	return media.Schema.Value.Example
}

// write answers. A problem has the id of this request.
func (a answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	body := a.body
	if members, ok := body.(map[string]any); ok && members["request_id"] != nil {
		members = maps.Clone(members)
		members["request_id"] = w.Header().Get("X-Request-Id")
		body = members
	}
	w.WriteHeader(a.status)
	switch body := body.(type) {
	case nil:
	case string:
		_, _ = w.Write([]byte(body))
	default:
		_ = json.NewEncoder(w).Encode(body)
	}
}
