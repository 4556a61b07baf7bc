package hammer

import (
	"hash/fnv"
	"math/rand/v2"
)

// dice give the same numbers for the same seed and path. A part of a request
// has dice of its own, so that it stays when another part is left out.
type dice struct {
	*rand.Rand
	seed uint64
	at   string
}

func roll(seed uint64, path string) *dice {
	sum := fnv.New64a()
	sum.Write([]byte(path))
	return &dice{Rand: rand.New(rand.NewPCG(seed, sum.Sum64())), seed: seed, at: path}
}

// of gives the dice of a part.
func (d *dice) of(part string) *dice { return roll(d.seed, d.at+"/"+part) }

// percent is true so often.
func (d *dice) percent(n int) bool { return d.IntN(100) < n }

// within gives a number of a range, both ends included, and the ends often.
func (d *dice) within(least, most int) int {
	switch n := d.IntN(4); {
	case n == 0 || least >= most:
		return least
	case n == 1:
		return most
	}
	return least + d.IntN(most-least+1)
}

func pick[T any](d *dice, of []T) T { return of[d.IntN(len(of))] }
