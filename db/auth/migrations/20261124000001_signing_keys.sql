-- migrate:up

-- The key ring. The private half is AES-256-GCM ciphertext under
-- KEY_ENCRYPTION_KEY; the database never sees it in clear.
CREATE TABLE auth.signing_keys (
    kid           text        NOT NULL,
    algorithm     text        NOT NULL,
    public_key    bytea       NOT NULL,
    private_key   bytea,
    state         text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    activated_at  timestamptz,
    CONSTRAINT signing_keys_pkey PRIMARY KEY (kid),
    -- RFC 7638: a SHA-256 thumbprint, base64url without padding.
    CONSTRAINT signing_keys_kid_check CHECK (kid ~ '^[A-Za-z0-9_-]{43}$'),
    CONSTRAINT signing_keys_algorithm_check CHECK (algorithm IN ('RS256')),
    CONSTRAINT signing_keys_state_check CHECK (state IN ('pending', 'active', 'retiring', 'revoked')),
    CONSTRAINT signing_keys_active_check CHECK (state <> 'active' OR (private_key IS NOT NULL AND activated_at IS NOT NULL))
);

-- One key signs, whoever else thinks so.
CREATE UNIQUE INDEX signing_keys_one_active_key ON auth.signing_keys ((true)) WHERE state = 'active';

GRANT USAGE ON SCHEMA auth TO latchkey_auth;
GRANT SELECT, INSERT, UPDATE ON auth.signing_keys TO latchkey_auth;

-- migrate:down
DROP TABLE auth.signing_keys;
