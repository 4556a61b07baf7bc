package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"time"
	"unicode/utf8"
)

// maxDepth bounds nesting; no token or key set of ours is deeper than three.
const maxDepth = 8

// latestDate is 9999-12-31T23:59:59Z in seconds, the last that RFC 3339 writes.
const latestDate = 253402300799

// Neither says what was in the input.
var (
	errJSON      = errors.New("not a JSON object")
	errDuplicate = errors.New("duplicate member")
)

// decodeObject reads data as one JSON object. Unlike encoding/json into a
// struct, it refuses duplicate members at any depth (also those that are equal
// only once unescaped), invalid UTF-8 and deep nesting, and tells names apart by
// case. Names must be unique (RFC 7515, section 4; RFC 7519, section 4): where
// two parsers pick different duplicates, one signed token means two things.
func decodeObject(data []byte) (map[string]any, error) {
	if !utf8.Valid(data) || !json.Valid(data) {
		return nil, errJSON
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := decodeValue(dec, 0)
	if err != nil {
		return nil, err
	}
	o, ok := v.(map[string]any)
	if !ok {
		return nil, errJSON
	}
	return o, nil
}

func decodeValue(dec *json.Decoder, depth int) (any, error) {
	t, err := dec.Token()
	if err != nil || depth > maxDepth {
		return nil, errJSON // the decoder's own text quotes the input
	}
	switch t {
	case json.Delim('{'):
		return decodeMembers(dec, depth)
	case json.Delim('['):
		return decodeElements(dec, depth)
	}
	return t, nil
}

func decodeMembers(dec *json.Decoder, depth int) (any, error) {
	o := make(map[string]any, 12)
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, errJSON
		}
		if _, twice := o[name]; twice {
			return nil, errDuplicate
		}
		if o[name], err = decodeValue(dec, depth+1); err != nil {
			return nil, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, errJSON
	}
	return o, nil
}

func decodeElements(dec *json.Decoder, depth int) (any, error) {
	list := []any{}
	for dec.More() {
		v, err := decodeValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if _, err := dec.Token(); err != nil {
		return nil, errJSON
	}
	return list, nil
}

// members reads a decoded object and keeps the first thing that is wrong.
type members struct {
	of  map[string]any
	err error
}

func (m *members) wrong(name, must string) {
	if m.err == nil {
		m.err = errors.New(name + " must be " + must)
	}
}

// text reads a non-empty string.
func (m *members) text(name string) string {
	s, ok := m.of[name].(string)
	if !ok || s == "" {
		m.wrong(name, "a non-empty string")
	}
	return s
}

// optionalText reads a string that may be absent, but not null.
func (m *members) optionalText(name string) string {
	v, present := m.of[name]
	s, ok := v.(string)
	if present && !ok {
		m.wrong(name, "a string")
	}
	return s
}

// list reads an array of strings that may be absent.
func (m *members) list(name string) []string {
	v, present := m.of[name]
	if !present {
		return nil
	}
	elements, ok := v.([]any)
	if !ok {
		m.wrong(name, "an array of strings")
		return nil
	}
	out := make([]string, 0, len(elements))
	for _, e := range elements {
		s, ok := e.(string)
		if !ok {
			m.wrong(name, "an array of strings")
			return nil
		}
		out = append(out, s)
	}
	return out
}

// flag reads a boolean; absent is false.
func (m *members) flag(name string) bool {
	v, present := m.of[name]
	b, ok := v.(bool)
	if present && !ok {
		m.wrong(name, "a boolean")
	}
	return b
}

// date reads a NumericDate (RFC 7519, section 2): seconds since 1970, perhaps
// with a fraction. Not a string, not negative, not beyond the year 9999.
func (m *members) date(name string) time.Time {
	n, ok := m.of[name].(json.Number)
	f, err := n.Float64()
	if !ok || err != nil || !(f >= 0 && f <= latestDate) {
		m.wrong(name, "a time in seconds")
		return time.Time{}
	}
	whole, fraction := math.Modf(f)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC()
}

// optionalDate is date, or the zero time where the member is absent.
func (m *members) optionalDate(name string) time.Time {
	if _, present := m.of[name]; !present {
		return time.Time{}
	}
	return m.date(name)
}
