package httpapi

import (
	"errors"
	"strconv"
	"unicode/utf8"
)

// maxDepth bounds nesting. No schema of ours is deeper than four; a limit of
// its own keeps a hostile body from growing the stack.
const maxDepth = 32

// errJSON is what is wrong with a body; its text never holds any of it.
var (
	errJSONSyntax    = errors.New("is not valid JSON (RFC 8259)")
	errJSONTrailing  = errors.New("holds more than one JSON value")
	errJSONDuplicate = errors.New("holds the same member twice")
	errJSONDepth     = errors.New("is nested too deeply")
	errJSONText      = errors.New("holds text that is not valid Unicode, or a NUL character")
	errJSONNumber    = errors.New("holds a number that is out of range")
)

// parseStrict reads exactly one JSON value and refuses what encoding/json lets
// pass: duplicate members (the parser that checks and the one that binds must
// not differ; RFC 8259, section 4), bytes after the value, invalid UTF-8, lone
// surrogates (both become U+FFFD there, so that two strings become one), NUL
// characters, numbers beyond a float64, and deep nesting. Numbers are float64,
// objects map[string]any, as kin-openapi's VisitJSON wants them.
func parseStrict(text []byte) (any, error) {
	p := parser{text: text}
	p.space()
	value, err := p.value(0)
	if err != nil {
		return nil, err
	}
	p.space()
	if p.at != len(p.text) {
		return nil, errJSONTrailing
	}
	return value, nil
}

type parser struct {
	text []byte
	at   int
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// next reports whether the next byte is c, and passes it if so.
func (p *parser) next(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errJSONDepth
	}
	if p.at >= len(p.text) {
		return nil, errJSONSyntax
	}
	switch c := p.text[p.at]; {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		return p.string()
	case c == '-' || (c >= '0' && c <= '9'):
		return p.number()
	case p.word("true"):
		return true, nil
	case p.word("false"):
		return false, nil
	case p.word("null"):
		return nil, nil
	}
	return nil, errJSONSyntax
}

func (p *parser) word(w string) bool {
	if len(p.text)-p.at >= len(w) && string(p.text[p.at:p.at+len(w)]) == w {
		p.at += len(w)
		return true
	}
	return false
}

func (p *parser) object(depth int) (any, error) {
	p.at++
	made := map[string]any{}
	p.space()
	if p.next('}') {
		return made, nil
	}
	for {
		p.space()
		if p.at >= len(p.text) || p.text[p.at] != '"' {
			return nil, errJSONSyntax
		}
		key, err := p.string()
		if err != nil {
			return nil, err
		}
		p.space()
		if !p.next(':') {
			return nil, errJSONSyntax
		}
		p.space()
		if _, twice := made[key]; twice {
			return nil, errJSONDuplicate
		}
		if made[key], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		p.space()
		if p.next('}') {
			return made, nil
		}
		if !p.next(',') {
			return nil, errJSONSyntax
		}
	}
}

func (p *parser) array(depth int) (any, error) {
	p.at++
	made := []any{}
	p.space()
	if p.next(']') {
		return made, nil
	}
	for {
		p.space()
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		made = append(made, value)
		p.space()
		if p.next(']') {
			return made, nil
		}
		if !p.next(',') {
			return nil, errJSONSyntax
		}
	}
}

// string reads a string literal. One without escapes, the usual case, is cut
// out of the text; the rest is built up.
func (p *parser) string() (string, error) {
	p.at++
	start := p.at
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			raw := p.text[start:p.at]
			p.at++
			if !utf8.Valid(raw) {
				return "", errJSONText
			}
			return string(raw), nil
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			return "", errJSONSyntax
		}
		p.at++
	}
	return "", errJSONSyntax
}

func (p *parser) escaped(start int) (string, error) {
	built := append([]byte(nil), p.text[start:p.at]...)
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			if !utf8.Valid(built) {
				return "", errJSONText
			}
			return string(built), nil
		case c == '\\':
			var err error
			if built, err = p.escape(built); err != nil {
				return "", err
			}
		case c < 0x20:
			return "", errJSONSyntax
		default:
			built = append(built, c)
			p.at++
		}
	}
	return "", errJSONSyntax
}

// escape reads one escape sequence; a surrogate must come with its other half.
func (p *parser) escape(built []byte) ([]byte, error) {
	const plain, means = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if p.at+1 >= len(p.text) {
		return nil, errJSONSyntax
	}
	c := p.text[p.at+1]
	for i := range plain {
		if plain[i] == c {
			p.at += 2
			return append(built, means[i]), nil
		}
	}
	unit, err := p.hex()
	if err != nil {
		return nil, err
	}
	switch {
	case unit == 0 || unit >= 0xDC00 && unit <= 0xDFFF:
		return nil, errJSONText
	case unit >= 0xD800 && unit <= 0xDBFF:
		low, err := p.hex()
		if err != nil || low < 0xDC00 || low > 0xDFFF {
			return nil, errJSONText
		}
		unit = 0x10000 + (unit-0xD800)<<10 + (low - 0xDC00)
	}
	return utf8.AppendRune(built, unit), nil
}

// hex reads \uXXXX.
func (p *parser) hex() (rune, error) {
	if p.at+6 > len(p.text) || p.text[p.at] != '\\' || p.text[p.at+1] != 'u' {
		return 0, errJSONSyntax
	}
	var unit rune
	for _, c := range p.text[p.at+2 : p.at+6] {
		switch {
		case c >= '0' && c <= '9':
			unit = unit<<4 + rune(c-'0')
		case c >= 'a' && c <= 'f':
			unit = unit<<4 + rune(c-'a') + 10
		case c >= 'A' && c <= 'F':
			unit = unit<<4 + rune(c-'A') + 10
		default:
			return 0, errJSONSyntax
		}
	}
	p.at += 6
	return unit, nil
}

// number reads a number by RFC 8259, section 6: no leading zeros, no "+1",
// no ".5", no "1.".
func (p *parser) number() (any, error) {
	start := p.at
	p.next('-')
	if !p.next('0') && !p.digits() {
		return nil, errJSONSyntax
	}
	if p.next('.') && !p.digits() {
		return nil, errJSONSyntax
	}
	if p.next('e') || p.next('E') {
		if !p.next('+') {
			p.next('-')
		}
		if !p.digits() {
			return nil, errJSONSyntax
		}
	}
	value, err := strconv.ParseFloat(string(p.text[start:p.at]), 64)
	if err != nil {
		return nil, errJSONNumber
	}
	return value, nil
}

func (p *parser) digits() bool {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > start
}
