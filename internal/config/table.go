package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Variable is one line of docs/configuration.md.
type Variable struct {
	Name, Default, Description string
	// Chapter is where the page has it: the tag `chapter` of the field, or of
	// the nearest one above it that has one.
	Chapter string
}

// Variables lists everything that the services read, each once.
func Variables() []Variable {
	var all []Variable
	for _, t := range []reflect.Type{reflect.TypeFor[Common](), reflect.TypeFor[Users](), reflect.TypeFor[Auth]()} {
		chapter := ""
		for field := range fieldsOf(t) {
			if begins := field.Tag.Get("chapter"); begins != "" {
				chapter = begins
			}
			if name := field.Tag.Get("env"); name != "" {
				all = append(all, Variable{name, field.Tag.Get("envDefault"), field.Tag.Get("desc"), chapter})
			}
		}
	}
	return append(all, rateLimit)
}

// rateLimit stands for variables that no field has: one for each operation.
var rateLimit = Variable{
	Name: "RATE_LIMIT_<OPERATION_ID>", Chapter: "Clients and limits",
	Description: "`requests/window` (24h at most) in place of what the specification declares, such as `RATE_LIMIT_CREATE_USER=100/1m`",
}

// Table renders Variables as the Markdown that docs/configuration.md holds: a
// heading and a table for each chapter, in the order in which they first come.
func Table() string {
	var chapters []string
	lines := map[string]string{}
	for _, v := range Variables() {
		if !slices.Contains(chapters, v.Chapter) {
			chapters = append(chapters, v.Chapter)
		}
		value := ""
		if v.Default != "" {
			value = "`" + v.Default + "`"
		}
		lines[v.Chapter] += fmt.Sprintf("| `%s` | %s | %s |\n", v.Name, value, v.Description)
	}
	var b strings.Builder
	for _, chapter := range chapters {
		fmt.Fprintf(&b, "\n## %s\n\n| variable | default | meaning |\n|---|---|---|\n%s", chapter, lines[chapter])
	}
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
