package hammer

import (
	"net/http"
	"strings"
)

// mutation changes one thing of a draft. It returns false where it has nothing
// to change there.
type mutation struct {
	name  string
	apply func(m *mutator) bool
}

// mutator is what a mutation works with.
type mutator struct {
	*draft
	*dice
	hints
}

// mutations by what they change; an aspect is chosen first.
var aspects = [][]mutation{ofJSON, ofForms, ofJSON, ofForms, ofBodies, ofQueries, ofPaths, ofHeaders, ofCallers}

// mutate changes one thing at random.
func (h hints) mutate(d *dice, r *draft) {
	for range 50 {
		m := pick(d, pick(d, aspects))
		if m.apply(&mutator{r, d.of(m.name), h}) {
			r.changed = append(r.changed, m.name)
			return
		}
	}
}

// ofHeaders change what is beside body and token.
var ofHeaders = []mutation{
	{"a header that the document knows", func(m *mutator) bool {
		known := m.op.in("header")
		if len(known) == 0 {
			return false
		}
		p := pick(m.dice, known)
		value := headerText(plainOf(m.near(m.dice, p.Name, p.Schema.Value)))
		m.header[http.CanonicalHeaderKey(p.Name)] = []string{value}
		if m.percent(20) {
			m.header.Add(p.Name, value)
		}
		return true
	}},
	{"a cookie", func(m *mutator) bool {
		m.header["Cookie"] = []string{"__Host-refresh=" + headerText(pick(m.dice, []string{"", "x", "v1.x.y.z", strings.Repeat("x", 5000), "\"", "a b", "ü", ";"}))}
		return true
	}},
	{"headers over 16 KiB", func(m *mutator) bool {
		m.header.Set("X-Filler", strings.Repeat("x", pick(m.dice, []int{17 << 10, 40 << 10})))
		return true
	}},
	{"headers just under 16 KiB", func(m *mutator) bool { m.header.Set("X-Filler", strings.Repeat("x", 10<<10)); return true }},
	{"from another origin", func(m *mutator) bool {
		name := pick(m.dice, []string{"Origin", "Sec-Fetch-Site"})
		m.header.Set(name, map[string]string{"Origin": "https://other.example", "Sec-Fetch-Site": "cross-site"}[name])
		return true
	}},
	{"a header that does not matter", func(m *mutator) bool {
		name := pick(m.dice, []string{"X-Request-Id", "Accept", "User-Agent", "X-Forwarded-For", "Forwarded", "Latchkey-Client-Address", "X-Http-Method-Override", "Range", "Te"})
		m.header.Set(name, headerText(pick(m.dice, []string{"x", "DELETE", "bytes=0-1", "text/plain", "192.0.2.1", "-", "ü", strings.Repeat("y", 600), "a, b;q=2"})))
		return true
	}},
	{"another method", func(m *mutator) bool { m.method = pick(m.dice, m.op.others); return true }},
	{"HEAD", func(m *mutator) bool {
		get := m.method == http.MethodGet
		if get {
			m.method = http.MethodHead
		}
		return get
	}},
	{"a header that no server reads", func(m *mutator) bool {
		m.header.Set("X-Filler", pick(m.dice, []string{"a\x00b", "a\x01", strings.Repeat("x", 80<<10)}))
		return true
	}},
}

// headerText leaves out what can't be in a header at all.
func headerText(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, text)
}

// ofCallers exchange who asks.
var ofCallers = []mutation{
	{"another caller", func(m *mutator) bool { m.as = pick(m.dice, m.op.callers()); return true }},
	{"nobody's token", func(m *mutator) bool { m.as = pick(m.dice, badNames); return true }},
	{"nobody's token once more", func(m *mutator) bool { m.as = pick(m.dice, badNames); return true }},
}
