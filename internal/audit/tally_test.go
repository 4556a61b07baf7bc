package audit

import (
	"errors"
	"maps"
	"sync"
	"testing"

	"github.com/google/uuid"
)

func TestTallyGivesEachCountOnce(t *testing.T) {
	t.Parallel()
	one, other := uuid.New(), uuid.Nil
	var tally Tally[uuid.UUID]
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { tally.Add(one, 1); tally.Add(other, 2) })
	}
	wg.Wait()
	flush := func(refuse uuid.UUID, fails bool) map[uuid.UUID]int64 {
		got := map[uuid.UUID]int64{}
		tally.Flush(func(user uuid.UUID, count int64) error {
			if fails && user == refuse {
				return errors.New("not written")
			}
			got[user] = count
			return nil
		})
		return got
	}
	if got := flush(one, true); !maps.Equal(got, map[uuid.UUID]int64{other: 200}) {
		t.Errorf("wrote %v", got)
	}
	tally.Add(one, 1)
	if got := flush(one, false); !maps.Equal(got, map[uuid.UUID]int64{one: 101}) {
		t.Errorf("what was not written came back as %v", got)
	}
	if got := flush(one, false); len(got) != 0 {
		t.Errorf("written twice: %v", got)
	}
}
