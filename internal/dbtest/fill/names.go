package fill

import (
	"encoding/binary"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// The moment of account and session 0. The next account comes a second later,
// the next session ten milliseconds: a hundred million of either are before now,
// so that what services make themselves is newer, as it would be.
var (
	firstUser    = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	firstSession = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
)

const (
	userStep    = 1000 // ms
	sessionStep = 10
)

// What numbers are hashed for: no two uses give the same bits.
const (
	forUser uint64 = iota + 1
	forSession
	forUserEvent
	forSessionEvent
	forUserRequest
	forSessionRequest
	forSalt
	forName
)

// UserID is the id of account n: UUIDv7, in the order of numbers.
func UserID(n int64) uuid.UUID { return uuid7(firstUser+n*userStep, forUser, n) }

// UserTime is when account n was made.
func UserTime(n int64) time.Time { return time.UnixMilli(firstUser + n*userStep).UTC() }

// Username is the name of account n. Names begin in no order, as people's do.
func Username(n int64) string {
	var room [32]byte
	return string(appendName(room[:0], n))
}

// Email is the address of account n.
func Email(n int64) string { return Username(n) + mailHost }

const mailHost = "@mail.example.com"

// appendName is u, six digits of a hash, and the number: unique by its end.
func appendName(b []byte, n int64) []byte {
	const digits = "0123456789abcdef"
	b = append(b, 'u')
	for h, i := hash(forName, n), 0; i < 6; h, i = h>>4, i+1 {
		b = append(b, digits[h&15])
	}
	return strconv.AppendInt(b, n, 16)
}

// SessionID is the id of session n: UUIDv7, in the order of numbers.
func SessionID(n int64) uuid.UUID { return uuid7(firstSession+n*sessionStep, forSession, n) }

// SessionUser is the number of the account, of so many, that session n is of.
// Neighbours in time are none by account, and nobody has a second session before
// everybody has one.
func SessionUser(n, users int64) int64 {
	stride := int64(7919) // prime, so coprime to users unless it divides it
	if users%stride == 0 {
		stride = 1_000_003
	}
	return 1 + (n%users)*stride%users
}

// SessionSalt is the salt of session n.
func SessionSalt(n int64) [16]byte {
	var salt [16]byte
	binary.BigEndian.PutUint64(salt[:8], hash(forSalt, n))
	binary.BigEndian.PutUint64(salt[8:], hash(forSalt, -n))
	return salt
}

// uuid7 is the UUIDv7 of a moment, in ms since 1970, its random bits a hash of n.
func uuid7(ms int64, use uint64, n int64) uuid.UUID {
	var id uuid.UUID
	random := hash(use, n)
	binary.BigEndian.PutUint64(id[:8], uint64(ms)<<16|0x7000|random>>52)
	binary.BigEndian.PutUint64(id[8:], 1<<63|hash(use, -n)>>2)
	return id
}

// hash is the finalizer of SplitMix64 (Steele, Lea, Flood 2014) over both.
func hash(use uint64, n int64) uint64 {
	x := uint64(n)*0x9e3779b97f4a7c15 + use*0xd1342543de82ef95
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
