-- migrate:up

-- Who did what to whom, in the same shape as users.audit_events. Written in the
-- transaction of the change itself; the service's role can add and read rows
-- and can't change or remove one.
CREATE TABLE auth.audit_events (
    id          uuid        NOT NULL,
    occurred_at timestamptz NOT NULL,
    type        text        NOT NULL,
    actor_kind  text        NOT NULL,
    actor       text        NOT NULL,
    user_id     uuid,
    before      jsonb       NOT NULL DEFAULT '{}',
    after       jsonb       NOT NULL DEFAULT '{}',
    address     inet,
    user_agent  text        NOT NULL DEFAULT '',
    request_id  text        NOT NULL DEFAULT '',
    count       bigint      NOT NULL DEFAULT 1,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id),
    CONSTRAINT audit_events_type_check CHECK (type ~ '^[a-z]+\.[a-z_]+$'),
    CONSTRAINT audit_events_actor_kind_check CHECK (actor_kind IN ('person', 'service', 'system')),
    CONSTRAINT audit_events_secret_check CHECK (NOT ((before || after) ?| ARRAY[
        'password', 'password_hash', 'token', 'access_token', 'refresh_token', 'salt', 'mac', 'secret', 'private_key'
    ])),
    CONSTRAINT audit_events_count_check CHECK (count > 0)
);

-- The events of one account, and of one type, newest first (ids are UUIDv7).
CREATE INDEX audit_events_user_id_id_idx ON auth.audit_events (user_id, id DESC);
CREATE INDEX audit_events_type_id_idx ON auth.audit_events (type, id DESC);

GRANT SELECT, INSERT ON auth.audit_events TO latchkey_auth;

-- migrate:down
DROP TABLE auth.audit_events;
