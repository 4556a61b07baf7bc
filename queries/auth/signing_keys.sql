-- ListLiveKeys gives every key that a verifier may still need, the active one
-- first: what an instance polls.
-- name: ListLiveKeys :many
SELECT
    kid, algorithm, public_key, private_key, state, created_at, activated_at, tokens_until, retiring_at, verifies_until, retired_at,
    revoked_at
FROM auth.signing_keys
WHERE state IN ('pending', 'active') OR (state = 'retiring' AND verifies_until > now())
ORDER BY (state = 'active') DESC, created_at DESC, kid;

-- ListKeys gives the whole ring, the newest key first, with how many tokens of
-- each have not expired, as far as instances have told. The newest 1,000.
-- name: ListKeys :many
SELECT
    sqlc.embed(k), now()::timestamptz AS read_at,
    (
        SELECT coalesce(sum(i.count), 0) FROM auth.issued_tokens i WHERE i.kid = k.kid AND i.expires_at > now()
    )::bigint AS tokens_out
FROM auth.signing_keys k
ORDER BY k.created_at DESC, k.kid
LIMIT 1000;

-- LockKeyRing lets one move happen at a time, until the transaction ends. Those
-- who only read the ring do not wait.
-- name: LockKeyRing :exec
SELECT pg_advisory_xact_lock(hashtextextended('latchkey key ring', 0));

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

-- InsertPendingKey adds a key that is published and does not sign yet. A kid
-- that is or was in the ring stays what it is.
-- name: InsertPendingKey :execrows
INSERT INTO auth.signing_keys (kid, algorithm, public_key, private_key, state)
VALUES (@kid, @algorithm, @public_key, @private_key, 'pending')
ON CONFLICT (kid) DO NOTHING;

-- CoverTokens says, before such tokens are signed, how late tokens of the active
-- key may expire. Those of an instance whose clock is ahead expire later.
-- name: CoverTokens :execrows
UPDATE auth.signing_keys SET tokens_until = greatest(now(), @clock::timestamptz) + @ahead::interval
WHERE kid = @kid AND state = 'active'
    AND (tokens_until IS NULL OR tokens_until < greatest(now(), @clock::timestamptz) + @ahead::interval);

-- RetireActiveKey lets the active key verify what it has signed, and sign no
-- more.
-- name: RetireActiveKey :execrows
UPDATE auth.signing_keys SET
    state = 'retiring', retiring_at = now(), private_key = NULL,
    verifies_until = greatest(coalesce(tokens_until, now()), now()) + @skew::interval
WHERE kid = @kid AND state = 'active';

-- ActivateKey makes a pending key the one that signs.
-- name: ActivateKey :execrows
UPDATE auth.signing_keys SET state = 'active', activated_at = now() WHERE kid = @kid AND state = 'pending';

-- RevokeKey has a key's tokens refused from now on, whatever its state.
-- name: RevokeKey :execrows
UPDATE auth.signing_keys SET state = 'revoked', revoked_at = now(), private_key = NULL
WHERE kid = @kid AND state <> 'revoked';

-- RetireKeys ends retiring keys whose last token has expired.
-- name: RetireKeys :many
UPDATE auth.signing_keys SET state = 'retired', retired_at = now()
WHERE state = 'retiring' AND verifies_until <= now()
RETURNING kid;

-- RewrapKey puts another envelope around a private key.
-- name: RewrapKey :execrows
UPDATE auth.signing_keys SET private_key = @private_key WHERE kid = @kid AND private_key IS NOT NULL;
