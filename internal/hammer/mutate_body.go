package hammer

import (
	"bytes"
	"maps"
	"slices"
	"strings"
)

// ofJSON change an object.
var ofJSON = []mutation{
	{"a required member missing", onObject(func(m *mutator, o object) object {
		for _, name := range m.op.body.Required {
			if i := o.index(name); i >= 0 && m.percent(60) {
				return o.without(i)
			}
		}
		return nil
	})},
	{"a member more", onObject(func(m *mutator, o object) object {
		name := pick(m.dice, []string{"surplus", "__proto__", "constructor", "", "id", "password_hash", "$ref", "é", "😀", strings.Repeat("n", 300), "a/b~c", "roles ", "\u202e"})
		return append(slices.Clone(o), member{name, pick(m.dice, others)})
	})},
	{"a member's name in another case", onObject(func(m *mutator, o object) object {
		if len(o) == 0 {
			return nil
		}
		o = slices.Clone(o)
		i := m.IntN(len(o))
		o[i].name = pick(m.dice, []string{strings.ToUpper(o[i].name), strings.ToUpper(o[i].name[:1]) + o[i].name[1:], o[i].name + " ", strings.ReplaceAll(o[i].name, "s", "ſ")})
		return o
	})},
	{"a value at its bounds", onMember(hints.near)},
	{"a value at its bounds again", onMember(hints.near)},
	{"a value at its bounds once more", onMember(hints.near)},
	{"a hostile string", onObject(func(m *mutator, o object) object { return o.set(m.property(), pick(m.dice, hostile)) })},
	{"a value of another type", onObject(func(m *mutator, o object) object { return o.set(m.property(), pick(m.dice, others)) })},
	{"null", onObject(func(m *mutator, o object) object { return o.set(m.property(), nil) })},
	{"a string of a megabyte", onObject(func(m *mutator, o object) object { return o.set(m.property(), strings.Repeat("x", 1<<20)) })},
	{"a string of 60,000 characters", onObject(func(m *mutator, o object) object { return o.set(m.property(), strings.Repeat("x", 60_000)) })},
	{"10,000 deep", onObject(func(m *mutator, o object) object {
		open, shut := "[", "]"
		if m.percent(50) {
			open, shut = `{"x":`, "}"
		}
		return o.set(m.property(), literal(strings.Repeat(open, 10_000)+"1"+strings.Repeat(shut, 10_000)))
	})},
	{"a member twice", onObject(func(m *mutator, o object) object {
		if len(o) == 0 {
			return nil
		}
		twin := pick(m.dice, o)
		if m.percent(50) {
			twin.value = pick(m.dice, others)
		}
		return append(slices.Clone(o), twin)
	})},
	{"no object", func(m *mutator) bool {
		_, ok := m.body.(object)
		if ok {
			m.body = pick(m.dice, []any{[]any{m.body}, literal("null"), "x", literal("1"), true, []any{}, object{}, literal("{}{}"), literal("{"), literal("{]"), literal(" ")})
		}
		return ok
	}},
}

// onObject changes a body that is a JSON object; nil is no change.
func onObject(change func(*mutator, object) object) func(*mutator) bool {
	return func(m *mutator) bool {
		o, ok := m.body.(object)
		if !ok || m.raw != nil {
			return false
		}
		changed := change(m, o)
		if changed != nil {
			m.body = changed
		}
		return changed != nil
	}
}

// property names a member that the schema knows.
func (m *mutator) property() string {
	return pick(m.dice, slices.Sorted(maps.Keys(m.op.body.Properties)))
}

// ofBodies change any body's text and what is said of it.
var ofBodies = []mutation{
	{"bytes around the body", onText(func(m *mutator, text []byte) []byte {
		more := pick(m.dice, []string{" ", "\n", "x", "{}", "\x00", "\ufeff", ",", "//", "\v", "\u00a0"})
		if m.percent(50) {
			return append([]byte(more), text...)
		}
		return append(text, more...)
	})},
	{"a part of the body", onText(func(m *mutator, text []byte) []byte { return text[:m.IntN(len(text))] })},
	{"64 KiB", onText(func(_ *mutator, text []byte) []byte { return padded(text, 64<<10) })},
	{"64 KiB and one", onText(func(_ *mutator, text []byte) []byte { return padded(text, 64<<10+1) })},
	{"a byte exchanged", onText(func(m *mutator, text []byte) []byte {
		text[m.IntN(len(text))] = byte(m.IntN(256))
		return text
	})},
	{"no body", func(m *mutator) bool {
		had := m.body != nil
		m.body, m.raw = nil, nil
		if m.percent(50) {
			m.media = nil
		}
		return had
	}},
	{"a body where none is known", func(m *mutator) bool {
		if m.op.body != nil {
			return false
		}
		m.raw, m.media = []byte(pick(m.dice, []string{"{}", "x", "a=b", "null"})), []string{mediaJSON}
		return true
	}},
	{"in chunks", onText(func(m *mutator, text []byte) []byte { m.chunked = true; return text })},
	{"another media type", onText(func(m *mutator, text []byte) []byte {
		m.media = pick(m.dice, [][]string{
			{"text/plain"}, {"application/json"}, {"application/x-www-form-urlencoded"}, {"multipart/form-data; boundary=x"}, {"application/merge-patch+json"}, {"application/json5"},
			{""}, nil, {"application/json", "application/json"}, {"*/*"}, {"json"}, {"application/json, text/plain"}, {"application/xml"}, {"application/json/x"},
		})
		return text
	})},
	{"the media type with a parameter", onText(func(m *mutator, text []byte) []byte {
		m.media = []string{m.op.media + pick(m.dice, []string{
			"; charset=utf-8", ";charset=UTF-8", `; charset="utf-8"`, "; charset=utf8", "; charset=utf-16", "; charset=latin1", "; version=1", ";", "; charset", "; charset=", "; charset=utf-8; charset=utf-8",
		})}
		return text
	})},
	{"the media type in another case", onText(func(m *mutator, text []byte) []byte { m.media = []string{strings.ToUpper(m.op.media)}; return text })},
	{"an encoding", onText(func(m *mutator, text []byte) []byte {
		m.header["Content-Encoding"] = []string{pick(m.dice, []string{"gzip", "identity", "br", ""})}
		return text
	})},
}

// onText changes the text of a body that is not empty.
func onText(change func(*mutator, []byte) []byte) func(*mutator) bool {
	return func(m *mutator) bool {
		text := m.text()
		if len(text) == 0 || m.op.body == nil {
			return false
		}
		if changed := change(m, bytes.Clone(text)); !bytes.Equal(changed, text) {
			m.raw = changed
		}
		return true
	}
}

// padded fills a body with what means nothing in it.
func padded(text []byte, size int) []byte {
	filler := " "
	if text[0] != '{' { // a form
		filler, text = "x", append(text, "&x="...)
	}
	return append(text, bytes.Repeat([]byte(filler), max(0, size-len(text)))...)
}
