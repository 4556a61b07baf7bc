-- SessionsOfPerson gives every session of an account that is still kept, ended
-- ones too, the newest first.
-- name: SessionsOfPerson :many
SELECT id, created_at, rotated_at, least(idle_expires_at, expires_at)::timestamptz AS expires_at, ended_at, end_reason, address, user_agent
FROM auth.sessions
WHERE user_id = sqlc.arg('user_id')::uuid AND (ended_at IS NULL OR ended_at IS NOT NULL)
ORDER BY id DESC;

-- TokensOfPerson gives what is kept about an account's one-time tokens, without
-- what could make one.
-- name: TokensOfPerson :many
SELECT purpose, username, address, previous_address, created_at, expires_at, used_at
FROM auth.one_time_tokens
WHERE user_id = sqlc.arg('user_id')::uuid
ORDER BY purpose;

-- IntentsOfPerson gives what was begun for an account, or under its names, and
-- has not come to an end.
-- name: IntentsOfPerson :many
SELECT kind, username, email, previous_email, address, user_agent, request_id, created_at
FROM auth.intents
WHERE user_id = sqlc.arg('user_id')::uuid OR username = ANY (@names::text[]) OR email = ANY (@names::text[]) OR previous_email = ANY (@names::text[])
ORDER BY id;

-- EventsOfPerson gives events about an account, and by it, oldest first. What somebody did to others is told without the others'
-- data.
-- name: EventsOfPerson :many
SELECT id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count
FROM auth.audit_events
WHERE user_id = sqlc.arg('user_id')::uuid OR (actor_kind = 'person' AND actor = sqlc.arg('user_id')::uuid::text)
ORDER BY id;

-- NamesOfPerson gives the usernames and addresses that this schema knows of an
-- account.
-- name: NamesOfPerson :many
SELECT DISTINCT n.name::text
FROM (
    SELECT unnest(ARRAY[t.username, t.address, t.previous_address]) AS name FROM auth.one_time_tokens t WHERE t.user_id = sqlc.arg('user_id')::uuid
    UNION ALL
    SELECT unnest(ARRAY[i.username, i.email, i.previous_email]) FROM auth.intents i WHERE i.user_id = sqlc.arg('user_id')::uuid
    UNION ALL
    SELECT unnest(ARRAY[e.before ->> 'username', e.before ->> 'email', e.after ->> 'username', e.after ->> 'email'])
    FROM auth.audit_events e WHERE e.user_id = sqlc.arg('user_id')::uuid
) AS n
WHERE n.name <> '' AND n.name <> '[redacted]';

-- AnswersOfPerson says which kept answers of Idempotency-Keys name a person:
-- within one day's.
-- name: AnswersOfPerson :many
SELECT created_at, status
FROM auth.idempotency_keys
WHERE status IS NOT NULL
    AND EXISTS (SELECT FROM unnest(@words::bytea[]) AS w (word) WHERE position(w.word IN body) > 0)
ORDER BY created_at;

-- EraseSessions removes sessions of an account, some at a time.
-- name: EraseSessions :execrows
DELETE FROM auth.sessions
WHERE id = ANY (ARRAY(SELECT o.id FROM auth.sessions o WHERE o.user_id = sqlc.arg('user_id')::uuid AND (o.ended_at IS NULL OR o.ended_at IS NOT NULL) LIMIT @most));

-- EraseIntents removes what was begun for an account or under its names.
-- name: EraseIntents :execrows
DELETE FROM auth.intents
WHERE user_id = sqlc.arg('user_id')::uuid OR username = ANY (@names::text[]) OR email = ANY (@names::text[]) OR previous_email = ANY (@names::text[]);

-- EraseAnswers removes kept answers that name a person.
-- name: EraseAnswers :execrows
DELETE FROM auth.idempotency_keys
WHERE EXISTS (SELECT FROM unnest(@words::bytea[]) AS w (word) WHERE position(w.word IN body) > 0);

-- RedactEvents takes out of an account's events who and where it was, some at a
-- time. That something happened, when, and to which id, stays. The owner may;
-- the service's role may not.
-- name: RedactEvents :execrows
UPDATE auth.audit_events SET
    before = before || (SELECT coalesce(jsonb_object_agg(k, '[redacted]'::text), '{}') FROM unnest(ARRAY['username', 'email']) AS k WHERE before ? k),
    after = after || (SELECT coalesce(jsonb_object_agg(k, '[redacted]'::text), '{}') FROM unnest(ARRAY['username', 'email']) AS k WHERE after ? k),
    address = NULL, user_agent = ''
WHERE id = ANY (ARRAY(
    SELECT o.id FROM auth.audit_events o
    WHERE (o.user_id = sqlc.arg('user_id')::uuid OR (o.actor_kind = 'person' AND o.actor = sqlc.arg('user_id')::uuid::text))
        AND (
            o.address IS NOT NULL OR o.user_agent <> ''
            OR coalesce(o.before ->> 'username', o.before ->> 'email', '[redacted]') <> '[redacted]'
            OR coalesce(o.after ->> 'username', o.after ->> 'email', '[redacted]') <> '[redacted]'
        )
    LIMIT @most
));

-- EraseTokens removes an account's one-time tokens, of which there are few.
-- name: EraseTokens :execrows
DELETE FROM auth.one_time_tokens WHERE user_id = @user_id;
