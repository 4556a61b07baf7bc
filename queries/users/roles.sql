-- GrantRoles gives an account the named roles; user_roles_role_fkey refuses a
-- role that does not exist.
-- name: GrantRoles :exec
INSERT INTO users.user_roles (user_id, role)
SELECT @user_id, unnest(@roles::text[])
ON CONFLICT ON CONSTRAINT user_roles_pkey DO NOTHING;

-- RevokeRolesExcept takes every role from an account but the named ones.
-- name: RevokeRolesExcept :exec
DELETE FROM users.user_roles
WHERE user_id = @user_id AND role <> ALL (@keep::text[]);

-- LockAdmins makes changes that could remove an admin wait for one another
-- until the end of the transaction (any number, as long as nobody else in
-- this database uses it).
-- name: LockAdmins :exec
SELECT pg_advisory_xact_lock(7226178411023871);

-- OtherLiveAdmins counts the admins who could still sign in if @id could not.
-- name: OtherLiveAdmins :one
SELECT count(*)
FROM users.user_roles r
JOIN users.users u ON u.id = r.user_id
WHERE r.role = 'admin' AND u.deleted_at IS NULL AND u.disabled_at IS NULL AND u.id <> @id;

-- AdminExists says whether any account, deleted ones included, is an admin.
-- name: AdminExists :one
SELECT EXISTS (SELECT 1 FROM users.user_roles WHERE role = 'admin')::boolean;

-- ListRoles gives all roles, by name. There are few: they are made by hand.
-- name: ListRoles :many
SELECT name, description, created_at
FROM users.roles
ORDER BY name
LIMIT 1000;

-- PutRole makes a role or describes it anew; inserted tells which (a row that
-- this statement made was touched by no transaction before: xmax is 0).
-- name: PutRole :one
INSERT INTO users.roles AS r (name, description)
VALUES (@name, @description)
ON CONFLICT ON CONSTRAINT roles_pkey DO UPDATE SET description = excluded.description
RETURNING r.name, r.description, r.created_at, (r.xmax = 0)::boolean AS inserted;

-- DeleteRole removes a role; user_roles_role_fkey refuses one that is in use.
-- name: DeleteRole :execrows
DELETE FROM users.roles WHERE name = @name;
