package judge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// readJSON reads one JSON value (RFC 8259) and refuses what the documents say
// is refused: members that are there twice, text that is not Unicode, NUL.
// Numbers keep their text.
func readJSON(text []byte) (any, error) {
	if !json.Valid(text) {
		return nil, errors.New("is not one JSON value")
	}
	if err := checkText(text); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return next(decoder)
}

func next(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			item, err := next(d)
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err = d.Token()
		return list, err
	case json.Delim('{'):
		object := map[string]any{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			if _, twice := object[name.(string)]; twice {
				return nil, fmt.Errorf("has %q twice", name)
			}
			if object[name.(string)], err = next(d); err != nil {
				return nil, err
			}
		}
		_, err = d.Token()
		return object, err
	}
	return token, nil
}

// checkText looks at the raw text for what encoding/json lets pass: bytes that
// are not UTF-8, halves of surrogate pairs, and NUL. The text is valid JSON.
func checkText(text []byte) error {
	if !utf8.Valid(text) {
		return errors.New("is not UTF-8")
	}
	var high rune
	for i := 0; i < len(text); i++ {
		unit, escaped := rune(0), false
		if text[i] == '\\' {
			i++
			if text[i] == 'u' {
				n, err := strconv.ParseUint(string(text[i+1:i+5]), 16, 16)
				if err != nil {
					return err
				}
				unit, escaped, i = rune(n), true, i+4
			}
		}
		switch {
		case escaped && unit == 0:
			return errors.New("holds NUL")
		case high != 0:
			if !escaped || utf16.DecodeRune(high, unit) == utf8.RuneError {
				return errors.New("holds half a surrogate pair")
			}
			high = 0
		case escaped && unit >= 0xDC00 && unit < 0xE000:
			return errors.New("holds half a surrogate pair")
		case escaped && unit >= 0xD800 && unit < 0xDC00:
			high = unit
		}
	}
	return nil
}
