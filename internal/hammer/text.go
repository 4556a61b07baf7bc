package hammer

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// texts are parts of strings that programs get wrong: several bytes to a
// character, several characters to a letter, directions, and what other
// languages take for an end.
var texts = []string{
	"a", "Z", "0", "é", "e\u0301", "ß", "İ", "ﬀ", "\u200d", "\u202e", "\ufeff", "\uffff", "\u2028", "𝒜", "😀", "👨\u200d👩\u200d👧", "שלום", "مرحبا", "日本語",
	"'", "\"", "\\", "<", "&", "%", "%00", "${x}", "--", "\t", "\r\n", "\x7f", "\u0080", " ", "  ",
}

// unicodeOf gives a text of exactly this many characters (code points).
func unicodeOf(d *dice, length int) string {
	var out []rune
	plain := d.percent(40)
	for len(out) < length {
		if plain {
			out = append(out, oneOf(d, []rune{' ', '~'}))
			continue
		}
		out = append(out, []rune(pick(d, texts))...)
	}
	return string(out[:length])
}

// lengthsOf are the bounds of a string, in characters. Where there is no upper
// one, 300 stand for it.
func lengthsOf(s *openapi3.Schema) (least, most int) {
	least, most = int(s.MinLength), 300
	if s.MaxLength != nil {
		most = int(*s.MaxLength)
	}
	return least, max(least, most)
}

// stringOf gives a string that a schema accepts.
func stringOf(d *dice, s *openapi3.Schema) string {
	switch s.Format {
	case "uuid":
		return uuidOf(d)
	case "date-time":
		return timeOf(d)
	}
	least, most := lengthsOf(s)
	if s.Pattern == "" {
		return unicodeOf(d, d.within(least, most))
	}
	return matching(d, s.Pattern, d.within(max(1, least), most))
}

func uuidOf(d *dice) string {
	bytes := make([]byte, 16)
	for i := range bytes {
		bytes[i] = byte(d.IntN(256))
	}
	digits := hex.EncodeToString(bytes)
	if d.percent(20) {
		digits = strings.ToUpper(digits)
	}
	return fmt.Sprintf("%s-%s-%s-%s-%s", digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
}

// timeOf gives a moment between 1905 and 2098, in one of the spellings of RFC 3339.
func timeOf(d *dice) string {
	t := time.Unix(d.Int64N(1<<32+1<<31)-1<<31, d.Int64N(1e9))
	layout := pick(d, []string{time.RFC3339, time.RFC3339Nano, "2006-01-02T15:04:05.0Z07:00", "2006-01-02T15:04:05.000000000Z07:00"})
	return t.In(time.FixedZone("", 60*pick(d, []int{0, 0, 60, -90, 14 * 60, -12 * 60, 23*60 + 59}))).Format(layout)
}
