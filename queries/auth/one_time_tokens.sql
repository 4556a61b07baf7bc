-- PutToken makes the one token of an account and purpose; one that was there
-- is void from now on. It gives no row where the one that is there is of a
-- newer epoch.
-- name: PutToken :execrows
INSERT INTO auth.one_time_tokens AS t (user_id, purpose, id, salt, hash, credential_epoch, username, address, previous_address, expires_at)
VALUES (
    @user_id, @purpose, @id, @salt, @hash, @credential_epoch, @username, @address, sqlc.narg('previous_address'),
    now() + @life::interval
)
ON CONFLICT ON CONSTRAINT one_time_tokens_pkey DO UPDATE SET
    id = excluded.id, salt = excluded.salt, hash = excluded.hash, credential_epoch = excluded.credential_epoch,
    username = excluded.username, address = excluded.address, previous_address = excluded.previous_address,
    created_at = now(), expires_at = excluded.expires_at, used_at = NULL, lease = NULL, leased_until = NULL
WHERE t.credential_epoch <= excluded.credential_epoch;

-- GetTokenToMail reads the token that a mail is to carry. No row: it was
-- replaced, used up or has expired, and the mail has no purpose any more.
-- name: GetTokenToMail :one
SELECT user_id, purpose, id, salt, hash, username, address, previous_address, extract(epoch FROM expires_at - now())::float8 AS seconds_left
FROM auth.one_time_tokens
WHERE id = @id AND user_id = @user_id AND used_at IS NULL AND expires_at > now();

-- ClaimToken takes a token for its use, for 10 s: of many at once one gets it.
-- No row: FindToken says why.
-- name: ClaimToken :one
UPDATE auth.one_time_tokens SET lease = @lease::uuid, leased_until = now() + interval '10 seconds'
WHERE hash = @hash AND purpose = ANY (@purposes::text[])
    AND used_at IS NULL AND expires_at > now() AND (leased_until IS NULL OR leased_until < now())
RETURNING user_id, purpose, id, credential_epoch, username, address, previous_address;

-- FindToken says whether a token that could not be claimed is merely in use;
-- no row, or false, it is worth nothing.
-- name: FindToken :one
SELECT (used_at IS NULL AND expires_at > now())::boolean AS live
FROM auth.one_time_tokens
WHERE hash = @hash AND purpose = ANY (@purposes::text[]);

-- ReleaseToken gives a claimed token back: its use came to nothing.
-- name: ReleaseToken :exec
UPDATE auth.one_time_tokens SET lease = NULL, leased_until = NULL
WHERE id = @id AND user_id = @user_id AND lease = @lease::uuid AND used_at IS NULL;

-- UseToken marks a token as used, whoever has claimed it meanwhile.
-- name: UseToken :execrows
UPDATE auth.one_time_tokens SET used_at = now()
WHERE id = @id AND user_id = @user_id AND used_at IS NULL;

-- VoidTokens makes every token of an account worthless.
-- name: VoidTokens :exec
DELETE FROM auth.one_time_tokens WHERE user_id = @user_id;

-- DropOldTokens removes what expired a day ago, a batch at a time.
-- name: DropOldTokens :execrows
DELETE FROM auth.one_time_tokens
WHERE (user_id, purpose) IN (
    SELECT o.user_id, o.purpose FROM auth.one_time_tokens o
    WHERE o.expires_at < now() - interval '1 day' ORDER BY o.expires_at LIMIT @most FOR UPDATE SKIP LOCKED
) AND expires_at < now() - interval '1 day';

-- CountOldTokens says how many rows DropOldTokens has before it.
-- name: CountOldTokens :one
SELECT count(*) FROM auth.one_time_tokens WHERE expires_at < now() - interval '1 day';

-- VoidAllTokens makes every token worthless, some at a time: a restored backup
-- would let those that were used since be used again.
-- name: VoidAllTokens :execrows
DELETE FROM auth.one_time_tokens
WHERE hash = ANY (ARRAY(SELECT o.hash FROM auth.one_time_tokens o ORDER BY o.user_id, o.purpose LIMIT @most));

-- CountTokens says how many VoidAllTokens would void.
-- name: CountTokens :one
SELECT count(*) FROM auth.one_time_tokens;
