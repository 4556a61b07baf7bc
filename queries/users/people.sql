-- FindPerson finds an account by id, username or address, deleted or not.
-- name: FindPerson :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts
WHERE id = sqlc.narg('id')::uuid OR username = @name OR email = @name;

-- NetworksOfPerson gives from where an account signed in.
-- name: NetworksOfPerson :many
SELECT network, seen_at FROM users.known_networks WHERE user_id = sqlc.arg('user_id')::uuid ORDER BY network;

-- ThrottlesOfPerson gives an account's counters of failed sign-ins.
-- name: ThrottlesOfPerson :many
SELECT failures, next_at FROM users.throttles WHERE user_id = sqlc.arg('user_id')::uuid ORDER BY next_at;

-- EventsOfPerson gives events about an account, and by it, oldest first.
-- name: EventsOfPerson :many
SELECT id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count
FROM users.audit_events
WHERE user_id = sqlc.arg('user_id')::uuid OR (actor_kind = 'person' AND actor = sqlc.arg('user_id')::uuid::text)
ORDER BY id;

-- NamesOfPerson gives the usernames and addresses that an account has or had.
-- name: NamesOfPerson :many
SELECT DISTINCT n.name::text
FROM (
    SELECT unnest(ARRAY[u.username, u.email]) AS name FROM users.users u WHERE u.id = sqlc.arg('user_id')::uuid
    UNION ALL
    SELECT unnest(ARRAY[e.before ->> 'username', e.before ->> 'email', e.after ->> 'username', e.after ->> 'email'])
    FROM users.audit_events e WHERE e.user_id = sqlc.arg('user_id')::uuid
) AS n
WHERE n.name <> '' AND n.name <> '[redacted]';

-- AnswersOfPerson says which kept answers of Idempotency-Keys name a person:
-- within one day's.
-- name: AnswersOfPerson :many
SELECT created_at, status
FROM users.idempotency_keys
WHERE status IS NOT NULL
    AND EXISTS (SELECT FROM unnest(@words::bytea[]) AS w (word) WHERE position(w.word IN body) > 0)
ORDER BY created_at;

-- EraseAnswers removes kept answers that name a person.
-- name: EraseAnswers :execrows
DELETE FROM users.idempotency_keys
WHERE EXISTS (SELECT FROM unnest(@words::bytea[]) AS w (word) WHERE position(w.word IN body) > 0);

-- PurgedPeople gives whom a purge has removed since a moment (an id, UUIDv7),
-- oldest first.
-- name: PurgedPeople :many
SELECT DISTINCT ON (id) id, user_id::uuid AS user_id
FROM users.audit_events
WHERE type = 'user.purged' AND id >= @from_id AND user_id IS NOT NULL
ORDER BY id;
