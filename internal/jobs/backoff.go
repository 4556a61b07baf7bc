package jobs

import (
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// jitter is the part of a wait by which it is made longer or shorter, so that
// what failed together does not come back together.
const jitter = 0.1

type backoff struct {
	first, most time.Duration
	now         func() time.Time
	jitter      func() float64 // 0 to 1
}

// Backoff waits first after the first failure, twice as long after each
// further one, ±10 %, and never longer than most.
func Backoff(first, most time.Duration) river.ClientRetryPolicy {
	return &backoff{first: first, most: most, now: time.Now, jitter: rand.Float64}
}

// NextRetry tells River when.
func (b *backoff) NextRetry(job *rivertype.JobRow) time.Time { return b.now().Add(b.wait(job.Attempt)) }

func (b *backoff) wait(attempt int) time.Duration {
	wait := b.first
	for n := 1; n < attempt && wait < b.most; n++ {
		wait *= 2
	}
	wait = min(wait, b.most)
	return min(wait+time.Duration(float64(wait)*jitter*(2*b.jitter()-1)), b.most)
}
