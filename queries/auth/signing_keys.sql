-- ListLiveKeys gives every key that a verifier may still need, the active one
-- first.
-- name: ListLiveKeys :many
SELECT kid, algorithm, public_key, private_key, state, created_at, activated_at
FROM auth.signing_keys
WHERE state IN ('pending', 'active', 'retiring')
ORDER BY (state = 'active') DESC, created_at DESC;

-- InsertActiveKey makes the first key, and tells the audit. Where another
-- instance was faster, signing_keys_one_active_key keeps its key and nothing
-- is inserted.
-- name: InsertActiveKey :execrows
WITH made AS (
    INSERT INTO auth.signing_keys (kid, algorithm, public_key, private_key, state, activated_at)
    VALUES (@kid, @algorithm, @public_key, @private_key, 'active', now())
    ON CONFLICT DO NOTHING
    RETURNING kid, algorithm
)
INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, after)
SELECT
    @event_id::uuid, @occurred_at::timestamptz, 'key.created', 'system', 'keyring',
    jsonb_build_object('kid', made.kid, 'algorithm', made.algorithm, 'bits', @bits::integer, 'state', 'active')
FROM made;
