package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// madeAnew are the members whose values no example can know: it shows their
// shape.
var madeAnew = []string{
	"id", "user_id", "session_id", "request_id", "sid", "jti", "kid", "n", "x", "y", "access_token", "refresh_token", "next_cursor",
	"created_at", "updated_at", "deleted_at", "occurred_at", "last_used_at", "expires_at",
	"activated_at", "retiring_at", "verifies_until", "retired_at", "revoked_at", "exp", "iat", "tokens_out",
}

// shapes are what a text that is made anew may be, the narrowest first.
var shapes = []*regexp.Regexp{
	regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`),
	regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$`),
	regexp.MustCompile(`^v1\.[0-9a-f-]{36}\.\d+\.[A-Za-z0-9_-]{43}$`),
	regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`),
	regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`),
	regexp.MustCompile(`^[A-Za-z0-9_-]+$`),
}

func shapeOf(text string) int {
	return slices.IndexFunc(shapes, func(shape *regexp.Regexp) bool { return shape.MatchString(text) })
}

// differences says in what an answer is not as its example. An example of a
// file is how it begins, one of the document an excerpt.
func differences(show show, body []byte) (all []string) {
	if text, isText := show.example.(string); isText {
		if !strings.HasPrefix(string(body), text) {
			return []string{fmt.Sprintf("it does not begin with %q", text)}
		}
		return nil
	}
	var got any
	err := json.Unmarshal(body, &got)
	if show.media == "application/yaml" {
		var doc *openapi3.T
		if doc, err = openapi3.NewLoader().LoadFromData(body); err == nil {
			body, err = doc.MarshalJSON()
		}
		if err == nil {
			err = json.Unmarshal(body, &got)
		}
	}
	if err != nil {
		return []string{err.Error()}
	}
	example, err := json.Marshal(show.example)
	var want any
	if err == nil {
		err = json.Unmarshal(example, &want)
	}
	if err != nil {
		return []string{err.Error()}
	}
	comparison := comparison{excerpt: strings.HasPrefix(show.name, "getOpenapi")}
	comparison.compare("", "", want, got)
	return comparison.found
}

// comparison collects where an answer differs from its example.
type comparison struct {
	excerpt bool
	found   []string
}

func (c *comparison) differ(at string, want, got any) {
	c.found = append(c.found, fmt.Sprintf("%s is %v, the example has %v", at, got, want))
}

// compare compares a value that stands at a place, under a name.
func (c *comparison) compare(at, name string, want, got any) {
	switch want := want.(type) {
	case map[string]any:
		if object, ok := got.(map[string]any); ok {
			c.compareObjects(at, want, object)
			return
		}
	case []any:
		if list, ok := got.([]any); ok && len(list) == len(want) {
			for i := range want {
				c.compare(fmt.Sprintf("%s/%d", at, i), name, want[i], list[i])
			}
			return
		}
	case string:
		text, ok := got.(string)
		if ok && (text == want || slices.Contains(madeAnew, name) && shapeOf(text) == shapeOf(want)) {
			return
		}
	case float64:
		number, ok := got.(float64)
		if ok && (number == want || slices.Contains(madeAnew, name)) {
			return
		}
	default:
		if want == got {
			return
		}
	}
	c.differ(at, want, got)
}

func (c *comparison) compareObjects(at string, want, got map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		value, there := got[name]
		if !there {
			c.differ(at+"/"+name, want[name], "not there")
			continue
		}
		c.compare(at+"/"+name, name, want[name], value)
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, known := want[name]; !known && !c.excerpt {
			c.differ(at+"/"+name, "no such member", got[name])
		}
	}
}
