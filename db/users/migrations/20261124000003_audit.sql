-- migrate:up

-- Who did what to whom. Written in the transaction of the change itself; the
-- service's role can add and read rows and can't change or remove one.
CREATE TABLE users.audit_events (
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
    CONSTRAINT audit_events_secret_check CHECK (NOT (before ? 'password_hash' OR after ? 'password_hash' OR before ? 'password' OR after ? 'password')),
    CONSTRAINT audit_events_count_check CHECK (count > 0)
);

-- The events of one account, and of one type, newest first (ids are UUIDv7).
CREATE INDEX audit_events_user_id_id_idx ON users.audit_events (user_id, id DESC);
CREATE INDEX audit_events_type_id_idx ON users.audit_events (type, id DESC);
-- What a purge redacts beside them: what the person did.
CREATE INDEX audit_events_actor_idx ON users.audit_events (actor) WHERE actor_kind = 'person';

GRANT SELECT, INSERT ON users.audit_events TO latchkey_users;

-- redacted takes a person's values out of a before or after.
CREATE FUNCTION users.redacted(value jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE WHEN key IN ('username', 'email') THEN '"[redacted]"'::jsonb ELSE v END), '{}')
    FROM jsonb_each(value) AS e (key, v)
$$;

-- A purge leaves that something happened, and when, and takes away who it was.
CREATE OR REPLACE FUNCTION users.purge_user(purged uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE users.audit_events
    SET before = users.redacted(before), after = users.redacted(after), address = NULL, user_agent = ''
    WHERE user_id = purged OR (actor_kind = 'person' AND actor = purged::text);
    DELETE FROM users.users WHERE id = purged;
    RETURN FOUND;
END
$$;

-- migrate:down
CREATE OR REPLACE FUNCTION users.purge_user(purged uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    DELETE FROM users.users WHERE id = purged;
    RETURN FOUND;
END
$$;
DROP FUNCTION users.redacted(jsonb);
DROP TABLE users.audit_events;
