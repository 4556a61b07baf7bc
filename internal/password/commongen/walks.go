package main

import (
	"slices"
	"strings"
)

// rows and columns of the keyboards, and what people zip together from two.
var (
	rows = strings.Fields(`1234567890 0987654321 qwertyuiop poiuytrewq asdfghjkl lkjhgfdsa zxcvbnm mnbvcxz
		qwertzuiop yxcvbnm azertyuiop qsdfghjklm wxcvbn`)
	columns = strings.Fields(`1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik, 9ol. 0p;/`)
	braids  = [][2]string{
		{"1234567890", "qwertyuiop"}, {"1234567890", "asdfghjkl;"}, {"1234567890", "zxcvbnm"},
		{"1234567890", "abcdefghij"}, {"qwertyuiop", "asdfghjkl;"}, {"asdfghjkl", "zxcvbnm"},
		{"0987654321", "poiuytrewq"}, {"!@#$%^&*()", "qwertyuiop"}, {"1234567890", "!@#$%^&*()"},
		{"1234567890", "azertyuiop"}, {"1234567890", "qwertzuiop"},
	}
	walkEndings = strings.Fields(`1 12 123 1234 12345 123456 ! !! 1! 12! 123! 1234! @123 @1234 #123 2020 2021 2022 2023 2024 2025 2026 2027`)
)

// walks gives paths over the keyboard: pieces of rows one after another,
// columns, two rows in turns.
func walks(emit func(string)) {
	var pieces []string
	for _, row := range rows {
		for n := 3; n <= len(row); n++ {
			pieces = append(pieces, row[:n])
		}
	}
	for _, a := range pieces {
		withEndings(a, emit)
		for n := 2; n <= 6; n++ {
			emit(strings.Repeat(a, n))
		}
		for _, b := range pieces {
			emit(a + b)
		}
		if len(a) > 6 {
			continue
		}
		for _, b := range pieces {
			for _, c := range pieces {
				if len(b) == len(a) && len(c) == len(a) {
					emit(a + b + c)
				}
			}
		}
	}
	columnWalks(emit)
	for _, braid := range braids {
		for _, pair := range [][2]string{braid, {braid[1], braid[0]}} {
			for _, s := range braided(pair[0], pair[1]) {
				withEndings(s, emit)
			}
		}
	}
}

func withEndings(w string, emit func(string)) {
	emit(w)
	for _, e := range walkEndings {
		emit(w + e)
		emit(e + w)
	}
}

// columnWalks goes down (or up) two to ten neighbouring columns, either way
// round, each maybe in the other direction than the one before.
func columnWalks(emit func(string)) {
	orders := [][]string{columns, reversed(columns)}
	for _, order := range orders {
		for from := range order {
			for to := from + 2; to <= len(order); to++ {
				var down, up, snake strings.Builder
				for i, c := range order[from:to] {
					down.WriteString(c)
					up.WriteString(mirror(c))
					if i%2 == 0 {
						snake.WriteString(c)
					} else {
						snake.WriteString(mirror(c))
					}
				}
				for _, s := range []string{down.String(), up.String(), snake.String()} {
					withEndings(s, emit)
					emit(s + s)
				}
			}
		}
	}
	for _, a := range columns {
		for _, b := range columns {
			for _, c := range columns {
				emit(a + b + c)
			}
		}
	}
}

// braided takes a and b in turns, for every length from four on.
func braided(a, b string) []string {
	var out []string
	var s strings.Builder
	for i := range min(len(a), len(b)) {
		s.WriteByte(a[i])
		s.WriteByte(b[i])
		out = append(out, s.String())
	}
	return out
}

func mirror(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

func reversed(list []string) []string {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}
