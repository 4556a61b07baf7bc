-- ReserveUsername holds a username for a day. No row: it is held already.
-- name: ReserveUsername :execrows
INSERT INTO auth.reserved_usernames AS r (key, reserved_until)
VALUES (@key, now() + interval '1 day')
ON CONFLICT ON CONSTRAINT reserved_usernames_pkey DO UPDATE SET reserved_until = excluded.reserved_until
WHERE r.reserved_until < now();

-- FreeUsername gives a name back that nothing came of.
-- name: FreeUsername :exec
DELETE FROM auth.reserved_usernames WHERE key = @key;

-- DropOldReservations removes those that are over, a batch at a time.
-- name: DropOldReservations :execrows
DELETE FROM auth.reserved_usernames
WHERE key = ANY (ARRAY(SELECT o.key FROM auth.reserved_usernames o WHERE o.reserved_until < now() ORDER BY o.reserved_until LIMIT @most FOR UPDATE SKIP LOCKED))
    AND reserved_until < now();

-- CountOldReservations says how many rows DropOldReservations has before it.
-- name: CountOldReservations :one
SELECT count(*) FROM auth.reserved_usernames WHERE reserved_until < now();
