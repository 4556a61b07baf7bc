package rest

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/internal/users"
)

const marksPrefix = "latchkey:users:mark:"

// redisMarks are the marks of all instances. Things go by a MAC: Redis is told
// no names. What is in Redis has an epoch, which begins anew where Redis came
// back empty, and where an instance could not set a mark.
type redisMarks struct {
	client *redis.Client
	key    []byte
	owes   atomic.Bool // a mark was not set: a new epoch is due
	mu     sync.Mutex
	epoch  string // as this instance knows it
}

// newMarks gives the marks of a configuration: its Redis's, else its own.
func newMarks(c config.Users) (users.Marks, func(), error) {
	if c.RedisURL == "" {
		return &users.LocalMarks{}, func() {}, nil
	}
	key, err := hkdf.Key(sha256.New, c.SessionKey, nil, "latchkey read marks", sha256.Size)
	if err != nil {
		return nil, nil, err
	}
	client, err := httpapi.NewRedis(c.Common)
	if err != nil {
		return nil, nil, err
	}
	return &redisMarks{client: client, key: key}, func() { _ = client.Close() }, nil // nothing is buffered
}

func (m *redisMarks) name(thing string) string {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(thing))
	return marksPrefix + hex.EncodeToString(h.Sum(nil)[:16])
}

// Set keeps the greater of two positions. A position is exact in a score up to
// 2^53 bytes of log.
func (m *redisMarks) Set(ctx context.Context, at postgres.Position, things ...string) error {
	_, err := m.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for _, thing := range things {
			p.ZAddArgs(ctx, m.name(thing), redis.ZAddArgs{GT: true, Members: []redis.Z{{Score: float64(at), Member: "at"}}})
			p.Expire(ctx, m.name(thing), users.MarkLife)
		}
		return nil
	})
	if err != nil {
		m.owes.Store(true)
	}
	return err
}

// Newest gives the newest mark of things, in one round trip.
func (m *redisMarks) Newest(ctx context.Context, things ...string) (at postgres.Position, lost bool, err error) {
	if m.owes.Load() {
		if err := m.client.Set(ctx, marksPrefix+"epoch", rand.Text(), 0).Err(); err != nil {
			return 0, false, err
		}
		m.owes.Store(false)
	}
	var scores []*redis.FloatCmd
	var epoch *redis.StringCmd
	_, err = m.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.SetNX(ctx, marksPrefix+"epoch", rand.Text(), 0)
		epoch = p.Get(ctx, marksPrefix+"epoch")
		for _, thing := range things {
			scores = append(scores, p.ZScore(ctx, m.name(thing), "at"))
		}
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) { // a thing without a mark
		return 0, false, err
	}
	for _, score := range scores {
		at = max(at, postgres.Position(score.Val()))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	lost = m.epoch != epoch.Val()
	m.epoch = epoch.Val()
	return at, lost, nil
}
