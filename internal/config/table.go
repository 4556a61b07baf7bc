package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Variable is one line of the README's table.
type Variable struct {
	Name, Default, Description string
}

// Variables lists everything that the services read, each once.
func Variables() []Variable {
	var all []Variable
	for _, t := range []reflect.Type{reflect.TypeFor[Common](), reflect.TypeFor[Users](), reflect.TypeFor[Auth]()} {
		for field := range fieldsOf(t) {
			if name := field.Tag.Get("env"); name != "" {
				all = append(all, Variable{name, field.Tag.Get("envDefault"), field.Tag.Get("desc")})
			}
		}
	}
	return all
}

// Table renders Variables as the Markdown table that the README holds.
func Table() string {
	var b strings.Builder
	b.WriteString("| variable | default | meaning |\n|---|---|---|\n")
	for _, v := range Variables() {
		value := ""
		if v.Default != "" {
			value = "`" + v.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.Name, value, v.Description)
	}
	b.WriteString("| `RATE_LIMIT_<OPERATION_ID>` |  | `requests/window` (24h at most) in place of what the specification declares, such as `RATE_LIMIT_CREATE_USER=100/1m` |\n")
	return b.String()
}

// fieldsOf walks a struct's own fields, not those of an embedded one.
func fieldsOf(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if field := t.Field(i); !field.Anonymous && !yield(field) {
				return
			}
		}
	}
}

// variableOf finds the variable of a struct field by the field's name.
func variableOf(config any, fieldName string) string {
	field, ok := reflect.TypeOf(config).Elem().FieldByName(fieldName)
	if !ok {
		return fieldName
	}
	return field.Tag.Get("env")
}
