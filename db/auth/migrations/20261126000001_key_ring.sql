-- migrate:up

-- The states and moves of the key law. A retired key ("gone") keeps its row, so
-- that no kid comes twice and the audit can be read; its private half, and that
-- of a revoked or retiring key, is no more.
ALTER TABLE auth.signing_keys
    ADD COLUMN tokens_until   timestamptz, -- no token of it expires later, by the database's clock
    ADD COLUMN retiring_at    timestamptz,
    ADD COLUMN verifies_until timestamptz, -- of a retiring key: its last token's expiry and the skew
    ADD COLUMN retired_at     timestamptz,
    ADD COLUMN revoked_at     timestamptz,
    DROP CONSTRAINT signing_keys_algorithm_check,
    DROP CONSTRAINT signing_keys_state_check,
    ADD CONSTRAINT signing_keys_algorithm_check CHECK (algorithm IN ('RS256', 'ES256', 'EdDSA')),
    ADD CONSTRAINT signing_keys_state_check CHECK (state IN ('pending', 'active', 'retiring', 'retired', 'revoked')),
    ADD CONSTRAINT signing_keys_private_key_check CHECK ((private_key IS NOT NULL) = (state IN ('pending', 'active'))),
    ADD CONSTRAINT signing_keys_times_check CHECK (
        (state <> 'retiring' OR (retiring_at IS NOT NULL AND verifies_until IS NOT NULL))
        AND (state <> 'retired' OR retired_at IS NOT NULL)
        AND ((state = 'revoked') = (revoked_at IS NOT NULL))
    );

-- How many tokens of a key expire within which minute: what a revocation has to
-- tell. Instances add what they have signed every few seconds.
CREATE TABLE auth.issued_tokens (
    kid        text        NOT NULL,
    expires_at timestamptz NOT NULL, -- rounded up to the minute
    count      bigint      NOT NULL,
    CONSTRAINT issued_tokens_pkey PRIMARY KEY (kid, expires_at),
    CONSTRAINT issued_tokens_kid_fkey FOREIGN KEY (kid) REFERENCES auth.signing_keys (kid),
    CONSTRAINT issued_tokens_count_check CHECK (count > 0)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON auth.issued_tokens TO latchkey_auth;

-- migrate:down
DROP TABLE auth.issued_tokens;
ALTER TABLE auth.signing_keys
    DROP CONSTRAINT signing_keys_times_check,
    DROP CONSTRAINT signing_keys_private_key_check,
    DROP CONSTRAINT signing_keys_state_check,
    DROP CONSTRAINT signing_keys_algorithm_check;
-- What the state before does not know verifies nothing there.
DELETE FROM auth.signing_keys WHERE state = 'retired' OR algorithm <> 'RS256';
ALTER TABLE auth.signing_keys
    ADD CONSTRAINT signing_keys_algorithm_check CHECK (algorithm IN ('RS256')),
    ADD CONSTRAINT signing_keys_state_check CHECK (state IN ('pending', 'active', 'retiring', 'revoked')),
    DROP COLUMN tokens_until,
    DROP COLUMN retiring_at,
    DROP COLUMN verifies_until,
    DROP COLUMN retired_at,
    DROP COLUMN revoked_at;
