-- InsertAuditEvent records what was done, in the transaction that does it.
-- name: InsertAuditEvent :exec
INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count)
VALUES (@id, @occurred_at, @type, @actor_kind, @actor, sqlc.narg('user_id'), @before, @after, sqlc.narg('address'), @user_agent, @request_id, @count);

-- ListAuditEvents gives events, newest first, between two ids (UUIDv7: two
-- points in time).
-- name: ListAuditEvents :many
SELECT id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count
FROM auth.audit_events
WHERE id < @below AND id >= @from_id
ORDER BY id DESC
LIMIT @page_size;

-- ListAuditEventsOfType is the same for one type.
-- name: ListAuditEventsOfType :many
SELECT id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count
FROM auth.audit_events
WHERE type = @type AND id < @below AND id >= @from_id
ORDER BY id DESC
LIMIT @page_size;

-- ListAuditEventsOfUser is the same for one account, and one type if given.
-- name: ListAuditEventsOfUser :many
SELECT id, occurred_at, type, actor_kind, actor, user_id, before, after, address, user_agent, request_id, count
FROM auth.audit_events
WHERE user_id = @user_id AND id < @below AND id >= @from_id
    AND (sqlc.narg('type')::text IS NULL OR type = sqlc.narg('type')::text)
ORDER BY id DESC
LIMIT @page_size;

-- CountAuditEventsBefore says how many events a prune would remove.
-- name: CountAuditEventsBefore :one
SELECT count(*) FROM auth.audit_events WHERE id < @before;

-- PruneAuditEvents removes the oldest events before an id, some at a time. The
-- owner may; the service's role may not.
-- name: PruneAuditEvents :execrows
DELETE FROM auth.audit_events
WHERE id = ANY (ARRAY(SELECT o.id FROM auth.audit_events o WHERE o.id < @before ORDER BY o.id LIMIT @most));

-- LockRegistration makes who would write of an account's registration wait, until the transaction
-- ends, for who is at it: of tries whose answers were lost several may be found out about at once.
-- name: LockRegistration :exec
SELECT pg_advisory_xact_lock(hashtextextended(concat('latchkey registration of ', @user_id::uuid), 0));

-- IsRegistered says whether the audit has an account's registration.
-- name: IsRegistered :one
SELECT EXISTS (SELECT FROM auth.audit_events WHERE user_id = @user_id AND type = 'user.registered')::boolean;
