-- ReserveAttempt counts an attempt before anything is checked, in one atomic
-- step: of many at once no more pass than may. It gives no row while the wait
-- is not over. free attempts cost no wait; after them it is 1 s and doubles up
-- to 15 min. A counter that was quiet for a day starts anew. known_key counts
-- instead of key where the account signed in from network within 30 days.
-- name: ReserveAttempt :one
INSERT INTO users.throttles AS t (key, user_id, failures, next_at)
SELECT
    CASE WHEN EXISTS (
        SELECT 1 FROM users.known_networks k
        WHERE k.user_id = sqlc.narg('user_id')::uuid AND k.network = sqlc.narg('network')::inet AND k.seen_at > now() - interval '30 days'
    ) THEN @known_key::bytea ELSE @key::bytea END,
    sqlc.narg('user_id')::uuid,
    1,
    now()
ON CONFLICT ON CONSTRAINT throttles_pkey DO UPDATE SET
    failures = CASE WHEN t.next_at < now() - interval '1 day' THEN 1 ELSE t.failures + 1 END,
    next_at = CASE
        WHEN t.next_at < now() - interval '1 day' OR t.failures + 1 < @free::integer THEN now()
        ELSE now() + least(interval '15 minutes', interval '1 second' * power(2, least(t.failures + 1 - @free::integer, 10)))
    END
WHERE t.next_at <= now()
RETURNING t.key;

-- ThrottleWait says how long a counter that let nobody pass goes on so; the
-- longest of the two keys that may have counted.
-- name: ThrottleWait :one
SELECT coalesce(extract(epoch FROM max(next_at) - now()), 0)::float8 AS seconds
FROM users.throttles
WHERE key = @key::bytea OR key = @known_key::bytea;

-- ReturnAttempt takes back an attempt that was not evaluated after all.
-- name: ReturnAttempt :exec
UPDATE users.throttles SET
    failures = greatest(failures - 1, 0),
    next_at = CASE WHEN failures - 1 < @free::integer THEN now() ELSE next_at END
WHERE key = @key::bytea;

-- SignedIn clears an account's counter, takes the attempt back from the
-- address's (address_key is null where it has none) and remembers the network,
-- at most once a day. It does not wait for the disk: lost with a crash of
-- PostgreSQL, it leaves a counter higher than it need be.
-- name: SignedIn :exec
WITH hasty AS (
    SELECT set_config('synchronous_commit', 'off', true) AS commits
), cleared AS (
    DELETE FROM users.throttles WHERE key = @key::bytea
), returned AS (
    UPDATE users.throttles SET
        failures = greatest(failures - 1, 0),
        next_at = CASE WHEN failures - 1 < @free::integer THEN now() ELSE next_at END
    WHERE key = sqlc.narg('address_key')::bytea
)
INSERT INTO users.known_networks AS k (user_id, network)
SELECT @user_id::uuid, sqlc.narg('network')::inet
FROM hasty
WHERE hasty.commits = 'off' AND sqlc.narg('network')::inet IS NOT NULL
ON CONFLICT ON CONSTRAINT known_networks_pkey DO UPDATE SET seen_at = now()
WHERE k.seen_at < now() - interval '1 day';

-- ClearThrottles forgets an account's failures: a new password was set.
-- name: ClearThrottles :exec
DELETE FROM users.throttles WHERE user_id = @user_id::uuid;

-- DropOldThrottles removes what would start anew anyway, a batch at a time.
-- name: DropOldThrottles :execrows
DELETE FROM users.throttles
WHERE key = ANY (ARRAY(SELECT o.key FROM users.throttles o WHERE o.next_at < now() - interval '1 day' ORDER BY o.next_at LIMIT @most FOR UPDATE SKIP LOCKED))
    AND next_at < now() - interval '1 day';

-- CountOldThrottles says how many rows DropOldThrottles has before it.
-- name: CountOldThrottles :one
SELECT count(*) FROM users.throttles WHERE next_at < now() - interval '1 day';

-- DropOldNetworks forgets where nobody has signed in from for a month, which is
-- as long as it counts, a batch at a time.
-- name: DropOldNetworks :execrows
DELETE FROM users.known_networks
WHERE (user_id, network) IN (
    SELECT o.user_id, o.network FROM users.known_networks o
    WHERE o.seen_at < now() - interval '31 days' ORDER BY o.seen_at LIMIT @most FOR UPDATE SKIP LOCKED
) AND seen_at < now() - interval '31 days';

-- CountOldNetworks says how many rows DropOldNetworks has before it.
-- name: CountOldNetworks :one
SELECT count(*) FROM users.known_networks WHERE seen_at < now() - interval '31 days';
