-- ClaimKey takes a key for 30 s: one that nobody used within a day, or the
-- same request's whose runner is gone. No row: somebody has it.
-- name: ClaimKey :one
INSERT INTO users.idempotency_keys AS k (key, fingerprint, lease, leased_until)
VALUES (@key, @fingerprint, @lease, now() + interval '30 seconds')
ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO UPDATE SET
    fingerprint = excluded.fingerprint, lease = excluded.lease, leased_until = excluded.leased_until,
    created_at = now(), status = NULL, header = '{}', body = ''
WHERE k.created_at < now() - interval '1 day'
    OR (k.status IS NULL AND k.leased_until < now() AND k.fingerprint = excluded.fingerprint)
RETURNING k.lease;

-- GetKey reads what a key was used for, and the answer where there is one.
-- name: GetKey :one
SELECT fingerprint, status, header, body
FROM users.idempotency_keys
WHERE key = @key;

-- StoreAnswer keeps the answer, if the lease is still the runner's.
-- name: StoreAnswer :execrows
UPDATE users.idempotency_keys SET status = @status::integer, header = @header, body = @body
WHERE key = @key AND lease = @lease AND status IS NULL;

-- ReleaseKey gives a key back unused: the request may be made again.
-- name: ReleaseKey :exec
DELETE FROM users.idempotency_keys
WHERE key = @key AND lease = @lease AND status IS NULL;

-- DropOldKeys removes what is over a day old, a batch at a time.
-- name: DropOldKeys :execrows
DELETE FROM users.idempotency_keys
WHERE key = ANY (ARRAY(SELECT o.key FROM users.idempotency_keys o WHERE o.created_at < now() - interval '1 day' ORDER BY o.created_at LIMIT @most FOR UPDATE SKIP LOCKED))
    AND created_at < now() - interval '1 day';

-- CountOldKeys says how many rows DropOldKeys has before it.
-- name: CountOldKeys :one
SELECT count(*) FROM users.idempotency_keys WHERE created_at < now() - interval '1 day';
