package judge

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// parameters judges path, query and header together: all of their mistakes are 400.
func (op *operation) parameters(path map[string]string, query string, header http.Header) *refusal {
	sent, err := pairs(query)
	if err != nil {
		return refuse(http.StatusBadRequest, "query: %v", err)
	}
	values := map[string]string{}
	for _, p := range sent {
		if _, twice := values[p.name]; twice {
			return refuse(http.StatusBadRequest, "query: %q is there twice", p.name)
		}
		values[p.name] = p.value
	}
	for _, p := range op.params {
		value, found, err := p.from(path, values, header)
		if p.In == "query" {
			delete(values, p.Name)
		}
		if err == nil && found {
			err = p.check(value)
		} else if err == nil && p.Required {
			err = errors.New("is required")
		}
		if err != nil {
			return refuse(http.StatusBadRequest, "%s.%s: %v", p.In, p.Name, err)
		}
	}
	if len(values) > 0 {
		return refuse(http.StatusBadRequest, "query: a parameter is not known")
	}
	return nil
}

// from takes a parameter's text from where it is.
func (p parameter) from(path, query map[string]string, header http.Header) (value string, found bool, err error) {
	switch p.In {
	case "path":
		value, err = url.PathUnescape(path[p.Name])
		return value, true, err
	case "query":
		value, found = query[p.Name]
		return value, found, nil
	case "header":
		values := header.Values(p.Name)
		if len(values) > 1 {
			return "", true, errors.New("is there twice")
		}
		return strings.Trim(strings.Join(values, ""), " \t"), len(values) > 0, nil
	}
	return "", false, nil
}

var integer = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

// check holds a parameter's text to its schema; numbers and booleans are
// written as in JSON.
func (p parameter) check(text string) error {
	if !clean(text) {
		return errors.New("is not Unicode, or holds NUL")
	}
	var value any = text
	switch {
	case isA(p.schema, "integer") && integer.MatchString(text):
		value = json.Number(text)
	case isA(p.schema, "boolean") && (text == "true" || text == "false"):
		value = text == "true"
	}
	if err := p.schema.Validate(value); err != nil {
		return flat(err)
	}
	return nil
}
