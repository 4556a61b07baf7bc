package api_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// services are the documents that a service serves: as written here, and as
// bundled under gen.
var services = []string{"users", "auth"}

func load(t *testing.T, path string) *openapi3.T {
	t.Helper()
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = strings.HasSuffix(path, ".yaml")
	doc, err := loader.LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// each runs test on both documents of both services.
func each(t *testing.T, test func(*testing.T, *openapi3.T)) {
	t.Helper()
	for _, service := range services {
		for _, path := range []string{service + ".yaml", "../gen/" + service + "api/openapi.json", "../gen/" + service + "api/openapi.yaml"} {
			t.Run(path, func(t *testing.T) {
				t.Parallel()
				test(t, load(t, path))
			})
		}
	}
}

// operations lists a document's operations as "GET /users".
func operations(doc *openapi3.T) map[string]*openapi3.Operation {
	all := map[string]*openapi3.Operation{}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			all[method+" "+path] = op
		}
	}
	return all
}

// words reads an extension that is a list of strings.
func words(t *testing.T, op *openapi3.Operation, name string) []string {
	t.Helper()
	list, ok := op.Extensions[name].([]any)
	if !ok {
		t.Errorf("%s: %s is not a list", op.OperationID, name)
	}
	var all []string
	for _, word := range list {
		all = append(all, fmt.Sprint(word))
	}
	return all
}

func TestDocumentsAreValid(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaPatternValidation(), openapi3.EnableSchemaDefaultsValidation()); err != nil {
			t.Error(err)
		}
	})
}

func TestSharedIsValid(t *testing.T) {
	t.Parallel()
	if err := load(t, "shared.yaml").Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

// TestBundlesStandAlone: what is served refers to no other file, and holds the
// operations that are written here.
func TestBundlesStandAlone(t *testing.T) {
	t.Parallel()
	ref := regexp.MustCompile(`"?\$ref"?:\s*"?([^"\s}]+)`)
	for _, service := range services {
		written := slices.Sorted(maps.Keys(operations(load(t, service+".yaml"))))
		for _, name := range []string{"openapi.json", "openapi.yaml"} {
			path := "../gen/" + service + "api/" + name
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			found := ref.FindAllSubmatch(text, -1)
			for _, match := range found {
				if !strings.HasPrefix(string(match[1]), "#/components/") {
					t.Errorf("%s refers to %s", path, match[1])
				}
			}
			if len(found) < 10 || strings.Contains(string(text), "shared.yaml") {
				t.Errorf("%s: %d references, or shared.yaml is spoken of", path, len(found))
			}
			if bundled := slices.Sorted(maps.Keys(operations(load(t, path)))); !slices.Equal(bundled, written) {
				t.Errorf("%s is old: it has %q, want %q", path, bundled, written)
			}
		}
	}
}

// TestProblemCodes holds the enum equal to fault.Codes, in the shared parts and
// in both bundles.
func TestProblemCodes(t *testing.T) {
	t.Parallel()
	var want []string
	for _, code := range fault.Codes() {
		want = append(want, string(code))
	}
	slices.Sort(want)
	for _, path := range []string{"shared.yaml", "../gen/usersapi/openapi.json", "../gen/authapi/openapi.json"} {
		var got []string
		for _, code := range load(t, path).Components.Schemas["ProblemCode"].Value.Enum {
			got = append(got, fmt.Sprint(code))
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s has the codes\n%q, want those of internal/fault\n%q", path, got, want)
		}
	}
}

// statusOf says with which status a code is answered; see internal/httpapi.
var statusOf = map[fault.Code]int{
	fault.CodeInternal: 500, fault.CodeInvalidRequest: 400, fault.CodeInvalidCredentials: 401, fault.CodeInvalidToken: 401,
	fault.CodeUnauthorized: 401, fault.CodeForbidden: 403, fault.CodeNotFound: 404, fault.CodeMethodNotAllowed: 405,
	fault.CodeEmailNotVerified: 403,
	fault.CodeUsernameTaken:    409, fault.CodeEmailTaken: 409, fault.CodeLastAdmin: 409, fault.CodeRoleInUse: 409, fault.CodeKeyTooYoung: 409, fault.CodeKeyNotPending: 409,
	fault.CodeKeyActive: 409, fault.CodeTooManyKeys: 409, fault.CodeVersionMismatch: 412,
	fault.CodeBodyTooLarge: 413, fault.CodeUnsupportedMediaType: 415, fault.CodePasswordRejected: 422, fault.CodeIdempotencyMismatch: 422, fault.CodeIdempotencyInProgress: 409, fault.CodeRateLimited: 429, fault.CodeThrottled: 429,
	fault.CodeHeadersTooLarge: 431, fault.CodeOverloaded: 503, fault.CodeDependencyUnavailable: 503,
}

// oauthStatuses says with which statuses OAuth's errors are answered.
var oauthStatuses = map[fault.Code][]string{
	fault.CodeInvalidRequest: {"400", "413", "415", "431"}, fault.CodeInvalidClient: {"401"}, fault.CodeInvalidGrant: {"400"},
	fault.CodeInvalidScope: {"400"}, fault.CodeUnsupportedGrantType: {"400"}, fault.CodeAccessDenied: {"403"},
	fault.CodeServerError: {"500"}, fault.CodeTemporarilyUnavailable: {"429", "503"},
}

// TestErrorKinds: x-errors says with which statuses each code is answered, as
// the services do it, and of each what a program is to do.
func TestErrorKinds(t *testing.T) {
	t.Parallel()
	var problems, oauth = map[fault.Code][]string{}, oauthStatuses
	for code, status := range statusOf {
		problems[code] = []string{strconv.Itoa(status)}
	}
	for path, schemas := range map[string]map[string]map[fault.Code][]string{
		"shared.yaml": {"ProblemCode": problems}, "auth.yaml": {"OAuthErrorCode": oauth},
		"../gen/usersapi/openapi.json": {"ProblemCode": problems}, "../gen/authapi/openapi.json": {"ProblemCode": problems, "OAuthErrorCode": oauth},
	} {
		for schema, want := range schemas {
			kinds, _ := load(t, path).Components.Schemas[schema].Value.Extensions["x-errors"].(map[string]any)
			if len(kinds) != len(want) {
				t.Errorf("%s: x-errors of %s has %d codes, want %d", path, schema, len(kinds), len(want))
			}
			for code, statuses := range want {
				kind, _ := kinds[string(code)].(map[string]any)
				_, decided := kind["again"].(bool)
				if advice, _ := kind["advice"].(string); !decided || advice == "" {
					t.Errorf("%s: %s of %s says not what to do: %v", path, code, schema, kind)
				}
				var got []string
				list, _ := kind["status"].([]any)
				for _, status := range list {
					got = append(got, fmt.Sprint(status))
				}
				if !slices.Equal(got, statuses) {
					t.Errorf("%s: %s of %s comes with %q, want %q", path, code, schema, got, statuses)
				}
			}
		}
	}
}

// isOAuth says that an operation's errors are OAuth's, and no problems.
func isOAuth(op *openapi3.Operation) bool { return op.Extensions["x-oauth-errors"] != nil }

// codesOf lists an operation's errors, of either kind, and with which statuses
// and in which media type they come.
func codesOf(t *testing.T, op *openapi3.Operation) (codes []string, statuses map[string]bool, media string) {
	t.Helper()
	statuses = map[string]bool{}
	if isOAuth(op) {
		if op.Extensions["x-error-codes"] != nil {
			t.Errorf("%s has errors of both kinds", op.OperationID)
		}
		codes = words(t, op, "x-oauth-errors")
		for _, code := range codes {
			if len(oauthStatuses[fault.Code(code)]) == 0 {
				t.Errorf("%s: no such error: %s", op.OperationID, code)
			}
			for _, status := range oauthStatuses[fault.Code(code)] {
				statuses[status] = true
			}
		}
		return codes, statuses, "application/json"
	}
	codes = words(t, op, "x-error-codes")
	for _, code := range codes {
		if !slices.Contains(fault.Codes(), fault.Code(code)) {
			t.Errorf("%s: no such code: %s", op.OperationID, code)
		}
		statuses[strconv.Itoa(statusOf[fault.Code(code)])] = true
	}
	return codes, statuses, "application/problem+json"
}

// oauthNames are what OAuth calls the faults that any operation may have.
var oauthNames = map[fault.Code]fault.Code{
	fault.CodeForbidden: fault.CodeAccessDenied, fault.CodeInternal: fault.CodeServerError,
	fault.CodeHeadersTooLarge: fault.CodeInvalidRequest, fault.CodeRateLimited: fault.CodeTemporarilyUnavailable,
}

// lists says whether an operation lists a code, by the name that it has there.
func lists(t *testing.T, op *openapi3.Operation, code fault.Code) bool {
	t.Helper()
	if isOAuth(op) {
		code = oauthNames[code]
	}
	codes, _, _ := codesOf(t, op)
	return slices.Contains(codes, string(code))
}

// TestErrorCodes: an operation's codes are known ones, and its error responses
// are just those that the codes come with.
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		for name, op := range operations(doc) {
			codes, want, media := codesOf(t, op)
			got := map[string]bool{}
			for status, response := range op.Responses.Map() {
				if status < "4" {
					continue
				}
				got[status] = true
				if content := response.Value.Content; content.Get(media) == nil || len(content) != 1 {
					t.Errorf("%s: %s is not %s", name, status, media)
				} else if isOAuth(op) && content.Get(media).Schema.Ref != "#/components/schemas/OAuthError" {
					t.Errorf("%s: %s is not OAuth's", name, status)
				}
			}
			if !maps.Equal(got, want) {
				t.Errorf("%s: the responses are %v, the codes come with %v", name, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
			}
			if slices.Sort(codes); len(slices.Compact(slices.Clone(codes))) != len(codes) {
				t.Errorf("%s: a code is listed twice", name)
			}
		}
	})
}

// TestOAuthErrors holds the enum equal to fault.OAuthCodes; each is some
// operation's, and each operation under /oauth/ has some.
func TestOAuthErrors(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"auth.yaml", "../gen/authapi/openapi.json"} {
		doc := load(t, path)
		var want, got, used []string
		for _, code := range fault.OAuthCodes() {
			want = append(want, string(code))
		}
		for _, code := range doc.Components.Schemas["OAuthErrorCode"].Value.Enum {
			got = append(got, fmt.Sprint(code))
		}
		for name, op := range operations(doc) {
			if strings.Contains(name, " /oauth/") != isOAuth(op) {
				t.Errorf("%s: its errors are OAuth's: %v", name, isOAuth(op))
			}
			if isOAuth(op) {
				used = append(used, words(t, op, "x-oauth-errors")...)
			}
		}
		for _, list := range []*[]string{&want, &got, &used} {
			slices.Sort(*list)
			*list = slices.Compact(*list)
		}
		if !slices.Equal(got, want) || !slices.Equal(used, want) {
			t.Errorf("%s lists\n%q and uses\n%q, want those of internal/fault\n%q", path, got, used, want)
		}
	}
}

// TestUnsafeOperationsMayBeForbidden: what a browser sends from another origin
// is answered 403 by the chassis, whatever the operation.
func TestUnsafeOperationsMayBeForbidden(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		for name, op := range operations(doc) {
			if strings.HasPrefix(name, "GET ") || strings.HasPrefix(name, "HEAD ") {
				continue
			}
			if !lists(t, op, fault.CodeForbidden) {
				t.Errorf("%s does not list %s", name, fault.CodeForbidden)
			}
		}
	})
}

// TestCodesOfEveryOperation: what any operation may answer, and the code that
// comes with a limit. api/lint knows the statuses, not the codes.
func TestCodesOfEveryOperation(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		for name, op := range operations(doc) {
			if !lists(t, op, fault.CodeInternal) || !lists(t, op, fault.CodeHeadersTooLarge) {
				t.Errorf("%s lists no %s, or no %s", name, fault.CodeInternal, fault.CodeHeadersTooLarge)
			}
			if limits, _ := op.Extensions["x-ratelimit"].([]any); (len(limits) > 0) != lists(t, op, fault.CodeRateLimited) {
				t.Errorf("%s has %d limits, and lists %s: %v", name, len(limits), fault.CodeRateLimited, len(limits) == 0)
			}
		}
	})
}
