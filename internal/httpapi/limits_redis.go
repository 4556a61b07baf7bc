package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-chi/httprate"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/observe"
)

const (
	redisPool  = 16                     // connections, at most
	redisRetry = 500 * time.Millisecond // between probes while it is gone
)

// SharedLimits counts what all instances of a service let through, in Redis.
// When Redis fails a call, all limits are counted by each instance alone until
// a probe has written to Redis again.
type SharedLimits struct {
	client  *redis.Client
	prefix  string
	timeout time.Duration // of one call
	log     *slog.Logger
	gone    atomic.Bool
	ctx     context.Context // ends the probing
	close   context.CancelFunc
	probes  sync.WaitGroup
}

// quiet keeps go-redis from writing lines of its own to standard error.
var quiet = sync.OnceFunc(func() { redis.SetLogger(&logging.VoidLogger{}) })

// ShareLimits opens REDIS_URL for a service's limits; nil where there is none,
// or where limits are off. A Redis that can't be reached is no error.
func ShareLimits(c config.Common, service string, log *slog.Logger) (*SharedLimits, error) {
	if c.RedisURL == "" || !c.RateLimits {
		return nil, nil
	}
	client, err := NewRedis(c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", service, err)
	}
	s := &SharedLimits{client: client, prefix: "latchkey:" + service + ":", timeout: c.RedisTimeout, log: log}
	s.ctx, s.close = context.WithCancel(context.Background())
	if err := s.probe(s.ctx); err != nil {
		s.lose(err)
	}
	return s, nil
}

// NewRedis makes a client of REDIS_URL, without asking the server for anything:
// each of its calls is bounded by REDIS_TIMEOUT and made once.
func NewRedis(c config.Common) (*redis.Client, error) {
	options, err := redis.ParseURL(c.RedisURL.Reveal())
	if err != nil {
		return nil, errors.New("REDIS_URL is not of the form redis://user:password@host:6379/0")
	}
	// Of one call, the wait for a connection included.
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout, options.PoolTimeout = c.RedisTimeout, c.RedisTimeout, c.RedisTimeout, c.RedisTimeout
	options.ContextTimeoutEnabled = true
	options.MaxRetries, options.DialerRetries = -1, 1
	options.PoolSize, options.MaxActiveConns, options.MinIdleConns = redisPool, redisPool, 0
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	quiet()
	return redis.NewClient(options), nil
}

// ProbeRedis writes to the Redis of REDIS_URL once, as the limits would.
func ProbeRedis(ctx context.Context, c config.Common) error {
	client, err := NewRedis(c)
	if err != nil {
		return err
	}
	s := &SharedLimits{client: client, prefix: "latchkey:doctor:", timeout: c.RedisTimeout}
	defer func() { _ = client.Close() }()
	return s.probe(ctx)
}

// Watch shows in m whether limits are shared; nothing where they never are.
func (s *SharedLimits) Watch(m *observe.Limits) {
	if s != nil {
		m.WatchRedis(func() bool { return !s.gone.Load() })
	}
}

// Close ends the probing and the connections.
func (s *SharedLimits) Close() {
	if s == nil {
		return
	}
	s.close()
	s.probes.Wait()
	_ = s.client.Close() // nothing is buffered
}

// degraded asks Redis, unless it is known to be gone.
func (s *SharedLimits) degraded(ctx context.Context) bool {
	if s == nil {
		return false
	}
	if !s.gone.Load() {
		if err := s.probe(ctx); err != nil && ctx.Err() == nil {
			s.lose(err)
		}
	}
	return s.gone.Load()
}

// probe writes: a replica, or a Redis without memory, would answer a PING.
func (s *SharedLimits) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.client.Set(ctx, s.prefix+"probe", 1, time.Minute).Err()
}

// lose turns to local counting, and starts to look for Redis.
func (s *SharedLimits) lose(err error) {
	if s.ctx.Err() != nil || !s.gone.CompareAndSwap(false, true) {
		return
	}
	s.log.Warn("Redis is gone: each instance counts its limits alone", slog.String("error", err.Error()))
	s.probes.Go(func() {
		retry := time.NewTicker(redisRetry)
		defer retry.Stop()
		for {
			select {
			case <-s.ctx.Done():
				return
			case <-retry.C:
			}
			if s.probe(s.ctx) == nil {
				s.gone.Store(false)
				s.log.Info("Redis is back: instances share their limits")
				return
			}
		}
	})
}

// counter counts for one limit of one operation.
func (s *SharedLimits) counter(operationID string, limit Limit) *redisCounter {
	return &redisCounter{
		shared: s, window: limit.window(), local: httprate.NewLocalLimitCounter(limit.window()),
		prefix: s.prefix + operationID + ":" + strconv.Itoa(limit.Window) + ":",
	}
}

// redisCounter is an httprate.LimitCounter that never fails. It counts here
// too, so that neither the loss of Redis nor its return gives a caller who has
// spent a limit on this instance another one. Instances look and then count,
// so of one limit each further instance may let one request too many through.
type redisCounter struct {
	shared *SharedLimits
	prefix string
	window time.Duration
	local  httprate.LimitCounter
}

// Config is called with what counter was told already.
func (c *redisCounter) Config(requests int, window time.Duration) { c.local.Config(requests, window) }

// Increment counts one request.
func (c *redisCounter) Increment(key string, current time.Time) error {
	return c.IncrementBy(key, current, 1)
}

// IncrementBy counts, and keeps the count for as long as the next window asks
// for it, with a minute for clocks that differ.
func (c *redisCounter) IncrementBy(key string, current time.Time, amount int) error {
	if err := c.local.IncrementBy(key, current, amount); err != nil || c.shared.gone.Load() {
		return err
	}
	ctx, cancel := context.WithTimeout(c.shared.ctx, c.shared.timeout)
	defer cancel()
	name := c.name(key, current)
	_, err := c.shared.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.IncrBy(ctx, name, int64(amount))
		p.Expire(ctx, name, 2*c.window+time.Minute)
		return nil
	})
	if err != nil {
		c.shared.lose(err)
	}
	return nil
}

// Get gives the greater of what all instances and what this one counted.
func (c *redisCounter) Get(key string, current, previous time.Time) (now, before int, err error) {
	now, before, err = c.local.Get(key, current, previous)
	if err != nil || c.shared.gone.Load() {
		return now, before, err
	}
	ctx, cancel := context.WithTimeout(c.shared.ctx, c.shared.timeout)
	defer cancel()
	values, err := c.shared.client.MGet(ctx, c.name(key, current), c.name(key, previous)).Result()
	if err != nil {
		c.shared.lose(err)
		return now, before, nil
	}
	return max(now, number(values[0])), max(before, number(values[1])), nil
}

// number reads one value of an MGET; a key that is absent is nil.
func number(value any) int {
	text, _ := value.(string)
	n, _ := strconv.Atoi(text) // 0 where it is no number: only counts are written
	return n
}

// name is a key in Redis. Callers are subjects and addresses, never names.
func (c *redisCounter) name(key string, window time.Time) string {
	return c.prefix + key + ":" + strconv.FormatInt(window.Unix(), 10)
}
