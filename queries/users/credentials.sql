-- GetCredentialByUsername gives what a sign-in compares against.
-- name: GetCredentialByUsername :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version, password_hash, credential_epoch
FROM users.credentials
WHERE username = @username;

-- GetCredentialByEmail is the same by address.
-- name: GetCredentialByEmail :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version, password_hash, credential_epoch
FROM users.credentials
WHERE email = @email;

-- ReplaceHash stores a stronger hash of the same password, unless the
-- password was changed meanwhile. Neither version nor updated_at moves.
-- name: ReplaceHash :exec
UPDATE users.users SET password_hash = @new_hash
WHERE id = @id AND password_hash = @old_hash AND credential_epoch = @credential_epoch;

-- GetSecurity is what a refresh asks: may this account still hold a session,
-- and as what? Deleted accounts are found too.
-- name: GetSecurity :one
SELECT id, username, email, verified, disabled, roles, created_at, updated_at, deleted_at, version, credential_epoch
FROM users.credentials
WHERE id = @id;
