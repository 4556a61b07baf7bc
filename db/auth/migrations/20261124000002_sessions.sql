-- migrate:up

-- One row is one session, from sign-in to its end. A refresh token is a MAC
-- over (id, generation, salt); no token, and no hash of one, is stored.
CREATE TABLE auth.sessions (
    id               uuid        NOT NULL,
    user_id          uuid        NOT NULL,
    generation       bigint      NOT NULL DEFAULT 1,
    salt             bytea       NOT NULL,
    credential_epoch bigint      NOT NULL,
    address          inet        NOT NULL,
    user_agent       text        NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL DEFAULT now(),
    rotated_at       timestamptz NOT NULL DEFAULT now(),
    idle_expires_at  timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    ended_at         timestamptz,
    end_reason       text,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_generation_check CHECK (generation > 0),
    CONSTRAINT sessions_salt_check CHECK (octet_length(salt) = 16),
    CONSTRAINT sessions_user_agent_check CHECK (length(user_agent) <= 512),
    CONSTRAINT sessions_end_check CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT sessions_end_reason_check CHECK (end_reason IN ('logout', 'logout_all', 'refresh_reuse', 'credentials_changed'))
);

-- Ending or listing the live sessions of one account, newest first.
CREATE INDEX sessions_user_id_id_idx ON auth.sessions (user_id, id DESC) WHERE ended_at IS NULL;

GRANT SELECT, INSERT, UPDATE ON auth.sessions TO latchkey_auth;

-- migrate:down
DROP TABLE auth.sessions;
