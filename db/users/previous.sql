-- What the release before runs on schema users. `make previous REF=…` writes it.
-- revision: ee780bc7ba8713a2d427fe95389725853ac7085a
-- level: 20261124000004

-- name: InsertAuditEvent :exec
INSERT INTO users.audit_events (id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: ListAuditEvents :many
SELECT id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count
FROM users.audit_events
WHERE id < $1 AND id >= $2
ORDER BY id DESC
LIMIT $3

-- name: ListAuditEventsOfType :many
SELECT id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count
FROM users.audit_events
WHERE type = $1 AND id < $2 AND id >= $3
ORDER BY id DESC
LIMIT $4

-- name: ListAuditEventsOfUser :many
SELECT id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count
FROM users.audit_events
WHERE user_id = $1 AND id < $2 AND id >= $3
    AND ($4::text IS NULL OR type = $4::text)
ORDER BY id DESC
LIMIT $5

-- name: GetCredentialByEmail :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version, password_hash, credential_epoch
FROM users.credentials
WHERE email = $1

-- name: GetCredentialByUsername :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version, password_hash, credential_epoch
FROM users.credentials
WHERE username = $1

-- name: GetSecurity :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version, credential_epoch
FROM users.credentials
WHERE id = $1

-- name: ReplaceHash :exec
UPDATE users.users SET password_hash = $1
WHERE id = $2 AND password_hash = $3 AND credential_epoch = $4

-- name: AdminExists :one
SELECT EXISTS (SELECT 1 FROM users.user_roles WHERE role = 'admin')::boolean

-- name: DeleteRole :execrows
DELETE FROM users.roles WHERE name = $1

-- name: GrantRoles :exec
INSERT INTO users.user_roles (user_id, role)
SELECT $1, unnest($2::text[])
ON CONFLICT ON CONSTRAINT user_roles_pkey DO NOTHING

-- name: ListRoles :many
SELECT name, description, created_at
FROM users.roles
ORDER BY name
LIMIT 1000

-- name: LockAdmins :exec
SELECT pg_advisory_xact_lock(7226178411023871)

-- name: OtherLiveAdmins :one
SELECT count(*)
FROM users.user_roles r
JOIN users.users u ON u.id = r.user_id
WHERE r.role = 'admin' AND u.deleted_at IS NULL AND u.disabled_at IS NULL AND u.id <> $1

-- name: PutRole :one
INSERT INTO users.roles AS r (name, description)
VALUES ($1, $2)
ON CONFLICT ON CONSTRAINT roles_pkey DO UPDATE SET description = excluded.description
RETURNING r.name, r.description, r.created_at, (r.xmax = 0)::boolean AS inserted

-- name: RevokeRolesExcept :exec
DELETE FROM users.user_roles
WHERE user_id = $1 AND role <> ALL ($2::text[])

-- name: ClearThrottles :exec
DELETE FROM users.throttles WHERE user_id = $1::uuid

-- name: DropOldThrottles :exec
DELETE FROM users.throttles
WHERE key IN (SELECT o.key FROM users.throttles o WHERE o.next_at < now() - interval '1 day' ORDER BY o.next_at LIMIT 10000)

-- name: ReserveAttempt :one
INSERT INTO users.throttles AS t (key, user_id, failures, next_at)
SELECT
    CASE WHEN EXISTS (
        SELECT 1 FROM users.known_networks k
        WHERE k.user_id = $1::uuid AND k.network = $2::inet AND k.seen_at > now() - interval '30 days'
    ) THEN $3::bytea ELSE $4::bytea END,
    $1::uuid,
    1,
    now()
ON CONFLICT ON CONSTRAINT throttles_pkey DO UPDATE SET
    failures = CASE WHEN t.next_at < now() - interval '1 day' THEN 1 ELSE t.failures + 1 END,
    next_at = CASE
        WHEN t.next_at < now() - interval '1 day' OR t.failures + 1 < $5::integer THEN now()
        ELSE now() + least(interval '15 minutes', interval '1 second' * power(2, least(t.failures + 1 - $5::integer, 10)))
    END
WHERE t.next_at <= now()
RETURNING t.key

-- name: ReturnAttempt :exec
UPDATE users.throttles SET
    failures = greatest(failures - 1, 0),
    next_at = CASE WHEN failures - 1 < $1::integer THEN now() ELSE next_at END
WHERE key = $2::bytea

-- name: SignedIn :exec
WITH cleared AS (
    DELETE FROM users.throttles WHERE key = $3::bytea
)
INSERT INTO users.known_networks AS k (user_id, network)
SELECT $1::uuid, $2::inet
WHERE $2::inet IS NOT NULL
ON CONFLICT ON CONSTRAINT known_networks_pkey DO UPDATE SET seen_at = now()
WHERE k.seen_at < now() - interval '1 day'

-- name: ThrottleWait :one
SELECT coalesce(extract(epoch FROM max(next_at) - now()), 0)::float8 AS seconds
FROM users.throttles
WHERE key = $1::bytea OR key = $2::bytea

-- name: DeleteUser :exec
UPDATE users.users SET deleted_at = now(), credential_epoch = credential_epoch + 1
WHERE id = $1 AND deleted_at IS NULL

-- name: GetAccount :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts
WHERE id = $1

-- name: GetAccountByEmail :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts
WHERE email = $1

-- name: GetAccountByUsername :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts
WHERE username = $1

-- name: InsertUser :exec
INSERT INTO users.users (id, username, email, password_hash, verified)
VALUES ($1, $2, $3, $4, $5)

-- name: ListAccounts :many
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts
WHERE id < $1
    AND ($2::boolean IS NULL OR verified = $2::boolean)
    AND ($3::boolean IS NULL OR disabled = $3::boolean)
    AND ($4::boolean OR deleted_at IS NULL)
ORDER BY id DESC
LIMIT $5

-- name: ListAccountsByRole :many
SELECT a.id, a.username, a.email, a.verified, a.disabled, a.roles, a.created_at, a.updated_at, a.deleted_at, a.version
FROM users.user_roles r
JOIN users.accounts a ON a.id = r.user_id
WHERE r.role = $1 AND r.user_id < $2
    AND ($3::boolean IS NULL OR a.verified = $3::boolean)
    AND ($4::boolean IS NULL OR a.disabled = $4::boolean)
    AND ($5::boolean OR a.deleted_at IS NULL)
ORDER BY r.user_id DESC
LIMIT $6

-- name: LockUser :one
SELECT
    u.id, u.username, u.email, u.version, (u.disabled_at IS NOT NULL)::boolean AS disabled,
    (u.deleted_at IS NOT NULL)::boolean AS deleted, u.verified,
    ARRAY(SELECT r.role FROM users.user_roles r WHERE r.user_id = u.id ORDER BY r.role)::text[] AS roles
FROM users.users u
WHERE u.id = $1
FOR UPDATE

-- name: NamesTaken :one
SELECT
    EXISTS (SELECT 1 FROM users.users AS a WHERE a.username = $1)::boolean AS username_taken,
    EXISTS (SELECT 1 FROM users.users AS b WHERE b.email = $2)::boolean AS email_taken

-- name: PurgeUser :one
SELECT users.purge_user($1)::boolean

-- name: RestoreUser :exec
UPDATE users.users SET deleted_at = NULL, credential_epoch = credential_epoch + 1
WHERE id = $1 AND deleted_at IS NOT NULL

-- name: SearchAccounts :many
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts
WHERE id IN (
        SELECT n.id FROM users.users n WHERE n.username ~>=~ $1::text AND n.username ~<~ $2::text AND n.id < $3
        UNION
        SELECT m.id FROM users.users m WHERE m.email ~>=~ $1::text AND m.email ~<~ $2::text AND m.id < $3
    )
    AND ($4::text IS NULL OR $4::text = ANY (roles))
    AND ($5::boolean IS NULL OR verified = $5::boolean)
    AND ($6::boolean IS NULL OR disabled = $6::boolean)
    AND ($7::boolean OR deleted_at IS NULL)
ORDER BY id DESC
LIMIT $8

-- name: UpdateUser :exec
UPDATE users.users SET
    username = coalesce($1, username),
    email = coalesce($2, email),
    verified = coalesce($3::boolean, verified AND coalesce($2 = email, true)),
    disabled_at = CASE
        WHEN $4::boolean IS NULL THEN disabled_at
        WHEN $4::boolean THEN coalesce(disabled_at, now())
    END,
    password_hash = coalesce($5, password_hash),
    credential_epoch = credential_epoch + CASE
        WHEN $5::text IS NOT NULL
            OR $2 <> email
            OR ($4::boolean AND disabled_at IS NULL) THEN 1
        ELSE 0
    END
WHERE id = $6
