package audit

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestIDsAndTimesAgree(t *testing.T) {
	t.Parallel()
	id := uuid.Must(uuid.NewV7())
	at := TimeOf(id)
	if first, next := FirstAt(at), FirstAt(at.Add(time.Millisecond)); first.String() > id.String() || next.String() <= id.String() {
		t.Errorf("%s is not between %s and %s", id, first, next)
	}
	for name, c := range map[string]struct {
		at   time.Time
		want uuid.UUID
	}{
		"before 1970": {time.Unix(-1, 0), uuid.Nil},
		"1970":        {time.Unix(0, 0), uuid.Nil},
		"1 ms":        {time.UnixMilli(1), uuid.MustParse("00000000-0001-0000-0000-000000000000")},
		"far away":    {time.UnixMilli(1 << 48), uuid.Max},
	} {
		if got := FirstAt(c.at); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
