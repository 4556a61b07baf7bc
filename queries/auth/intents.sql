-- InsertIntent notes what the users service is about to be asked, and gives the
-- moment to look into it, which is the database's: a service whose clock is
-- behind would do so while it is still asking.
-- name: InsertIntent :one
INSERT INTO auth.intents (id, kind, user_id, token_id, username, email, previous_email, session_id, address, user_agent, request_id)
VALUES (@id, @kind, sqlc.narg('user_id'), sqlc.narg('token_id'), @username, @email, @previous_email, sqlc.narg('session_id'), sqlc.narg('address'), @user_agent, @request_id)
RETURNING (created_at + @settle_delay::interval)::timestamptz AS settle_at;

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
