-- InsertUser makes an account, its roles and its audit event in one statement,
-- which is the whole transaction. The unique keys users_username_key and
-- users_email_key decide who gets a name; user_roles_role_fkey refuses a role
-- that does not exist. The caller turns them into faults.
-- name: InsertUser :one
WITH granted AS (
    INSERT INTO users.user_roles (user_id, role)
    SELECT @id::uuid, unnest(@roles::text[])
), recorded AS (
    INSERT INTO users.audit_events (id, occurred_at, type, actor_kind, actor, user_id, after, address, user_agent, request_id)
    VALUES (
        @event_id, @occurred_at, 'user.created', @actor_kind, @actor, @id::uuid,
        @after, sqlc.narg('address'), @user_agent, @request_id
    )
)
INSERT INTO users.users (id, username, email, password_hash, verified)
VALUES (@id::uuid, @username, @email, sqlc.narg('password_hash'), @verified)
RETURNING
    created_at, updated_at, version, ARRAY(SELECT r.role FROM unnest(@roles::text[]) AS r(role) ORDER BY r.role)::text[] AS roles;

-- GetAccount finds one account by id, deleted or not.
-- name: GetAccount :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts
WHERE id = @id;

-- GetAccountByUsername finds one account by its folded username.
-- name: GetAccountByUsername :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts
WHERE username = @username;

-- GetAccountByEmail finds one account by its folded address.
-- name: GetAccountByEmail :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts
WHERE email = @email;

-- ListAccounts gives accounts, newest first (ids are UUIDv7, so the primary
-- key is the order of creation), starting below the cursor's id.
-- name: ListAccounts :many
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts
WHERE id < @below
    AND (sqlc.narg('verified')::boolean IS NULL OR verified = sqlc.narg('verified')::boolean)
    AND (sqlc.narg('disabled')::boolean IS NULL OR disabled = sqlc.narg('disabled')::boolean)
    AND (@include_deleted::boolean OR deleted_at IS NULL)
ORDER BY id DESC
LIMIT @page_size;

-- ListAccountsByRole is the same among the holders of a role, walked by
-- user_roles_role_user_id_idx. The bound is said of both sides: a merge would
-- else walk the accounts from the newest down.
-- name: ListAccountsByRole :many
SELECT a.id, a.username, a.email, a.verified, a.disabled, a.roles, a.created_at, a.updated_at, a.deleted_at, a.version
FROM users.user_roles r
JOIN users.accounts a ON a.id = r.user_id
WHERE r.role = @role AND r.user_id < @below AND a.id < @below
    AND (sqlc.narg('verified')::boolean IS NULL OR a.verified = sqlc.narg('verified')::boolean)
    AND (sqlc.narg('disabled')::boolean IS NULL OR a.disabled = sqlc.narg('disabled')::boolean)
    AND (@include_deleted::boolean OR a.deleted_at IS NULL)
ORDER BY r.user_id DESC
LIMIT @page_size;

-- SearchAccounts is ListAccounts among those whose username or email begins
-- with a prefix. low and high are its bounds, compared byte by byte so that
-- the prefix indexes serve under any collation; role may be null.
-- name: SearchAccounts :many
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version
FROM users.accounts
WHERE (username ~>=~ @low::text AND username ~<~ @high::text OR email ~>=~ @low::text AND email ~<~ @high::text)
    AND id < @below
    AND (sqlc.narg('role')::text IS NULL OR sqlc.narg('role')::text = ANY (roles))
    AND (sqlc.narg('verified')::boolean IS NULL OR verified = sqlc.narg('verified')::boolean)
    AND (sqlc.narg('disabled')::boolean IS NULL OR disabled = sqlc.narg('disabled')::boolean)
    AND (@include_deleted::boolean OR deleted_at IS NULL)
ORDER BY id DESC
LIMIT @page_size;

-- NamesTaken says which of the two names are already somebody's. It spares a
-- password hash for names that are gone; the unique keys still decide.
-- name: NamesTaken :one
SELECT
    EXISTS (SELECT 1 FROM users.users AS a WHERE a.username = @username)::boolean AS username_taken,
    EXISTS (SELECT 1 FROM users.users AS b WHERE b.email = @email)::boolean AS email_taken;

-- LockUser takes the row lock that a change works under and says what the
-- guards need to know, deleted or not.
-- name: LockUser :one
SELECT
    u.id, u.username, u.email, u.version, u.credential_epoch, (u.disabled_at IS NOT NULL)::boolean AS disabled,
    (u.deleted_at IS NOT NULL)::boolean AS deleted, u.verified,
    ARRAY(SELECT r.role FROM users.user_roles r WHERE r.user_id = u.id ORDER BY r.role)::text[] AS roles
FROM users.users u
WHERE u.id = @id
FOR UPDATE;

-- UpdateUser applies a patch; what is null stays as it is. A new address is
-- unverified unless the patch says otherwise. A new password, a new address
-- and disabling move the credential epoch, which ends every session; it gives
-- the epoch as it is then.
-- name: UpdateUser :one
UPDATE users.users SET
    username = coalesce(sqlc.narg('username'), username),
    email = coalesce(sqlc.narg('email'), email),
    verified = coalesce(sqlc.narg('verified')::boolean, verified AND coalesce(sqlc.narg('email') = email, true)),
    disabled_at = CASE
        WHEN sqlc.narg('disabled')::boolean IS NULL THEN disabled_at
        WHEN sqlc.narg('disabled')::boolean THEN coalesce(disabled_at, now())
    END,
    password_hash = coalesce(sqlc.narg('password_hash'), password_hash),
    credential_epoch = credential_epoch + CASE
        WHEN sqlc.narg('password_hash')::text IS NOT NULL
            OR sqlc.narg('email') <> email
            OR (sqlc.narg('disabled')::boolean AND disabled_at IS NULL) THEN 1
        ELSE 0
    END
WHERE id = @id
RETURNING credential_epoch;

-- DeleteUser is the soft delete: the row and its names stay, sign-in ends.
-- name: DeleteUser :exec
UPDATE users.users SET deleted_at = now(), credential_epoch = credential_epoch + 1
WHERE id = @id AND deleted_at IS NULL;

-- RestoreUser undoes a soft delete. The epoch moves: sessions from before the
-- deletion stay dead.
-- name: RestoreUser :exec
UPDATE users.users SET deleted_at = NULL, credential_epoch = credential_epoch + 1
WHERE id = @id AND deleted_at IS NOT NULL;

-- PurgeUser removes an account for good, by the owner's function.
-- name: PurgeUser :one
SELECT users.purge_user(@id)::boolean;
