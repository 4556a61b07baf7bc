package hammer

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

type schema = openapi3.Schema

// onMember gives a member another value.
func onMember(value func(h hints, d *dice, name string, s *schema) any) func(*mutator) bool {
	return onObject(func(m *mutator, o object) object {
		name := m.property()
		return o.set(name, value(m.hints, m.of(name), name, m.op.body.Properties[name].Value))
	})
}

// odd are pairs of a query or a form that parsers differ about.
var odd = []string{
	"surplus=1", "surplus", "=", "=x", "a=1&a=2", "%zz=1", "x=%zz", "x=%", "x=%0", "x=%ff", "x=%00", "x=%c0%af", "x;y=1", "x=1;y=2", "limit[]=1", "[]=", "__proto__=x", "x=+", "é=é", "&", "&&", "?",
	"x=%ed%a0%80", "%00=x", "x==y",
}

// oddValues are of parameters, escaped as they stand there.
var oddValues = []string{"", "%", "%zz", "%00", "%ff", "%20", "+", "1+1", "+5", "%2B5", "05", "5.0", "5e0", "0x5", "1_0", "%35", "true%20", "True", "TRUE", "1", "0", "t", "null", "%0a", "a;b", "é", "%C3%A9", "%ed%a0%80", "a%2Fb"}

// ofForms change OAuth's forms.
var ofForms = []mutation{
	{"a pair missing", onForm(func(m *mutator, f form) form { return slices.Delete(f, 0, min(len(f), 1)) })},
	{"an odd pair", onForm(func(m *mutator, f form) form { return append(f, pick(m.dice, odd)) })},
	{"a pair twice", onForm(func(m *mutator, f form) form { return append(f, f[m.IntN(len(f))]) })},
	{"an odd value", onForm(func(m *mutator, f form) form { return f.with(m.property(), pick(m.dice, oddValues)) })},
	{"a value of a form at its bounds", onForm(func(m *mutator, f form) form {
		name := m.property()
		return f.with(name, url.QueryEscape(plainOf(nearString(m.dice, m.op.body.Properties[name].Value))))
	})},
	{"a name in another case", onForm(func(m *mutator, f form) form { return append(f, strings.ToUpper(m.property())+"=x") })},
}

// onForm changes a form that has pairs.
func onForm(change func(*mutator, form) form) func(*mutator) bool {
	return func(m *mutator) bool {
		f, ok := m.body.(form)
		if !ok || m.raw != nil || len(f) == 0 {
			return false
		}
		m.body = change(m, slices.Clone(f))
		return true
	}
}

// with gives the form with a pair of this name, and no other of it.
func (f form) with(name, value string) form {
	others := func(pair string) bool { return strings.HasPrefix(pair, name+"=") }
	return append(slices.DeleteFunc(f, others), name+"="+value)
}

// ofQueries change the query.
var ofQueries = []mutation{
	{"an odd pair in the query", func(m *mutator) bool { m.query = append(m.query, pick(m.dice, odd)); return true }},
	{"a parameter twice", func(m *mutator) bool {
		if len(m.query) > 0 {
			m.query = append(m.query, pick(m.dice, m.query))
		}
		return len(m.query) > 0
	}},
	{"an odd value in the query", onQuery(func(m *mutator, _ string, _ *schema) string { return pick(m.dice, oddValues) })},
	{"a value of the query at its bounds", onQuery(func(m *mutator, name string, s *schema) string {
		return url.QueryEscape(plainOf(m.near(m.dice, name, s)))
	})},
	{"a value of the query at its bounds again", onQuery(func(m *mutator, name string, s *schema) string {
		return url.QueryEscape(plainOf(m.near(m.dice, name, s)))
	})},
	{"a long query", onQuery(func(m *mutator, _ string, _ *schema) string {
		return strings.Repeat("x", pick(m.dice, []int{300, 8 << 10, 20 << 10}))
	})},
	{"a name of the query in another case", func(m *mutator) bool {
		known := m.op.in("query")
		if len(known) > 0 {
			m.query = append(m.query, strings.ToUpper(pick(m.dice, known).Name)+"=1")
		}
		return len(known) > 0
	}},
	{"an empty query", func(m *mutator) bool { m.query = append(m.query, ""); return true }},
}

// onQuery gives a parameter that the document knows another value, escaped.
func onQuery(value func(m *mutator, name string, s *schema) string) func(*mutator) bool {
	return func(m *mutator) bool {
		known := m.op.in("query")
		if len(known) == 0 {
			return false
		}
		p := pick(m.dice, known)
		m.query = form(m.query).with(p.Name, value(m, p.Name, p.Schema.Value))
		return true
	}
}

// ofPaths change the path.
var ofPaths = []mutation{
	{"an odd value in the path", onPath(func(m *mutator, _ *schema) string {
		return pick(m.dice, []string{
			"", ".", "..", "%2e%2e", "%2F", "a%2Fb", "%5C", "%00", "%ff", "%zz", "%", "%25", "%2525", "a;b=c", "a,b", "*", "~", "é", "%C3%A9", "%0a", "ada%0a", "+", "a+b", "@", ":", "null",
			strings.Repeat("x", 300), strings.Repeat("x", 8<<10), "%41da", "{user}", "email", "%ed%a0%80",
		})
	})},
	{"a value of the path at its bounds", onPath(func(m *mutator, s *schema) string { return url.PathEscape(plainOf(nearString(m.dice, s))) })},
	{"a value of the path at its bounds again", onPath(func(m *mutator, s *schema) string { return url.PathEscape(plainOf(nearString(m.dice, s))) })},
	{"another path", func(m *mutator) bool {
		m.path = pick(m.dice, []string{m.path + "/", m.path + "/x", "/" + m.path, strings.ToUpper(m.path), m.path + "%2F", m.path + "/..", "/." + m.path, m.path + ";x", "/" + "%" + "2e" + m.path, m.path + "//", m.path + ".json"})
		return true
	}},
}

// onPath puts another value in a parameter's place, escaped.
func onPath(value func(m *mutator, s *schema) string) func(*mutator) bool {
	return func(m *mutator) bool {
		known := m.op.in("path")
		if len(known) == 0 {
			return false
		}
		p := pick(m.dice, known)
		return m.segment(p.Name, value(m, p.Schema.Value))
	}
}

var goodNames, badNames = slices.Sorted(maps.Keys(good)), slices.Sorted(maps.Keys(bad))
