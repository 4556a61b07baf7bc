-- migrate:up

-- One row per Idempotency-Key in use: who runs it now (a lease, so that a
-- crash frees it), then the answer, for a day. Key and fingerprint are HMACs:
-- a bare hash of a body with a password would be an oracle for it.
CREATE TABLE auth.idempotency_keys (
    key          bytea       NOT NULL,
    fingerprint  bytea       NOT NULL,
    lease        uuid        NOT NULL,
    leased_until timestamptz NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    status       integer,
    header       jsonb       NOT NULL DEFAULT '{}',
    body         bytea       NOT NULL DEFAULT '',
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (key),
    CONSTRAINT idempotency_keys_key_check CHECK (octet_length(key) = 32 AND octet_length(fingerprint) = 32),
    CONSTRAINT idempotency_keys_status_check CHECK (status BETWEEN 200 AND 499 AND status <> 429)
);
CREATE INDEX idempotency_keys_created_at_idx ON auth.idempotency_keys (created_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON auth.idempotency_keys TO latchkey_auth;

-- migrate:down
DROP TABLE auth.idempotency_keys;
