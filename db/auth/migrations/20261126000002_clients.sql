-- migrate:up

-- Other back ends, which get tokens for themselves (RFC 6749, section 4.4).
-- secret_hash is the SHA-256 of the secret: 256 random bits, which nobody
-- guesses, so that a slow hash would protect nothing. After a rotation the
-- secret before stands until previous_until. An id is never used again, as it
-- is the sub of tokens: clients are revoked and not removed.
CREATE TABLE auth.clients (
    id                   text        NOT NULL,
    description          text        NOT NULL DEFAULT '',
    scopes               text[]      NOT NULL,
    secret_hash          bytea       NOT NULL,
    previous_secret_hash bytea,
    previous_until       timestamptz,
    created_at           timestamptz NOT NULL DEFAULT now(),
    rotated_at           timestamptz,
    last_used_at         timestamptz,
    revoked_at           timestamptz,
    CONSTRAINT clients_pkey PRIMARY KEY (id),
    CONSTRAINT clients_id_check CHECK (id ~ '^[a-z][a-z0-9-]{2,63}$'),
    -- The client_id of people's sessions, and the auth service's own identity.
    CONSTRAINT clients_reserved_check CHECK (id NOT IN ('latchkey', 'latchkey-auth')),
    CONSTRAINT clients_description_check CHECK (length(description) <= 200),
    CONSTRAINT clients_scopes_check CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['users:read', 'users:write']),
    CONSTRAINT clients_secret_check CHECK (octet_length(secret_hash) = 32 AND octet_length(previous_secret_hash) = 32),
    CONSTRAINT clients_previous_check CHECK ((previous_secret_hash IS NULL) = (previous_until IS NULL))
);

-- Access tokens of clients that were revoked before their time, until they
-- would be refused as expired.
CREATE TABLE auth.revoked_tokens (
    jti        uuid        NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT revoked_tokens_pkey PRIMARY KEY (jti)
);
CREATE INDEX revoked_tokens_expires_at_idx ON auth.revoked_tokens (expires_at);

GRANT SELECT, INSERT, UPDATE ON auth.clients TO latchkey_auth;
GRANT SELECT, INSERT, DELETE ON auth.revoked_tokens TO latchkey_auth;

-- migrate:down
DROP TABLE auth.revoked_tokens;
DROP TABLE auth.clients;
