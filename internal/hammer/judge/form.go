package judge

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// pair is a name and a value of a query or a form.
type pair struct{ name, value string }

// pairs reads application/x-www-form-urlencoded. A bare semicolon, which no
// serializer writes, parted pairs once and is refused for what it may mean.
func pairs(text string) ([]pair, error) {
	if strings.Contains(text, ";") {
		return nil, errors.New("holds a bare semicolon")
	}
	var all []pair
	for one := range strings.SplitSeq(text, "&") {
		if one == "" {
			continue
		}
		name, value, _ := strings.Cut(one, "=")
		var p pair
		var err error
		if p.name, err = url.QueryUnescape(name); err == nil {
			p.value, err = url.QueryUnescape(value)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// maxPairs is how many pairs of a form are looked at (net/url).
const maxPairs = 10_000

// readForm reads a form by RFC 6749, section 3.2: what is not known is ignored,
// what has no value was not sent, nothing is there twice.
func readForm(text string, members map[string]*jsonschema.Schema) (any, error) {
	if strings.Count(text, "&") >= maxPairs {
		return nil, errors.New("has more pairs than are read")
	}
	sent, err := pairs(text)
	if err != nil {
		return nil, err
	}
	object, seen := map[string]any{}, map[string]bool{}
	for _, p := range sent {
		if !clean(p.name) || !clean(p.value) {
			return nil, errors.New("holds text that is not Unicode, or NUL")
		}
		if seen[p.name] {
			return nil, fmt.Errorf("has %q twice", p.name)
		}
		seen[p.name] = true
		if members[p.name] != nil && p.value != "" {
			object[p.name] = p.value
		}
	}
	return object, nil
}

func clean(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }
