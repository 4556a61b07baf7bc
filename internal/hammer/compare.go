package hammer

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/hammer/judge"
)

// refusal is a problem document, or OAuth's form of one.
type refusal struct {
	Code        string
	Error       string
	Description string `json:"error_description"`
	Errors      []struct{ Pointer, Detail string }
}

func refusalOf(answer apitest.Response) (r refusal) {
	if answer.Status >= http.StatusBadRequest {
		_ = json.Unmarshal(answer.Body, &r) // what is none of them fits no specification
	}
	return r
}

func codeOf(answer apitest.Response) string { return refusalOf(answer).Code }

// codes are what a refusal by the document is called.
var codes = map[int][2]string{
	http.StatusBadRequest:                  {"invalid_request", "invalid_request"},
	http.StatusUnauthorized:                {"unauthorized", ""},
	http.StatusForbidden:                   {"forbidden", "access_denied"},
	http.StatusNotFound:                    {"not_found", ""},
	http.StatusMethodNotAllowed:            {"method_not_allowed", ""},
	http.StatusRequestEntityTooLarge:       {"body_too_large", "invalid_request"},
	http.StatusUnsupportedMediaType:        {"unsupported_media_type", "invalid_request"},
	http.StatusRequestHeaderFieldsTooLarge: {"headers_too_large", "invalid_request"},
}

// compare says what is wrong with an answer; nothing where all is well.
func (h *Hammer) compare(op *operation, r judge.Request, v judge.Verdict, answer apitest.Response) string {
	if v.NotHTTP {
		if answer.Status != v.Status {
			return fmt.Sprintf("net/http answers %d, want %d", answer.Status, v.Status)
		}
		return ""
	}
	if answer.Status >= http.StatusInternalServerError {
		return fmt.Sprintf("a fault of the service's own: %d", answer.Status)
	}
	if r.Method == http.MethodHead { // its answer says no more than a status
		if v.Status != 0 && answer.Status != v.Status || v.Status == 0 && answer.Status == http.StatusMethodNotAllowed {
			return fmt.Sprintf("HEAD is answered %d", answer.Status)
		}
		return ""
	}
	if err := h.judges[op.service].Answer(v.Operation, answer.Status, answer.Header, answer.Body); err != nil {
		return fmt.Sprintf("the answer does not fit: %v", err)
	}
	told := refusalOf(answer)
	code := codes[answer.Status]
	refused := code[0] != "" && (told.Code == code[0] || told.Error == code[1] && told.Error != "")
	switch {
	case v.Status != 0 && (answer.Status != v.Status || !refused):
		return fmt.Sprintf("answered %d %s%s, and the document refuses it", answer.Status, told.Code, told.Error)
	case v.Status == http.StatusBadRequest && allowed(op.id, answer.Status, told, r.Body):
		return "refused by a rule of the domain alone, and the document refuses it before"
	case v.Status != 0 || !refused || answer.Status == http.StatusNotFound || answer.Status == http.StatusForbidden:
		return "" // what is not there, or not this caller's, is decided by the domain
	case allowed(op.id, answer.Status, told, r.Body):
		return ""
	}
	return fmt.Sprintf("refused with %d %s%s, and the document accepts it", answer.Status, told.Code, told.Error)
}
