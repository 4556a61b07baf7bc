-- migrate:up

-- One counter of failed sign-ins per account, per account and known network,
-- per unknown login, and per client network. key is an HMAC: the table tells
-- nobody which names were tried.
CREATE TABLE users.throttles (
    key      bytea       NOT NULL,
    user_id  uuid,
    failures integer     NOT NULL,
    next_at  timestamptz NOT NULL,
    CONSTRAINT throttles_pkey PRIMARY KEY (key),
    CONSTRAINT throttles_key_check CHECK (octet_length(key) = 32),
    CONSTRAINT throttles_failures_check CHECK (failures >= 0)
);

-- What a new password clears, and what is old enough to be dropped.
CREATE INDEX throttles_user_id_idx ON users.throttles (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX throttles_next_at_idx ON users.throttles (next_at);

-- From where an account signed in: an IPv4 address or an IPv6 /64. Attempts
-- from there have a counter of their own, so that nobody elsewhere can lock
-- the owner out.
CREATE TABLE users.known_networks (
    user_id uuid        NOT NULL,
    network inet        NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT known_networks_pkey PRIMARY KEY (user_id, network),
    CONSTRAINT known_networks_user_id_fkey FOREIGN KEY (user_id) REFERENCES users.users (id) ON DELETE CASCADE
);
CREATE INDEX known_networks_seen_at_idx ON users.known_networks (seen_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON users.throttles, users.known_networks TO latchkey_users;

-- migrate:down
DROP TABLE users.known_networks;
DROP TABLE users.throttles;
