-- InsertIntent notes what the users service is about to be asked, and gives the
-- moment to look into it, which is the database's: a service whose clock is
-- behind would do so while it is still asking. Where the same question about an
-- account still waits for its answer, it is taken over: created_at tells who
-- asked last.
-- name: InsertIntent :one
INSERT INTO auth.intents (id, kind, user_id, token_id, username, email, previous_email, session_id, address, user_agent, request_id)
VALUES (@id, @kind, sqlc.narg('user_id'), sqlc.narg('token_id'), @username, @email, @previous_email, sqlc.narg('session_id'), sqlc.narg('address'), @user_agent, @request_id)
ON CONFLICT (user_id, kind, (coalesce(token_id, user_id))) DO UPDATE SET
    address = excluded.address, user_agent = excluded.user_agent, request_id = excluded.request_id, created_at = clock_timestamp()
RETURNING id, created_at, (created_at + @settle_delay::interval)::timestamptz AS settle_at;

-- GetIntent reads an intent whose outcome is still open. young is true while
-- the request that made it may still be at work.
-- name: GetIntent :one
SELECT id, kind, user_id, token_id, username, email, previous_email, session_id, address, user_agent, request_id, created_at,
    (created_at > now() - interval '10 seconds')::boolean AS young
FROM auth.intents
WHERE id = @id;

-- DeleteIntent takes an intent away. Of two that want to finish it one does:
-- the other gets zero rows.
-- name: DeleteIntent :execrows
DELETE FROM auth.intents WHERE id = @id;

-- DropIntent takes away an intent that came to nothing, unless somebody asks
-- the same again meanwhile.
-- name: DropIntent :exec
DELETE FROM auth.intents WHERE id = @id AND created_at = @created_at;

-- DropOldIntents removes, a batch at a time, those that no job looks into any
-- more: their dead letters are gone after a week.
-- name: DropOldIntents :execrows
DELETE FROM auth.intents
WHERE id = ANY (ARRAY(SELECT o.id FROM auth.intents o WHERE o.created_at < now() - interval '30 days' ORDER BY o.created_at LIMIT @most FOR UPDATE SKIP LOCKED))
    AND created_at < now() - interval '30 days';

-- CountOldIntents says how many rows DropOldIntents has before it.
-- name: CountOldIntents :one
SELECT count(*) FROM auth.intents WHERE created_at < now() - interval '30 days';
