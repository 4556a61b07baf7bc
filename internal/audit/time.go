package audit

import (
	"time"

	"github.com/google/uuid"
)

// TimeOf is the moment that a UUIDv7 was made at, in milliseconds (RFC 9562,
// section 5.7): an event's id and time never disagree.
func TimeOf(id uuid.UUID) time.Time {
	return time.Unix(id.Time().UnixTime()).UTC()
}

// FirstAt is the lowest UUIDv7 of a moment. Moments before 1970 and after
// 10889 are the ends of the scale.
func FirstAt(t time.Time) uuid.UUID {
	ms := t.UnixMilli()
	if ms <= 0 {
		return uuid.Nil
	}
	if ms >= 1<<48 {
		return uuid.Max
	}
	var id uuid.UUID
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	return id
}
