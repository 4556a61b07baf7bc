package hammer

import (
	"bytes"
	"encoding/json"
	"slices"
)

// object is a JSON object in the order written, where a name may come twice.
type object []member

type member struct {
	name  string
	value any
}

// literal is JSON text as it is, valid or not.
type literal string

// set gives the object with a member that has this value.
func (o object) set(name string, value any) object {
	out := slices.Clone(o)
	for i := range out {
		if out[i].name == name {
			out[i].value = value
			return out
		}
	}
	return append(out, member{name, value})
}

// without gives the object without its i-th member.
func (o object) without(i int) object { return slices.Delete(slices.Clone(o), i, i+1) }

func (o object) index(name string) int {
	return slices.IndexFunc(o, func(m member) bool { return m.name == name })
}

// textOf writes a value as JSON.
func textOf(value any) []byte {
	var out bytes.Buffer
	write(&out, value)
	return out.Bytes()
}

func write(out *bytes.Buffer, value any) {
	switch value := value.(type) {
	case literal:
		out.WriteString(string(value))
	case object:
		separator := "{"
		for _, m := range value {
			out.WriteString(separator)
			write(out, m.name)
			out.WriteByte(':')
			write(out, m.value)
			separator = ","
		}
		if len(value) == 0 {
			out.WriteByte('{')
		}
		out.WriteByte('}')
	case []any:
		out.WriteByte('[')
		for i, item := range value {
			if i > 0 {
				out.WriteByte(',')
			}
			write(out, item)
		}
		out.WriteByte(']')
	default:
		text, err := json.Marshal(value)
		if err != nil {
			panic(err) // strings, numbers and booleans
		}
		out.Write(text)
	}
}
