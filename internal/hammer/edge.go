package hammer

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// edge is one value at the edge of what a member or a parameter may be, just
// inside or just outside. Every operation has a list of them, which its requests
// go through in an order that the seed gives: none is left to chance.
type edge struct {
	name  string
	value func(h hints, d *dice) any
	// bound says that it stands at a number or a list of words in the document,
	// which anybody may change: these go first.
	bound bool
}

// is is an edge that is always the same.
func is(value any) edge {
	return edge{name: string(textOf(value)), value: func(hints, *dice) any { return value }}
}

// bound is one of those that go first.
func bound(name string, value func(h hints, d *dice) any) edge { return edge{name, value, true} }

// at is a bound that is always the same.
func at(value any) edge {
	e := is(value)
	e.bound = true
	return e
}

// edgesOf are the edges of a schema.
func edgesOf(name string, s *openapi3.Schema) []edge {
	all := []edge{is(nil), is(true), is(literal("1")), is("x"), is([]any{}), is(object{})}
	switch {
	case len(s.Enum) > 0:
		for _, word := range s.Enum {
			text := plainOf(word)
			all = append(all, at(word), is(strings.ToUpper(text)), is(strings.ToLower(text)), is(text+" "), is(text[1:]))
		}
	case s.Type.Is(openapi3.TypeBoolean):
		all = append(all, is(false), is("true"), is("True"), is(literal("0")))
	case s.Type.Is(openapi3.TypeInteger):
		least, most := bounds(s)
		for _, text := range []string{
			strconv.FormatInt(least, 10), strconv.FormatInt(least-1, 10), strconv.FormatInt(most, 10), strconv.FormatUint(uint64(most)+1, 10),
		} {
			all = append(all, at(literal(text)))
		}
		for _, text := range []string{"1.5", "1.0", "1e0", "1e999", "-0", "05", "+5"} {
			all = append(all, is(literal(text)))
		}
	case s.Type.Is(openapi3.TypeString):
		all = append(all, edgesOfString(s)...)
	case s.Type.Is(openapi3.TypeArray):
		all = append(all, edgesOfArray(name, s)...)
	}
	return all
}

func edgesOfString(s *openapi3.Schema) (all []edge) {
	if s.Format == "uuid" || s.Format == "date-time" {
		for i := range 12 {
			all = append(all, edge{name: s.Format + strconv.Itoa(i), value: func(_ hints, d *dice) any { return nearFormat(d, s) }})
		}
	}
	least, most := lengthsOf(s)
	for _, length := range []int{least - 1, least, most, most + 1} {
		all = append(all, bound(strconv.Itoa(length)+" characters", func(_ hints, d *dice) any {
			if s.Pattern == "" {
				return unicodeOf(d, max(0, length))
			}
			return matching(d, s.Pattern, max(0, length))
		}))
	}
	for _, part := range []string{" ", "\n", "é", "@", "/", "%", "\"", "😀", "A", "."} {
		all = append(all, edge{name: "with " + part, value: func(_ hints, d *dice) any {
			text := []rune(stringOf(d, s))
			at := pick(d, []int{0, len(text) / 2, len(text)})
			return string(text[:at]) + part + string(text[at:])
		}})
	}
	for i := range 4 {
		all = append(all, edge{name: "hostile " + strconv.Itoa(i), value: func(_ hints, d *dice) any { return pick(d, hostile) }})
	}
	return all
}

func edgesOfArray(name string, s *openapi3.Schema) (all []edge) {
	for _, length := range []int{int(s.MinItems), int(s.MinItems) - 1, mostItems(s), mostItems(s) + 1} {
		all = append(all, bound(strconv.Itoa(length)+" items", func(h hints, d *dice) any {
			return none.items(d, name, s, max(0, length)) // hints repeat themselves
		}))
	}
	all = append(all, edge{name: "an item twice", value: func(h hints, d *dice) any {
		item := h.valueOf(d, name+"[]", s.Items.Value)
		return []any{item, item}
	}})
	for _, e := range edgesOf(name+"[]", s.Items.Value) {
		all = append(all, edge{"an item: " + e.name, func(h hints, d *dice) any { return []any{e.value(h, d)} }, e.bound})
	}
	return all
}

// none are no hints.
var none hints = func(*dice, string) (any, bool) { return nil, false }

func mostItems(s *openapi3.Schema) int {
	if s.MaxItems != nil {
		return int(*s.MaxItems)
	}
	return 5
}

// findEdges gives an operation its edges, as mutations.
func (op *operation) findEdges() {
	add := func(bound bool, m mutation) {
		if bound {
			op.bounds = append(op.bounds, m)
			return
		}
		op.edges = append(op.edges, m)
	}
	for _, p := range op.params {
		for _, e := range edgesOf(p.Name, p.Schema.Value) {
			add(e.bound, mutation{p.In + "." + p.Name + ": " + e.name, func(m *mutator) bool { return m.place(p, plainOf(e.value(m.hints, m.dice))) }})
		}
	}
	if op.body == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(op.body.Properties)) {
		for _, e := range edgesOf(name, op.body.Properties[name].Value) {
			add(e.bound, mutation{"/" + name + ": " + e.name, func(m *mutator) bool { return m.member(name, e.value(m.hints, m.dice)) }})
		}
		add(true, mutation{"/" + name + " missing", func(m *mutator) bool { return m.drop(name) }})
	}
}

// place puts a text where a parameter is.
func (m *mutator) place(p *openapi3.Parameter, text string) bool {
	switch p.In {
	case openapi3.ParameterInQuery:
		m.query = form(m.query).with(p.Name, url.QueryEscape(text))
	case openapi3.ParameterInHeader:
		m.header[http.CanonicalHeaderKey(p.Name)] = []string{headerText(text)}
	case openapi3.ParameterInPath:
		return m.segment(p.Name, url.PathEscape(text))
	default:
		m.header["Cookie"] = []string{p.Name + "=" + headerText(text)}
	}
	return true
}

// segment puts a text, escaped already, in a parameter's place in the path.
func (m *mutator) segment(name, text string) bool {
	parts := strings.Split(m.path, "/")
	at := slices.Index(strings.Split(m.op.path, "/"), "{"+name+"}")
	if at >= len(parts) {
		return false // another change made another path of it
	}
	parts[at] = text
	m.path = strings.Join(parts, "/")
	return true
}

// member gives a member of the body another value; where there is no body it is
// the only one.
func (m *mutator) member(name string, value any) bool {
	if m.body == nil {
		m.media = []string{m.op.media}
		if m.body = any(object{}); m.op.media == mediaForm {
			m.body = form{}
		}
	}
	switch body := m.body.(type) {
	case object:
		m.body = body.set(name, value)
	case form:
		m.body = body.with(name, url.QueryEscape(plainOf(value)))
	}
	return true
}

func (m *mutator) drop(name string) bool {
	switch body := m.body.(type) {
	case object:
		if i := body.index(name); i >= 0 {
			m.body = body.without(i)
			return true
		}
	case form:
		m.body = slices.DeleteFunc(slices.Clone(body), func(pair string) bool { return strings.HasPrefix(pair, name+"=") })
		return true
	}
	return false
}
