package hammer

import (
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// others are values of every type, and what stands at the limits of parsers.
var others = []any{
	nil, true, false, literal("0"), literal("-0"), literal("1"), literal("1.5"), literal("1.0"), literal("1e2"), literal("1E400"), literal("1e999"), literal("-1"),
	literal("9223372036854775808"), literal("9007199254740993"), literal("00"), literal("+1"), literal("NaN"), literal("0x1"), "", "x", "0", "null", "true",
	[]any{}, []any{"x"}, []any{nil}, object{}, object{{"x", nil}}, literal("'x'"), literal("undefined"),
}

// hostile are strings that must be refused wherever they stand, and some that
// must not.
var hostile = []any{
	literal(`"\u0000"`), literal(`"a\u0000b"`), literal(`"\ud800"`), literal(`"\udc00x"`), literal(`"\ud83d\ude00"`), literal(`"\ude00\ud83d"`),
	literal("\"\xff\""), literal("\"\xc0\xaf\""), literal("\"\xed\xa0\x80\""), literal("\"\x00\""), literal("\"\n\""), literal(`"\x41"`), literal(`"\u00e"`),
	"e\u0301\u0301\u0301", "\u202eresu", "😀😀😀", "\ufeffx", "ＡＤＭＩＮ", "ａda", "аda", "ada\u00a0", "İstanbul", "ada\n", "\nada", "ada\r\n", " ada", "ada ",
	"'; DROP TABLE users.users; --", "<script>alert(1)</script>", "../../etc/passwd", "{{7*7}}", "%00", "\\u0000", "__proto__",
}

// near gives a value at the edge of what a schema accepts, or just beyond it.
func (h hints) near(d *dice, name string, s *openapi3.Schema) any {
	if d.percent(25) {
		return pick(d, others)
	}
	switch {
	case len(s.Enum) > 0:
		word := plainOf(pick(d, s.Enum))
		return pick(d, []any{word, strings.ToUpper(word), strings.ToLower(word), word + " ", word[1:], literal(word)})
	case s.Type.Is(openapi3.TypeInteger):
		least, most := bounds(s)
		return literal(pick(d, []string{
			strconv.FormatInt(least, 10), strconv.FormatInt(most, 10), strconv.FormatInt(least-1, 10), strconv.FormatUint(uint64(most)+1, 10),
			strconv.FormatInt(least, 10) + ".0", strconv.FormatInt(least+1, 10) + "e0", "\"" + strconv.FormatInt(least, 10) + "\"",
		}))
	case s.Type.Is(openapi3.TypeString):
		return nearString(d, s)
	case s.Type.Is(openapi3.TypeArray):
		return h.nearArray(d, name, s)
	}
	return pick(d, others)
}

func nearString(d *dice, s *openapi3.Schema) any {
	if (s.Format == "uuid" || s.Format == "date-time") && d.percent(70) {
		return nearFormat(d, s)
	}
	least, most := lengthsOf(s)
	sized := func(n int) string {
		if s.Pattern == "" {
			return unicodeOf(d, max(0, n))
		}
		return matching(d, s.Pattern, max(0, n))
	}
	switch d.IntN(7) {
	case 0:
		return sized(least)
	case 1:
		return sized(least - 1)
	case 2:
		return sized(most)
	case 3:
		return sized(most + 1)
	case 4:
		return pick(d, hostile)
	case 5:
		return brokenText(d, stringOf(d, s))
	}
	text := stringOf(d, s)
	return pick(d, []string{strings.ToUpper(text), strings.ToLower(text), text + "\n", " " + text, text + " ", text + "\u0000"[:d.IntN(2)]})
}

// brokenText puts a part of another script, or a sign, somewhere into a text.
func brokenText(d *dice, text string) string {
	runes := []rune(text)
	at := d.IntN(len(runes) + 1)
	return string(runes[:at]) + pick(d, texts) + string(runes[at:])
}

// nearFormat gives what parsers of a format differ about.
func nearFormat(d *dice, s *openapi3.Schema) string {
	uuid := uuidOf(d)
	switch s.Format {
	case "uuid":
		return pick(d, []string{
			strings.ReplaceAll(uuid, "-", ""), "{" + uuid[:34] + "}", "{" + uuid + "}", "urn:uuid:" + uuid, uuid[:35], uuid + "0", uuid[:35] + "g", strings.Replace(uuid, "-", "_", 1),
			uuid[:8] + uuid[9:] + "-", strings.ToUpper(uuid), "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", uuid[1:] + "-",
		})
	case "date-time":
		return pick(d, []string{
			"2026-01-02T03:04:05Z", "2026-01-02t03:04:05z", "2026-01-02 03:04:05Z", "2026-01-02T03:04:05", "2026-01-02", "2026-01-02T03:04Z", "2026-01-02T3:04:05Z", "2026-1-2T03:04:05Z",
			"2026-01-02T03:04:05.Z", "2026-01-02T03:04:05,5Z", "2026-01-02T03:04:05.1234567890Z", "2026-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
			"2026-01-02T24:00:00Z", "2016-12-31T23:59:60Z", "2026-01-02T03:04:60Z", "2026-01-02T03:60:05Z", "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+23:59", "2026-01-02T03:04:05+0100",
			"2026-01-02T03:04:05-00:00", "2026-01-02T03:04:05+01:60", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z", "-001-01-01T00:00:00Z",
			"2026-01-02T03:04:05Z ", "1767322245", "+2026-01-02T03:04:05Z",
		})
	}
	panic(s.Format)
}

func (h hints) nearArray(d *dice, name string, s *openapi3.Schema) any {
	most := mostItems(s)
	made := h.arrayOf(d, name, s)
	item := func() any { return h.valueOf(d.of(strconv.Itoa(len(made))), name+"[] of many", s.Items.Value) }
	switch d.IntN(4) {
	case 0:
		for len(made) <= most {
			made = append(made, item())
		}
	case 1:
		made = append(made, item())
		made = append(made, made[len(made)-1])
	case 2:
		made = append(made, h.near(d, name, s.Items.Value))
	case 3:
		made = append(made, pick(d, others))
	}
	return made
}
