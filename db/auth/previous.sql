-- What the release before runs on schema auth. `make previous REF=…` writes it.
-- revision: 6ba998566eccafa57fe225e0286eb6dea0b11b70
-- level: 20261125000003

-- name: CountAuditEventsBefore :one
SELECT count(*) FROM auth.audit_events WHERE id < $1

-- name: InsertAuditEvent :exec
INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: IsRegistered :one
SELECT EXISTS (SELECT FROM auth.audit_events WHERE user_id = $1 AND type = 'user.registered')::boolean

-- name: ListAuditEvents :many
SELECT id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count
FROM auth.audit_events
WHERE id < $1 AND id >= $2
ORDER BY id DESC
LIMIT $3

-- name: ListAuditEventsOfType :many
SELECT id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count
FROM auth.audit_events
WHERE type = $1 AND id < $2 AND id >= $3
ORDER BY id DESC
LIMIT $4

-- name: ListAuditEventsOfUser :many
SELECT id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count
FROM auth.audit_events
WHERE user_id = $1 AND id < $2 AND id >= $3
    AND ($4::text IS NULL OR type = $4::text)
ORDER BY id DESC
LIMIT $5

-- name: PruneAuditEvents :execrows
DELETE FROM auth.audit_events
WHERE id = ANY (ARRAY(SELECT o.id FROM auth.audit_events o WHERE o.id < $1 ORDER BY o.id LIMIT $2))

-- name: Clock :one
SELECT now()::timestamptz

-- name: ClaimKey :one
INSERT INTO auth.idempotency_keys AS k (key, fingerprint, lease, leased_until)
VALUES ($1, $2, $3, now() + interval '30 seconds')
ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO UPDATE SET
    fingerprint = excluded.fingerprint, lease = excluded.lease, leased_until = excluded.leased_until,
    created_at = now(), status = NULL, header = '{}', body = ''
WHERE k.created_at < now() - interval '1 day'
    OR (k.status IS NULL AND k.leased_until < now() AND k.fingerprint = excluded.fingerprint)
RETURNING k.lease

-- name: DropOldKeys :exec
DELETE FROM auth.idempotency_keys
WHERE key = ANY (ARRAY(SELECT o.key FROM auth.idempotency_keys o WHERE o.created_at < now() - interval '1 day' ORDER BY o.created_at LIMIT 10000))
    AND created_at < now() - interval '1 day'

-- name: GetKey :one
SELECT fingerprint, status, header, body
FROM auth.idempotency_keys
WHERE key = $1

-- name: ReleaseKey :exec
DELETE FROM auth.idempotency_keys
WHERE key = $1 AND lease = $2 AND status IS NULL

-- name: StoreAnswer :execrows
UPDATE auth.idempotency_keys SET status = $1::integer, header = $2, body = $3
WHERE key = $4 AND lease = $5 AND status IS NULL

-- name: DeleteIntent :execrows
DELETE FROM auth.intents WHERE id = $1

-- name: DropIntent :exec
DELETE FROM auth.intents WHERE id = $1 AND created_at = $2

-- name: GetIntent :one
SELECT id, kind, user_id, token_id, username, email, previous_email, session_id, address, user_agent, request_id, created_at,
    (created_at > now() - interval '10 seconds')::boolean AS young
FROM auth.intents
WHERE id = $1

-- name: InsertIntent :one
INSERT INTO auth.intents (id, kind, user_id, token_id, username, email, previous_email, session_id, address, user_agent, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (user_id, kind, (coalesce(token_id, user_id))) DO UPDATE SET
    address = excluded.address, user_agent = excluded.user_agent, request_id = excluded.request_id, created_at = clock_timestamp()
RETURNING id, created_at, (created_at + $12::interval)::timestamptz AS settle_at

-- name: CountMail :one
INSERT INTO auth.mail_recipients AS r (key, mails)
VALUES ($1, 1)
ON CONFLICT ON CONSTRAINT mail_recipients_pkey DO UPDATE SET
    since = CASE WHEN r.since < now() - $2::interval THEN now() ELSE r.since END,
    mails = CASE WHEN r.since < now() - $2::interval THEN 1 ELSE r.mails + 1 END
WHERE r.since < now() - $2::interval OR r.mails < $3::integer
RETURNING r.mails

-- name: DropOldRecipients :exec
DELETE FROM auth.mail_recipients
WHERE key = ANY (ARRAY(SELECT o.key FROM auth.mail_recipients o WHERE o.since < now() - interval '2 days' ORDER BY o.since LIMIT 10000))
    AND since < now() - interval '2 days'

-- name: ClaimToken :one
UPDATE auth.one_time_tokens SET lease = $1::uuid, leased_until = now() + interval '10 seconds'
WHERE hash = $2 AND purpose = ANY ($3::text[])
    AND used_at IS NULL AND expires_at > now() AND (leased_until IS NULL OR leased_until < now())
RETURNING user_id, purpose, id, credential_epoch, username, address, previous_address

-- name: DropOldTokens :exec
DELETE FROM auth.one_time_tokens
WHERE (user_id, purpose) IN (
    SELECT o.user_id, o.purpose FROM auth.one_time_tokens o WHERE o.expires_at < now() - interval '1 day' ORDER BY o.expires_at LIMIT 10000
) AND expires_at < now() - interval '1 day'

-- name: FindToken :one
SELECT (used_at IS NULL AND expires_at > now())::boolean AS live
FROM auth.one_time_tokens
WHERE hash = $1 AND purpose = ANY ($2::text[])

-- name: GetTokenToMail :one
SELECT user_id, purpose, id, salt, hash, username, address, previous_address, extract(epoch FROM expires_at - now())::float8 AS seconds_left
FROM auth.one_time_tokens
WHERE id = $1 AND user_id = $2 AND used_at IS NULL AND expires_at > now()

-- name: PutToken :execrows
INSERT INTO auth.one_time_tokens AS t (user_id, purpose, id, salt, hash, credential_epoch, username, address, previous_address, expires_at)
VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9,
    now() + $10::interval
)
ON CONFLICT ON CONSTRAINT one_time_tokens_pkey DO UPDATE SET
    id = excluded.id, salt = excluded.salt, hash = excluded.hash, credential_epoch = excluded.credential_epoch,
    username = excluded.username, address = excluded.address, previous_address = excluded.previous_address,
    created_at = now(), expires_at = excluded.expires_at, used_at = NULL, lease = NULL, leased_until = NULL
WHERE t.credential_epoch <= excluded.credential_epoch

-- name: ReleaseToken :exec
UPDATE auth.one_time_tokens SET lease = NULL, leased_until = NULL
WHERE id = $1 AND user_id = $2 AND lease = $3::uuid AND used_at IS NULL

-- name: UseToken :execrows
UPDATE auth.one_time_tokens SET used_at = now()
WHERE id = $1 AND user_id = $2 AND used_at IS NULL

-- name: VoidTokens :exec
DELETE FROM auth.one_time_tokens WHERE user_id = $1

-- name: DropOldReservations :exec
DELETE FROM auth.reserved_usernames
WHERE key = ANY (ARRAY(SELECT o.key FROM auth.reserved_usernames o WHERE o.reserved_until < now() ORDER BY o.reserved_until LIMIT 10000))
    AND reserved_until < now()

-- name: FreeUsername :exec
DELETE FROM auth.reserved_usernames WHERE key = $1

-- name: ReserveUsername :execrows
INSERT INTO auth.reserved_usernames AS r (key, reserved_until)
VALUES ($1, now() + interval '1 day')
ON CONFLICT ON CONSTRAINT reserved_usernames_pkey DO UPDATE SET reserved_until = excluded.reserved_until
WHERE r.reserved_until < now()

-- name: DropOldSessions :exec
DELETE FROM auth.sessions
WHERE id = ANY (ARRAY(SELECT o.id FROM auth.sessions o WHERE o.expires_at < now() - interval '7 days' ORDER BY o.expires_at LIMIT 10000))
    AND expires_at < now() - interval '7 days'

-- name: EndOwnSession :execrows
UPDATE auth.sessions SET ended_at = now(), end_reason = $1::text
WHERE id = $2 AND user_id = $3 AND ended_at IS NULL AND idle_expires_at > now() AND expires_at > now()

-- name: EndPresented :exec
WITH ended AS (
    UPDATE auth.sessions AS s SET ended_at = now(), end_reason = 'signed_in_again'
    WHERE s.id = $7 AND s.ended_at IS NULL
    RETURNING s.id, s.user_id
)
INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, user_id, after, address, user_agent, request_id)
SELECT
    $1::uuid, $2::timestamptz, 'session.revoked', 'person', $3::text, e.user_id,
    jsonb_build_object('session_id', e.id, 'reason', 'signed_in_again'), $4::inet, $5::text, $6::text
FROM ended e

-- name: EndSession :execrows
UPDATE auth.sessions SET ended_at = now(), end_reason = $1::text
WHERE id = $2 AND ended_at IS NULL

-- name: EndSessions :execrows
UPDATE auth.sessions SET ended_at = now(), end_reason = $1::text
WHERE user_id = $2 AND ended_at IS NULL

-- name: EndSessionsBefore :execrows
UPDATE auth.sessions SET ended_at = now(), end_reason = $1::text
WHERE user_id = $2 AND credential_epoch < $3 AND id <> $4 AND ended_at IS NULL

-- name: ExchangeGeneration :one
WITH exchanged AS (
    UPDATE auth.sessions AS s SET
        generation = CASE WHEN s.generation = p.generation THEN s.generation + 1 ELSE s.generation END,
        rotated_at = CASE WHEN s.generation = p.generation THEN now() ELSE s.rotated_at END,
        idle_expires_at = CASE
            WHEN s.generation = p.generation THEN least(now() + p.idle, s.expires_at)
            ELSE s.idle_expires_at
        END,
        ended_at = CASE
            WHEN s.generation = p.generation THEN NULL
            WHEN s.generation = p.generation + 1 AND s.rotated_at > now() - p.grace THEN NULL
            ELSE now()
        END,
        end_reason = CASE
            WHEN s.generation = p.generation THEN NULL
            WHEN s.generation = p.generation + 1 AND s.rotated_at > now() - p.grace THEN NULL
            ELSE 'refresh_reuse'
        END
    FROM (SELECT $2::bigint AS generation, $3::interval AS idle, $4::interval AS grace) AS p
    WHERE s.id = $1
        AND s.ended_at IS NULL AND s.idle_expires_at > now() AND s.expires_at > now()
        AND s.generation >= p.generation
    RETURNING s.id, s.user_id, p.generation AS presented, s.generation, (s.ended_at IS NOT NULL)::boolean AS reused
), recorded AS (
    INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, user_id, after, address, user_agent, request_id)
    SELECT
        $5::uuid, $6::timestamptz, 'session.refresh_reuse', 'system', 'refresh', e.user_id,
        jsonb_build_object('session_id', e.id, 'presented', e.presented, 'generation', e.generation),
        $7::inet, $8::text, $9::text
    FROM exchanged e
    WHERE e.reused
)
SELECT generation, reused FROM exchanged

-- name: GetLiveSession :one
SELECT credential_epoch
FROM auth.sessions
WHERE id = $1 AND user_id = $2 AND ended_at IS NULL AND idle_expires_at > now() AND expires_at > now()

-- name: GetSession :one
SELECT
    user_id, generation, salt, credential_epoch,
    (ended_at IS NULL AND idle_expires_at > now() AND expires_at > now())::boolean AS live,
    (rotated_at > now() - $1::interval)::boolean AS in_grace
FROM auth.sessions
WHERE id = $2

-- name: InsertSession :exec
WITH recorded AS (
    INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, user_id, after, address, user_agent, request_id)
    VALUES (
        $9, $10, 'session.created', 'person', $11, $2::uuid,
        jsonb_build_object('session_id', $1::uuid), $5::inet, $6, $12
    )
)
INSERT INTO auth.sessions (id, user_id, salt, credential_epoch, address, user_agent, idle_expires_at, expires_at)
VALUES (
    $1, $2, $3, $4, $5, $6,
    now() + least($7::interval, $8::interval), now() + $8::interval
)

-- name: ListSessions :many
SELECT id, created_at, rotated_at, least(idle_expires_at, expires_at)::timestamptz AS expires_at, address, user_agent
FROM auth.sessions
WHERE user_id = $1 AND ended_at IS NULL AND idle_expires_at > now() AND expires_at > now()
ORDER BY id DESC
LIMIT $2

-- name: MoveEpoch :execrows
UPDATE auth.sessions SET credential_epoch = $1
WHERE id = $2 AND user_id = $3 AND ended_at IS NULL

-- name: InsertActiveKey :execrows
WITH made AS (
    INSERT INTO auth.signing_keys (kid, algorithm, public_key, private_key, state, activated_at)
    VALUES ($4, $5, $6, $7, 'active', now())
    ON CONFLICT DO NOTHING
    RETURNING kid, algorithm
)
INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, after)
SELECT
    $1::uuid, $2::timestamptz, 'key.created', 'system', 'keyring',
    jsonb_build_object('kid', made.kid, 'algorithm', made.algorithm, 'bits', $3::integer, 'state', 'active')
FROM made

-- name: ListLiveKeys :many
SELECT kid, algorithm, public_key, private_key, state, created_at, activated_at
FROM auth.signing_keys
WHERE state IN ('pending', 'active', 'retiring')
ORDER BY (state = 'active') DESC, created_at DESC
