package main

import (
	"slices"
	"strconv"
	"strings"
)

// rules gives emit what attackers' rule sets (hashcat's best64 and the like)
// make of the bases, and what fingers make of a keyboard. Case is left out: the
// list is searched folded. What is too short is emit's to drop.
func rules(words []string, emit func(string)) {
	for i, w := range words {
		usual(w, emit)
		doubles(w, emit)
		if i < topFull {
			affixes(w, emit)
		}
		if i < topLeet {
			leet(w, emit)
		}
	}
	top := words[:min(topPairs, len(words))]
	for _, a := range top {
		for _, b := range top {
			emit(a + b)
		}
	}
	for _, w := range strings.Fields(phrases) {
		usual(w, emit)
		emit(w)
	}
	walks(emit)
	runs(emit)
}

// phrases are what people write when told to take a long one.
const phrases = `
correcthorsebatterystaple thisismypassword thisisapassword thisispassword thisisnotapassword mypasswordis
mypasswordispassword passwordispassword ihatepasswords iforgotmypassword forgotpassword pleaseletmein
letmeinplease letmeinnow opensesame supersecret supersecretpassword topsecret verysecret verysecurepassword
securepassword strongpassword longpassword reallylongpassword averylongpassword twelvecharacters
twelvecharacter changemeplease changemenow pleasechangeme defaultpassword adminpassword rootpassword
userpassword testpassword temppassword temporarypassword newpassword iloveyousomuch iloveyouforever
iloveyoubaby iloveyou4ever ilovemymom ilovemyself ilovemyfamily iloveyoumom ilovejesus ilovemylife
thequickbrownfox maytheforcebewithyou winteriscoming tobeornottobe onceuponatime abracadabra loremipsum
helloworld hellokitty trustnoone whatthefuck fuckyou dontforget nevergiveup liverpoolfc manchesterunited
unitedstates harrypotter`

// endings are put behind a word, most usual first.
var endings = strings.Fields(`
1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890
! !! !!! !@# !@#$ 1! 12! 123! 1234! 12345! 123456! 1234567! 1@ 123@ 1234@ 123# 1234# 123$ 123. 123* 123456789!
@1 @12 @123 @1234 @12345 @123456 #1 #12 #123 #1234 #12345 $123 $1234 _1 _12 _123 _1234 -1 -12 -123 -1234 .123 .1234 *123 &123 !1 !12 !123 !1234
321 4321 54321 654321 987654321 007 00 01 11 22 69 88 99 000 0000 111 1111 11111 111111 222 2222 333 420 666 6666
777 7777 888 8888 999 9999 6969 1122 1212 1313 123123 112233 123321 12341234 321321 789 456789
a abc abcd abc123 qwe qwe123 qwerty qwerty123 asd asdf asd123 zxc zxcvbn xyz q1w2e3 1q2w3e 1qaz 1qaz2wsx
pass password admin love iloveyou lover boy girl man baby forever rules rocks sucks please online`)

// beginnings are put before a word.
var beginnings = strings.Fields(`
1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 111 000 321 007 2024 2025 2026
! @ # $ !@# a abc abc123 qwe qwe123 qwerty qwerty123 my the i iam ilove love mr super big new old hello
admin pass password test user secret 1qaz 1q2w3e`)

// Years that people end passwords with: of birth, and of the last change (the
// next years among them: a list is used for long).
const (
	firstYear, lastYear = 1980, 2030
	firstChange         = 2018
)

// usualEndings go behind every word.
var usualEndings = strings.Fields(`
1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 ! !! !!! 1! 12! 123! 1234! 12345! @123 @1234 #123 !123
321 007 111 000 69 99 abc qwe qwerty`)

func usual(w string, emit func(string)) {
	for _, e := range usualEndings {
		emit(w + e)
	}
	for year := firstYear; year <= lastYear; year++ {
		y := strconv.Itoa(year)
		emit(w + y)
		if year >= firstChange {
			emit(w + y + "!")
			emit(w + "@" + y)
		}
	}
}

func affixes(w string, emit func(string)) {
	for _, e := range endings {
		emit(w + e)
	}
	for _, b := range beginnings {
		emit(b + w)
		emit(b + w + "123")
		emit(b + w + "!")
	}
	for year := firstChange; year <= lastYear; year++ {
		y := strconv.Itoa(year)
		for _, tail := range []string{"!!", "@", "#", "$", "1"} {
			emit(w + y + tail)
		}
		for _, joint := range []string{"#", "_", "-", "!"} {
			emit(w + joint + y)
		}
	}
}

func doubles(w string, emit func(string)) {
	for _, joint := range []string{"", "-", "_", " ", "1", "123"} {
		emit(w + joint + w)
	}
	for _, tail := range []string{"1", "12", "123", "!"} {
		emit(w + w + tail)
	}
	for n := 3; n <= 6; n++ {
		emit(strings.Repeat(w, n))
	}
	mirrored := []byte(w)
	slices.Reverse(mirrored)
	emit(w + string(mirrored))
	emit(string(mirrored) + w)
	emit(string(mirrored))
}

// spellings replace letters by what looks like them, all at once.
var spellings = []*strings.Replacer{
	strings.NewReplacer("a", "@"),
	strings.NewReplacer("o", "0"),
	strings.NewReplacer("e", "3"),
	strings.NewReplacer("i", "1"),
	strings.NewReplacer("i", "!"),
	strings.NewReplacer("s", "$"),
	strings.NewReplacer("s", "5"),
	strings.NewReplacer("a", "@", "o", "0"),
	strings.NewReplacer("a", "@", "s", "$"),
	strings.NewReplacer("a", "4", "e", "3", "o", "0"),
	strings.NewReplacer("a", "4", "e", "3", "i", "1", "o", "0"),
	strings.NewReplacer("a", "@", "e", "3", "i", "1", "o", "0", "s", "$"),
	strings.NewReplacer("a", "4", "e", "3", "i", "1", "o", "0", "s", "5", "t", "7"),
}

// leetEndings are the endings that go with those.
var leetEndings = strings.Fields(`
1 12 123 1234 12345 123456 12345678 123456789 ! !! !!! 1! 12! 123! 1234! @1 @12 @123 @1234 #1 #123 _123 -123
01 321 007 69 99 111 666 777 abc qwe qwerty`)

func leet(w string, emit func(string)) {
	for _, spelling := range spellings {
		s := spelling.Replace(w)
		if s == w {
			continue
		}
		emit(s)
		emit(s + s)
		for _, e := range leetEndings {
			emit(s + e)
		}
		for year := firstChange; year <= lastYear; year++ {
			y := strconv.Itoa(year)
			emit(s + y)
			emit(s + y + "!")
		}
	}
}
