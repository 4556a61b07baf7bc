package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// The media types that need to be known here.
const (
	mediaProblem = "application/problem+json"
	mediaForm    = "application/x-www-form-urlencoded"
)

// everywhere are the headers that any answer may have, as the documents'
// introductions say or HTTP has it. Every other one is declared where it is sent.
var everywhere = []string{
	"Content-Type", "Content-Length", "Date", "Connection", "Vary", "Pragma", "Cache-Control", "X-Request-Id",
	"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
	"Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Strict-Transport-Security",
	"Ratelimit-Limit", "Ratelimit-Remaining", "Ratelimit-Reset",
	"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers",
}

// kin-openapi refuses a body of a media type that it has no decoder for. The
// pages are text to it.
func init() {
	for _, media := range []string{"text/html", "text/css", "text/javascript", "image/svg+xml"} {
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.PlainBodyDecoder)
	}
}

// checkHeaders holds headers against the declared ones: those that must be
// there are, no other ones are, and each fits its schema. more are those that
// any answer of the operation may have.
func checkHeaders(declared *openapi3.Response, response Response, more ...string) error {
	for _, name := range slices.Sorted(maps.Keys(response.Header)) {
		known := slices.Contains(everywhere, name) || slices.Contains(more, name)
		for header := range declared.Headers {
			known = known || http.CanonicalHeaderKey(header) == name
		}
		if !known {
			return fmt.Errorf("the header %s is not declared for %d", name, response.Status)
		}
	}
	return validate(declared, response, &openapi3filter.Options{ExcludeResponseBody: true})
}

// checkBody holds a body and its media type against the declared content, of
// which an answer to HEAD has the media type alone.
func checkBody(declared *openapi3.Response, response Response, head bool) error {
	media := response.Header.Get("Content-Type")
	if len(declared.Content) == 0 {
		if len(response.Body) > 0 || media != "" {
			return fmt.Errorf("%d is declared without a body, and it is %d bytes of %q", response.Status, len(response.Body), media)
		}
		return nil
	}
	base, params, err := mime.ParseMediaType(media)
	if err != nil || declared.Content[base] == nil || params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") {
		return fmt.Errorf("the media type %q is not one of %q", media, slices.Sorted(maps.Keys(declared.Content)))
	}
	if head {
		if len(response.Body) > 0 {
			return errors.New("an answer to HEAD with a body")
		}
		return nil
	}
	if strings.HasSuffix(base, "json") && !json.Valid(response.Body) {
		return errors.New("the body is not JSON")
	}
	if bytes.Contains(response.Body, []byte(`"0001-01-01T00:00:00Z"`)) {
		return errors.New("a time that nobody has set: Go's zero")
	}
	return validate(declared, response, &openapi3filter.Options{
		MultiError: true, SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.EnableFormatValidation()},
	})
}

// validate has kin-openapi hold an answer against what is declared for its
// status. It is told of 200 always: there are statuses that it never looks at.
func validate(declared *openapi3.Response, response Response, options *openapi3filter.Options) error {
	request, err := http.NewRequest(http.MethodGet, "http://test/", nil)
	if err != nil {
		return err
	}
	op := &openapi3.Operation{Responses: openapi3.NewResponses(openapi3.WithStatus(http.StatusOK, &openapi3.ResponseRef{Value: declared}))}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: request,
			Route:   &routers.Route{Spec: &openapi3.T{OpenAPI: "3.0.3"}, Method: http.MethodGet, Operation: op},
		},
		Status: http.StatusOK, Header: response.Header, Body: io.NopCloser(bytes.NewReader(response.Body)), Options: options,
	})
}
