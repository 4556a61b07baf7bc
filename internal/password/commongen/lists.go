package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/latchkey-id/latchkey/internal/password/denylist"
)

// readList reads a list of any of the three forms, in its order.
func readList(path string) ([]string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		if raw, err = io.ReadAll(z); err != nil {
			return nil, err
		}
	}
	if strings.HasSuffix(path, ".json") {
		var list []string
		return list, json.Unmarshal(raw, &list)
	}
	return strings.Split(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n"), nil
}

// How far down its words each sort of rule goes. Together they keep the table
// near a megabyte.
const (
	topOfList = 1000 // of each list: about 1,500 different words in all
	topFull   = 250  // words that get every affix; the others get the usual ones
	topLeet   = 150  // words that are also spelt with digits and signs
	topPairs  = 80   // words that are also joined with each other
)

// wordlike is what rules are worth applying to: it starts with a letter and has
// nothing but letters and digits.
var wordlike = regexp.MustCompile(`^[a-z][a-z0-9]{3,15}$`)

// bases are the words that the rules begin with: chosen stems first, then the
// lists' top words, a word of each list in turn.
func bases(lists [][]string) []string {
	seen := make(map[string]bool)
	var out []string
	take := func(w string) {
		w = denylist.Fold(w)
		if wordlike.MatchString(w) && !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	for _, w := range strings.Fields(stems) {
		take(w)
	}
	for i := range topOfList {
		for _, list := range lists {
			if i < len(list) {
				take(list[i])
			}
		}
	}
	return out
}

// stems are words that people build passwords from when a site asks for a long
// one, most of them too dull to be near the top of a list of whole passwords;
// among them this product's own name (ASVS 5.0, 6.1.2: context-specific words).
const stems = `
password passwort passw0rd passwd pass qwerty qwertz azerty qwertyuiop welcome letmein changeme changeit
iloveyou admin administrator root superuser guest user default secret temp temporary test testing tester
login signin logon access master server database backup system service support helpdesk office company
business internet computer laptop network security secure private latchkey account accounts manager
spring summer autumn fall winter january february march april june july august september october november
december monday tuesday wednesday thursday friday saturday sunday holiday christmas birthday weekend
london paris berlin madrid moscow newyork chicago boston dallas houston toronto sydney america england
germany france spain italy russia brazil mexico india china canada australia liverpool arsenal chelsea
manchester barcelona realmadrid juventus football baseball basketball hockey soccer cricket
google facebook twitter instagram youtube amazon microsoft windows apple android samsung linkedin
mother father brother sister family daughter husband princess sunshine superman batman spiderman pokemon
starwars minecraft fortnite dragon monkey shadow chocolate butterfly flower whatever trustno1 abc123
hello helloworld goodbye forever loveyou lovely jesus jesuschrist godisgood blessed blink182 metallica
correcthorse opensesame iamthebest whoami nopassword mypassword thepassword yourpassword newpassword
oldpassword password1 password12 password123 p4ssword qwerty123 admin123 welcome1 welcome123
`
