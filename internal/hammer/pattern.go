package hammer

import (
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode/utf8"
)

// matching gives a text that matches a pattern, of this many characters if it
// can: one of the pattern's repetitions, chosen at random, is drawn out to that.
func matching(d *dice, pattern string, length int) string {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		panic(err) // a document's own pattern
	}
	made := ""
	for try := range 8 { // alternatives of different lengths may need some
		part := "try" + strconv.Itoa(try)
		short := &writer{dice: d.of(part), chosen: -1}
		short.write(parsed)
		n := utf8.RuneCountInString(short.text.String())
		long := &writer{dice: d.of(part), chosen: d.IntN(max(1, short.repeats)), extra: max(0, length-n)}
		long.write(parsed)
		if made = long.text.String(); utf8.RuneCountInString(made) == length {
			break
		}
	}
	return made
}

// writer writes a text that a regular expression matches.
type writer struct {
	*dice
	text    strings.Builder
	repeats int // met so far
	chosen  int // the one that is drawn out
	extra   int // by so many
}

func (w *writer) write(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		w.text.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		w.text.WriteRune(oneOf(w.dice, re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		w.text.WriteRune(oneOf(w.dice, []rune{' ', '~'}))
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			w.write(sub)
		}
	case syntax.OpAlternate:
		w.write(re.Sub[w.IntN(len(re.Sub))])
	case syntax.OpStar:
		w.repeat(re.Sub[0], 0, -1)
	case syntax.OpPlus:
		w.repeat(re.Sub[0], 1, -1)
	case syntax.OpQuest:
		w.repeat(re.Sub[0], 0, 1)
	case syntax.OpRepeat:
		w.repeat(re.Sub[0], re.Min, re.Max)
	}
}

func (w *writer) repeat(re *syntax.Regexp, least, most int) {
	n := least
	if w.repeats == w.chosen {
		n += w.extra
	}
	if most >= 0 {
		n = min(n, most)
	}
	w.repeats++
	for range n {
		w.write(re)
	}
}

// oneOf gives a character of a class, which is pairs of first and last; printable
// ASCII nine times in ten where the class has any.
func oneOf(d *dice, class []rune) rune {
	if rare := d.IntN(10) == 0; !rare {
		plain := int32(0)
		for i := 0; i < len(class); i += 2 {
			plain += max(0, min(class[i+1], '~')-max(class[i], '!')+1)
		}
		for n, i := d.Int32N(max(1, plain)), 0; plain > 0; i += 2 {
			least := max(class[i], '!')
			span := max(0, min(class[i+1], '~')-least+1)
			if n < span {
				return least + n
			}
			n -= span
		}
	}
	i := 2 * d.IntN(len(class)/2)
	c := class[i] + d.Int32N(class[i+1]-class[i]+1)
	if c >= 0xD800 && c < 0xE000 || c == 0 { // half a character, or none that a text may hold
		return 'x'
	}
	return c
}
