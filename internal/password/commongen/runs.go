package main

import (
	"fmt"
	"strings"
)

const alphabet = "abcdefghijklmnopqrstuvwxyz"

// runs gives runs of one character, counting up and down, and short patterns
// over and over, up to 32 characters.
func runs(emit func(string)) {
	for c := '!'; c <= '~'; c++ {
		for n := minimum; n <= 32; n++ {
			emit(strings.Repeat(string(c), n))
		}
	}
	for _, cycle := range []string{"0123456789", "9876543210", "123456789", "987654321", alphabet, mirror(alphabet)} {
		for from := range cycle {
			long := strings.Repeat(cycle[from:]+cycle[:from], 4)
			for n := minimum; n <= 32; n++ {
				emit(long[:n])
			}
		}
	}
	patterns(emit)
	stairs(emit)
}

// patterns repeats every run of two and three digits, every pair of letters,
// every year and the usual four to six digits.
func patterns(emit func(string)) {
	repeat := func(p string) {
		for n := 2; n*len(p) <= 24; n++ {
			if n*len(p) >= minimum {
				emit(strings.Repeat(p, n))
			}
		}
	}
	for i := range 1000 {
		repeat(fmt.Sprintf("%03d", i))
	}
	for i := range 100 {
		repeat(fmt.Sprintf("%02d", i))
	}
	for year := 1900; year <= lastYear; year++ {
		repeat(fmt.Sprint(year))
	}
	for _, a := range alphabet {
		for _, b := range alphabet {
			repeat(string(a) + string(b))
		}
	}
	for _, p := range strings.Fields(`1234 4321 12345 54321 123456 654321 1122 2211 1212 1221 1a2b abcd abcde abcdef
		a1b2 a1b2c3 1a2b3c abc1 abc12 abc123 123abc qwer asdf zxcv qaz wsx qazwsx 147258 147258369 159753 159357
		258456 741852 789456 456789 123789 123654 121314 101010 102030 112233 332211 123321 321123 13579 24680`) {
		repeat(p)
		for _, e := range walkEndings {
			emit(p + p + e)
			emit(p + p + p + e)
		}
	}
}

// stairs gives counting with each step twice or thrice (112233445566,
// 111222333444, aabbccddeeff), and up and down again (12345678987654321).
func stairs(emit func(string)) {
	for _, cycle := range []string{"1234567890", "0123456789", "9876543210", "0987654321", alphabet} {
		for n := 3; n <= min(len(cycle), 16); n++ {
			var twice, thrice, fourfold strings.Builder
			for _, c := range cycle[:n] {
				twice.WriteString(strings.Repeat(string(c), 2))
				thrice.WriteString(strings.Repeat(string(c), 3))
				fourfold.WriteString(strings.Repeat(string(c), 4))
			}
			up := cycle[:n]
			for _, s := range []string{
				twice.String(), thrice.String(), fourfold.String(), up + mirror(up), up + mirror(up[:n-1]), mirror(up) + up, up + up,
			} {
				emit(s)
				for _, e := range walkEndings {
					emit(s + e)
				}
			}
		}
	}
}
