-- ListLiveKeys gives every key that a verifier may still need, the active one
-- first.
-- name: ListLiveKeys :many
SELECT kid, algorithm, public_key, private_key, state, created_at, activated_at
FROM auth.signing_keys
WHERE state IN ('pending', 'active', 'retiring')
ORDER BY (state = 'active') DESC, created_at DESC;

-- InsertActiveKey makes the first key. Where another instance was faster,
-- signing_keys_one_active_key keeps its key and nothing is inserted.
-- name: InsertActiveKey :execrows
INSERT INTO auth.signing_keys (kid, algorithm, public_key, private_key, state, activated_at)
VALUES (@kid, @algorithm, @public_key, @private_key, 'active', now())
ON CONFLICT DO NOTHING;
