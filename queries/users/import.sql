-- StartImport begins a file anew, or with resume where its last run ended.
-- name: StartImport :one
INSERT INTO users.imports AS i (key, last_line, imported, rejected)
VALUES (@key, 0, 0, 0)
ON CONFLICT ON CONSTRAINT imports_pkey DO UPDATE SET
    last_line = CASE WHEN @resume::boolean THEN i.last_line ELSE 0 END,
    imported = CASE WHEN @resume::boolean THEN i.imported ELSE 0 END,
    rejected = CASE WHEN @resume::boolean THEN i.rejected ELSE 0 END,
    updated_at = now()
RETURNING i.last_line, i.imported, i.rejected;

-- AdvanceImport moves on from the line where the caller believes it is. No row:
-- somebody else imports the same file.
-- name: AdvanceImport :execrows
UPDATE users.imports SET
    last_line = @last_line, imported = imported + @imported, rejected = rejected + @rejected, updated_at = now()
WHERE key = @key AND last_line = @was;

-- FindNames finds the accounts, deleted or not, that stand in the way of new
-- ones.
-- name: FindNames :many
SELECT id, username, email
FROM users.users
WHERE id = ANY (@ids::uuid[]) OR username = ANY (@usernames::text[]) OR email = ANY (@emails::text[]);

-- ExportAccounts gives accounts by id, oldest first, from behind an id on.
-- name: ExportAccounts :many
SELECT id, username, email, password_hash, verified, disabled, roles, created_at, deleted_at
FROM users.credentials
WHERE id > @after AND (@include_deleted::boolean OR deleted_at IS NULL)
ORDER BY id
LIMIT @page_size;
