package result

import (
	"math"
	"strconv"
	"strings"
)

// none stands where nothing was measured.
const none = "–"

// number writes three digits or a little more: what a run can tell.
func number(x float64) string {
	switch size := math.Abs(x); {
	case !finite(x):
		return none
	case size == 0:
		return "0"
	case size >= 99.95:
		return count(int64(math.Round(x)))
	case size >= 9.995:
		return strconv.FormatFloat(x, 'f', 1, 64)
	case size >= 0.1:
		return strconv.FormatFloat(x, 'f', 2, 64)
	default:
		return strconv.FormatFloat(x, 'f', 3, 64)
	}
}

// measured is a number that is 0 only where there is none.
func measured(x float64) string {
	if x == 0 {
		return none
	}
	return number(x)
}

// short is a number without zeros at the end.
func short(x float64) string {
	text := number(x)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// count writes thousands apart.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	first := 0
	if n < 0 {
		first = 1
	}
	for i := len(digits) - 3; i > first; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// with is a number and its unit. "×" and "%" too stand apart.
func with(x float64, unit string) string {
	if !finite(x) {
		return none
	}
	return strings.TrimSpace(short(x) + " " + unit)
}

// half is how far the rounds lie from their middle, in percent.
func half(s Spread) string {
	if s.Median == 0 {
		return none
	}
	return strconv.FormatFloat(s.Half(), 'f', 0, 64) + "%"
}

// ratio is how many times something is taken, if it is known.
func ratio(x float64) string {
	if x == 0 || !finite(x) {
		return none
	}
	return number(x) + "×"
}

// statements is what one request asks PostgreSQL for, "3+2" with two transaction
// commands.
func statements(o Operation) string {
	if o.Commands == 0 {
		return short(o.Statements)
	}
	return short(o.Statements) + "+" + short(o.Commands)
}

// bound is a target's promise in words.
func bound(t Target) string {
	if t.Least {
		return "≥ " + with(t.Bound, t.Unit)
	}
	return "≤ " + with(t.Bound, t.Unit)
}

// margin is how far a target is from its bound, and what part of the bound that is.
func margin(t Target) string {
	apart := math.Abs(t.Margin())
	if !finite(apart) {
		return none
	}
	text := with(apart, t.Unit)
	if t.Bound != 0 && t.Unit != "%" {
		text += " (" + short(100*apart/math.Abs(t.Bound)) + " %)"
	}
	return text
}

// verdict says at a glance whether a target is met.
func verdict(t Target) string {
	if t.Met() {
		return "met"
	}
	return "MISSED"
}
