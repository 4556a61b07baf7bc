package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/latchkey-id/latchkey/internal/password/argon2"
)

const (
	argon2Prefix = "$argon2id$"
	// argon2Longest is the length, in bytes, of the longest encoded hash within
	// the limits: a bound before anything is split or decoded.
	argon2Longest = len("$argon2id$v=19$m=65536,t=4,p=4$") + 86 + 1 + 86

	argon2SaltBytes, argon2TagBytes = 16, 32 // RFC 9106, section 4

	// argon2KiBPerRound is how many KiB argon2id fills in the time of one of
	// bcrypt's rounds: 19,456 KiB twice in 20 ms against 1,024 rounds in 50 ms,
	// measured on amd64. It only weighs one algorithm against the other while
	// stored hashes of both exist, so a machine that is off by a third makes a
	// failed sign-in under bcrypt 12 vary by 4 %.
	argon2KiBPerRound = 95
)

// unpadded is base64 as the PHC string format has it. Its Strict form still
// skips line breaks: decodeCanonical does not.
var unpadded = base64.RawStdEncoding

// argon2Params are m (KiB), t and p.
type argon2Params struct {
	kib     uint32
	passes  uint32
	threads uint8
}

func (p Policy) argon2() argon2Params {
	return argon2Params{kib: p.Argon2MemoryKiB, passes: p.Argon2Time, threads: p.Argon2Threads}
}

// allowed bounds the time and memory of one comparison: at most 64 MiB, four
// times, seven times the default's work.
func (a argon2Params) allowed() bool {
	return a.kib <= 65536 && a.passes >= 1 && a.passes <= 4 && a.threads >= 1 && a.threads <= 4 &&
		a.kib >= 8*uint32(a.threads)
}

func (a argon2Params) work() int { return max(1, int(a.kib)*int(a.passes)/argon2KiBPerRound) }

func (a argon2Params) hash(password string) string {
	salt := make([]byte, argon2SaltBytes)
	rand.Read(salt) // never fails: it ends the process instead
	tag := argon2.IDKey([]byte(password), salt, a.passes, a.kib, a.threads, argon2TagBytes)
	return argon2Hash{argon2Params: a, salt: salt, tag: tag}.String()
}

// dummy has a salt and a tag drawn at random once, so nobody knows a password for it.
func (a argon2Params) dummy() string {
	return argon2Hash{
		argon2Params: a,
		salt:         []byte("\xb0\x6c\x81\x67\x90\xba\x36\xe9\xf6\x3b\x65\x3c\xa3\x1d\x11\x10"),
		tag: []byte("\xa4\xe7\xf5\x8b\xf1\xc7\xaf\xf3\x58\xca\x2d\x3f\x5d\xb0\xde\x47" +
			"\x1f\x54\xe5\x6c\x8c\x1d\x9c\x44\x9d\xe1\xbb\xb9\x13\xd4\xcc\xa7"),
	}.String()
}

// argon2Hash is an argon2id hash within the limits.
type argon2Hash struct {
	argon2Params
	salt, tag []byte
}

// String is the PHC string format's one spelling of h.
func (h argon2Hash) String() string {
	return fmt.Sprintf("%sv=%d$m=%d,t=%d,p=%d$%s$%s", argon2Prefix, argon2.Version,
		h.kib, h.passes, h.threads, unpadded.EncodeToString(h.salt), unpadded.EncodeToString(h.tag))
}

func parseArgon2(encoded string) (stored, error) {
	if len(encoded) > argon2Longest {
		return nil, ErrHashFormat
	}
	parts := strings.Split(encoded, "$") // "", argon2id, v, parameters, salt, tag
	if len(parts) != 6 || parts[0] != "" || parts[1] != Argon2id || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return nil, ErrHashFormat
	}
	params, ok := parseArgon2Params(parts[3])
	if !ok {
		return nil, ErrHashFormat
	}
	salt, saltOK := decodeCanonical(parts[4], 8, 64)
	tag, tagOK := decodeCanonical(parts[5], 16, 64)
	if !saltOK || !tagOK {
		return nil, ErrHashFormat
	}
	return argon2Hash{argon2Params: params, salt: salt, tag: tag}, nil
}

// parseArgon2Params reads "m=…,t=…,p=…", in this order, in plain decimals.
func parseArgon2Params(s string) (argon2Params, bool) {
	fields := strings.Split(s, ",")
	if len(fields) != 3 {
		return argon2Params{}, false
	}
	var values [3]uint32
	for i, name := range []string{"m=", "t=", "p="} {
		digits, ok := strings.CutPrefix(fields[i], name)
		v, err := strconv.ParseUint(digits, 10, 16+1)
		if !ok || err != nil || strconv.FormatUint(v, 10) != digits {
			return argon2Params{}, false
		}
		values[i] = uint32(v)
	}
	if values[2] > 255 {
		return argon2Params{}, false
	}
	a := argon2Params{kib: values[0], passes: values[1], threads: uint8(values[2])}
	return a, a.allowed()
}

// decodeCanonical decodes s if it is the only spelling of its bytes and they
// are from least to most many.
func decodeCanonical(s string, least, most int) ([]byte, bool) {
	b, err := unpadded.DecodeString(s)
	if err != nil || len(b) < least || len(b) > most {
		return nil, false
	}
	return b, unpadded.EncodeToString(b) == s
}

func (h argon2Hash) matches(password string) (bool, error) {
	tag := argon2.IDKey(cut(password, MaxVerifyBytes), h.salt, h.passes, h.kib, h.threads, uint32(len(h.tag)))
	return subtle.ConstantTimeCompare(tag, h.tag) == 1 && usable(password, MaxVerifyBytes), nil
}

// weakerThan compares parameter by parameter; p is no measure of strength.
func (h argon2Hash) weakerThan(a argon2Params) bool {
	return h.kib < a.kib || h.passes < a.passes || len(h.salt) < argon2SaltBytes || len(h.tag) < argon2TagBytes
}
