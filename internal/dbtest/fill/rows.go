package main

// functions live as long as the connection. account_id and session_id are
// UUIDv7 that are functions of a number, so that sessions find their accounts
// without a join: accounts come evenly over the year that ends with the
// transaction's day, sessions over the day before.
const functions = `
CREATE FUNCTION pg_temp.uuid7(t timestamptz, seed text) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT encode(set_byte(set_byte(
        substring(int8send((extract(epoch FROM t) * 1000)::bigint) FROM 3) || substring(decode(md5(seed), 'hex') FROM 1 FOR 10),
        6, 112 + get_byte(decode(md5(seed), 'hex'), 0) % 16), 8, 128 + get_byte(decode(md5(seed), 'hex'), 2) % 64), 'hex')::uuid
$$;
CREATE FUNCTION pg_temp.account_time(n bigint, total bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT date_trunc('day', now()) - interval '365 days' * ((total - n + 1)::float8 / total)
$$;
CREATE FUNCTION pg_temp.account_id(n bigint, total bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT pg_temp.uuid7(pg_temp.account_time(n, total), 'account' || n)
$$;
CREATE FUNCTION pg_temp.session_time(n bigint, total bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT now() - interval '1 day' * ((total - n + 1)::float8 / total)
$$;`

// accounts makes those numbered $1 to $2 of $3, with the hash $4. Names begin
// with digits of a digest, so that they come into their indexes in no order, as
// people's do; account n is 'u' || left(md5('name' || n), 6) || to_hex(n).
const accounts = `
WITH made AS (
    INSERT INTO users.users (id, username, email, password_hash, verified, created_at, updated_at)
    SELECT pg_temp.account_id(n, $3), name, name || '@mail.example.com', $4, true, at, at
    FROM (
        SELECT n, 'u' || left(md5('name' || n), 6) || to_hex(n) AS name, pg_temp.account_time(n, $3) AS at
        FROM generate_series($1::bigint, $2::bigint) AS n
    ) AS numbered
    RETURNING id, username, email, created_at
), roles AS (
    INSERT INTO users.user_roles (user_id, role) SELECT id, 'user' FROM made
)
INSERT INTO users.audit_events (id, occurred_at, type, actor_kind, actor, user_id, after, address, user_agent, request_id)
SELECT pg_temp.uuid7(created_at, 'event' || id), created_at, 'user.created', 'service', 'latchkey-auth', id,
    jsonb_build_object('username', username, 'email', email, 'verified', false, 'roles', '["user"]'::jsonb),
    '203.0.113.7', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', pg_temp.uuid7(created_at, 'request' || id)::text
FROM made`

// openSessions opens those numbered $1 to $2 of $3 for $4 accounts. Numbers are
// multiplied by a large prime, so that neighbours in time are none by account.
const openSessions = `
WITH numbered AS (
    SELECT n, pg_temp.session_time(n, $3) AS at, pg_temp.account_id(1 + (n * 7919) % $4, $4) AS user_id,
        '198.51.100.0'::inet + n % 256 AS address, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' AS agent
    FROM generate_series($1::bigint, $2::bigint) AS n
), made AS (
    INSERT INTO auth.sessions (id, user_id, salt, credential_epoch, address, user_agent, created_at, rotated_at, idle_expires_at, expires_at)
    SELECT pg_temp.uuid7(at, 'session' || n), user_id, uuid_send(gen_random_uuid()), 1, address, agent, at, at, at + interval '7 days', at + interval '30 days'
    FROM numbered
    RETURNING id, user_id, address, user_agent, created_at
), networks AS (
    INSERT INTO users.known_networks (user_id, network, seen_at) SELECT user_id, address, at FROM numbered
    ON CONFLICT DO NOTHING
)
INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, user_id, after, address, user_agent, request_id)
SELECT pg_temp.uuid7(created_at, 'event' || id), created_at, 'session.created', 'person', user_id::text, user_id,
    jsonb_build_object('session_id', id), address, user_agent, pg_temp.uuid7(created_at, 'request' || id)::text
FROM made`
