-- InsertClient makes a client, and tells the audit. No row: the id is taken.
-- name: InsertClient :execrows
WITH made AS (
    INSERT INTO auth.clients (id, description, scopes, secret_hash)
    VALUES (@id, @description, @scopes, @secret_hash)
    ON CONFLICT ON CONSTRAINT clients_pkey DO NOTHING
    RETURNING id, scopes
)
INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, after)
SELECT
    @event_id::uuid, @occurred_at::timestamptz, 'client.created', 'system', @actor::text,
    jsonb_build_object('client_id', made.id, 'scopes', to_jsonb(made.scopes))
FROM made;

-- RotateClientSecret gives a live client another secret, and tells the audit.
-- The one that stands until now stays good for a grace; where one before it
-- still does, it is that which stays (again), or nothing is done: two rotations
-- at once must not end the secret that is in use. Without a grace all others
-- end at once.
-- name: RotateClientSecret :one
WITH rotated AS (
    UPDATE auth.clients AS c SET
        previous_secret_hash = CASE
            WHEN p.grace <= interval '0' THEN NULL
            WHEN c.previous_until > now() THEN c.previous_secret_hash
            ELSE c.secret_hash
        END,
        previous_until = CASE WHEN p.grace > interval '0' THEN now() + p.grace END,
        secret_hash = p.secret_hash,
        rotated_at = now()
    FROM (SELECT @grace::interval AS grace, @secret_hash::bytea AS secret_hash, @again::boolean AS again) AS p
    WHERE c.id = @id AND c.revoked_at IS NULL
        AND (p.grace <= interval '0' OR p.again OR c.previous_until IS NULL OR c.previous_until <= now())
    RETURNING c.id, c.previous_until
), recorded AS (
    INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, after)
    SELECT
        @event_id::uuid, @occurred_at::timestamptz, 'client.secret_rotated', 'system', @actor::text,
        jsonb_build_object('client_id', r.id, 'previous_until', r.previous_until)
    FROM rotated r
)
SELECT previous_until FROM rotated;

-- RevokeClient ends a client for good, and tells the audit. No row: there is
-- none, or it has ended.
-- name: RevokeClient :execrows
WITH revoked AS (
    UPDATE auth.clients AS c SET revoked_at = now(), previous_secret_hash = NULL, previous_until = NULL
    WHERE c.id = @id AND c.revoked_at IS NULL
    RETURNING c.id
)
INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, after)
SELECT
    @event_id::uuid, @occurred_at::timestamptz, 'client.revoked', 'system', @actor::text, jsonb_build_object('client_id', r.id)
FROM revoked r;

-- ListClients reads all of them, or the live ones, without what a secret could
-- be checked by.
-- name: ListClients :many
SELECT
    id, description, scopes, created_at, rotated_at, last_used_at, revoked_at, previous_until,
    coalesce(previous_until > now(), false)::boolean AS previous_stands
FROM auth.clients
WHERE revoked_at IS NULL OR @revoked_too::boolean
ORDER BY id;

-- UseClient reads what judging a client's secret needs: the hashes that stand,
-- by the database's clock. That one of them fits is noted, once a minute at
-- most; the caller decides by its own comparison, which takes the same time
-- whatever it compares.
-- name: UseClient :one
WITH used AS (
    UPDATE auth.clients AS u SET last_used_at = now()
    WHERE u.id = @id AND u.revoked_at IS NULL
        AND (u.secret_hash = @presented_hash::bytea OR (u.previous_secret_hash = @presented_hash::bytea AND u.previous_until > now()))
        AND (u.last_used_at IS NULL OR u.last_used_at < now() - interval '1 minute')
)
SELECT
    c.scopes, c.secret_hash, (c.revoked_at IS NULL)::boolean AS live,
    coalesce(CASE WHEN c.previous_until > now() THEN c.previous_secret_hash END, c.secret_hash)::bytea AS other_hash
FROM auth.clients c
WHERE c.id = @id;

-- IsTokenLive says whether an access token that verifies still stands: it was
-- not revoked, and the session (session_id) or the client (client_id) that it
-- was issued to lives.
-- name: IsTokenLive :one
SELECT (
    NOT EXISTS (SELECT FROM auth.revoked_tokens r WHERE r.jti = @jti)
    AND (
        EXISTS (
            SELECT FROM auth.sessions s
            WHERE s.id = sqlc.narg('session_id')::uuid AND s.user_id = sqlc.narg('user_id')::uuid
                AND s.ended_at IS NULL AND s.idle_expires_at > now() AND s.expires_at > now()
        )
        OR EXISTS (SELECT FROM auth.clients c WHERE c.id = sqlc.narg('client_id')::text AND c.revoked_at IS NULL)
    )
)::boolean AS live;

-- RevokeToken notes that a client's access token is worth nothing any more,
-- and tells the audit; twice is once.
-- name: RevokeToken :exec
WITH revoked AS (
    INSERT INTO auth.revoked_tokens (jti, expires_at) VALUES (@jti, @expires_at)
    ON CONFLICT ON CONSTRAINT revoked_tokens_pkey DO NOTHING
    RETURNING jti
)
INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, after, address, user_agent, request_id)
SELECT
    @event_id::uuid, @occurred_at::timestamptz, 'token.revoked', 'service', @client_id::text,
    jsonb_build_object('client_id', @client_id::text, 'jti', revoked.jti), @address::inet, @user_agent::text, @request_id::text
FROM revoked;

-- DropOldRevocations removes those that expired an hour ago, a batch at a time: the
-- tokens would be refused anyway. The service's role may not update such a row,
-- and so can't lock one.
-- name: DropOldRevocations :execrows
DELETE FROM auth.revoked_tokens
WHERE jti = ANY (ARRAY(SELECT o.jti FROM auth.revoked_tokens o WHERE o.expires_at < now() - interval '1 hour' ORDER BY o.expires_at LIMIT @most))
    AND expires_at < now() - interval '1 hour';

-- CountOldRevocations says how many rows DropOldRevocations has before it.
-- name: CountOldRevocations :one
SELECT count(*) FROM auth.revoked_tokens WHERE expires_at < now() - interval '1 hour';
