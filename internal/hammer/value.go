package hammer

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// hints give values that mean something to the running system (an id that there
// is, the right password), by the name of a member or parameter.
type hints func(d *dice, name string) (any, bool)

// valueOf gives a value that a schema accepts.
func (h hints) valueOf(d *dice, name string, s *openapi3.Schema) any {
	if hint, ok := h(d.of("hint"), name); ok {
		return hint
	}
	switch {
	case s.Nullable && d.percent(10):
		return nil
	case len(s.Enum) > 0:
		return pick(d, s.Enum)
	case s.Type.Is(openapi3.TypeBoolean):
		return d.percent(50)
	case s.Type.Is(openapi3.TypeInteger):
		return literal(strconv.FormatInt(integerOf(d, s), 10))
	case s.Type.Is(openapi3.TypeString):
		return stringOf(d, s)
	case s.Type.Is(openapi3.TypeArray):
		return h.arrayOf(d, name, s)
	case s.Type.Is(openapi3.TypeObject):
		return h.objectOf(d, s)
	}
	panic(fmt.Sprintf("%s: the hammer knows no such schema", name))
}

func (h hints) arrayOf(d *dice, name string, s *openapi3.Schema) []any {
	most := mostItems(s)
	length := min(3, most)
	if d.percent(20) {
		length = most
	}
	return h.items(d, name, s, max(int(s.MinItems), d.IntN(length+1)))
}

// items gives so many, and fewer where they have to differ and do not.
func (h hints) items(d *dice, name string, s *openapi3.Schema, length int) []any {
	list, seen := []any{}, map[string]bool{}
	for i := 0; len(list) < length && i < 4*length; i++ {
		item := h.valueOf(d.of(strconv.Itoa(i)), name+"[]", s.Items.Value)
		if text := string(textOf(item)); !s.UniqueItems || !seen[text] {
			seen[text] = true
			list = append(list, item)
		}
	}
	return list
}

// objectOf gives all required members and some of the others, and keeps to
// minProperties and to `not: {required: […]}`.
func (h hints) objectOf(d *dice, s *openapi3.Schema) object {
	made := object{}
	names := slices.Sorted(maps.Keys(s.Properties))
	d.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	often := pick(d, []int{0, 50, 100})
	for _, name := range names {
		if slices.Contains(s.Required, name) || d.percent(often) {
			made = append(made, member{name, h.valueOf(d.of(name), name, s.Properties[name].Value)})
		}
	}
	if s.Not != nil && !slices.ContainsFunc(s.Not.Value.Required, func(name string) bool { return made.index(name) < 0 }) {
		made = made.without(made.index(pick(d, s.Not.Value.Required)))
	}
	for _, name := range names {
		if uint64(len(made)) < s.MinProps && made.index(name) < 0 {
			made = append(made, member{name, h.valueOf(d.of(name), name, s.Properties[name].Value)})
		}
	}
	return made
}

func bounds(s *openapi3.Schema) (least, most int64) {
	least, most = math.MinInt64, math.MaxInt64
	if s.Format == "int32" {
		least, most = math.MinInt32, math.MaxInt32
	}
	if s.Min != nil {
		least = int64(*s.Min)
	}
	if s.Max != nil {
		most = int64(*s.Max)
	}
	return least, most
}

func integerOf(d *dice, s *openapi3.Schema) int64 {
	least, most := bounds(s)
	switch d.IntN(4) {
	case 0:
		return least
	case 1:
		return most
	}
	if span := most - least; span > 0 {
		return least + d.Int64N(span)
	}
	return least
}
