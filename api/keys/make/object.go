package main

import (
	"encoding/json"
	"strings"
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any // a raw is written as it is
}

// raw is JSON text, or what claims to be.
type raw string

// with gives a copy in which name has this value, at the end where it is new.
func (o object) with(name string, value any) object {
	out := append(object{}, o...)
	for i := range out {
		if out[i].name == name {
			out[i].value = value
			return out
		}
	}
	return append(out, member{name, value})
}

func (o object) without(name string) object {
	out := object{}
	for _, m := range o {
		if m.name != name {
			out = append(out, m)
		}
	}
	return out
}

// and gives a copy with one more member, whether there is one of that name or
// not. The name is JSON text without its quotes.
func (o object) and(name string, value any) object {
	return append(append(object{}, o...), member{name, value})
}

func (o object) text() string {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + m.name + `":`)
		if text, ok := m.value.(raw); ok {
			b.WriteString(string(text))
			continue
		}
		b.WriteString(encode(m.value))
	}
	b.WriteByte('}')
	return b.String()
}

func encode(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // this program's own values
	}
	return string(text)
}
