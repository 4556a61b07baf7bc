-- migrate:up

-- Folded means: the form in which a name is stored, compared and kept unique.
CREATE TABLE users.users (
    id               uuid        NOT NULL,
    username         text        NOT NULL,
    email            text        NOT NULL,
    password_hash    text,
    verified         boolean     NOT NULL DEFAULT false,
    disabled_at      timestamptz,
    credential_epoch bigint      NOT NULL DEFAULT 1,
    version          bigint      NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    deleted_at       timestamptz,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    -- Names stay reserved after a soft delete, so neither key is partial.
    CONSTRAINT users_username_key UNIQUE (username),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_username_check CHECK (username ~ '^[a-z][a-z0-9_.-]{2,31}$'),
    CONSTRAINT users_email_check CHECK (
        octet_length(email) BETWEEN 3 AND 254
        AND email = lower(email)
        AND email ~ '^[!-?A-~]+@[!-?A-~]+$'
    ),
    -- bcrypt (60 characters) or argon2id in PHC form; nothing else is a hash.
    CONSTRAINT users_password_hash_check CHECK (
        password_hash ~ '^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$'
        OR password_hash ~ '^\$argon2id\$v=19\$m=[0-9]{1,5},t=[0-9]{1,2},p=[0-9]{1,2}\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$'
    ),
    CONSTRAINT users_credential_epoch_check CHECK (credential_epoch > 0),
    CONSTRAINT users_version_check CHECK (version > 0)
);

COMMENT ON COLUMN users.users.credential_epoch IS
    'Moved by a new password, a new email, disable, delete and restore. A session or one-time token made under an older epoch is void.';

CREATE TABLE users.roles (
    name        text        NOT NULL,
    description text        NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT roles_pkey PRIMARY KEY (name),
    CONSTRAINT roles_name_check CHECK (name ~ '^[a-z][a-z0-9_-]{0,31}$'),
    CONSTRAINT roles_description_check CHECK (length(description) <= 255)
);

INSERT INTO users.roles (name, description) VALUES
    ('admin', 'May do everything but check or set credentials.'),
    ('user', 'What everyone who registers is.');

CREATE TABLE users.user_roles (
    user_id uuid NOT NULL,
    role    text NOT NULL,
    CONSTRAINT user_roles_pkey PRIMARY KEY (user_id, role),
    CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES users.users (id) ON DELETE CASCADE,
    CONSTRAINT user_roles_role_fkey FOREIGN KEY (role) REFERENCES users.roles (name)
);

-- Who holds a role: the last-admin guard, the role filter, "is it in use".
CREATE INDEX user_roles_role_user_id_idx ON users.user_roles (role, user_id);

-- An account as the contract shows it, in one statement and without the hash.
CREATE VIEW users.accounts AS
SELECT
    u.id,
    u.username,
    u.email,
    u.verified,
    (u.disabled_at IS NOT NULL)::boolean AS disabled,
    ARRAY(SELECT r.role FROM users.user_roles r WHERE r.user_id = u.id ORDER BY r.role)::text[] AS roles,
    u.created_at,
    u.updated_at,
    u.deleted_at,
    u.version
FROM users.users u;

-- The same with what a sign-in compares against. Only credentials/verify reads it.
CREATE VIEW users.credentials AS
SELECT
    u.id,
    u.username,
    u.email,
    u.verified,
    (u.disabled_at IS NOT NULL)::boolean AS disabled,
    ARRAY(SELECT r.role FROM users.user_roles r WHERE r.user_id = u.id ORDER BY r.role)::text[] AS roles,
    u.created_at,
    u.updated_at,
    u.deleted_at,
    u.version,
    u.password_hash,
    u.credential_epoch
FROM users.users u;

-- Every update moves version and updated_at, with one exception: a re-hash of
-- an unchanged password (only password_hash differs, and not the epoch) is no
-- change that a reader of the account could see.
CREATE FUNCTION users.touch_user() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.password_hash IS DISTINCT FROM OLD.password_hash
        AND (NEW.username, NEW.email, NEW.verified, NEW.disabled_at, NEW.credential_epoch, NEW.deleted_at)
            IS NOT DISTINCT FROM
            (OLD.username, OLD.email, OLD.verified, OLD.disabled_at, OLD.credential_epoch, OLD.deleted_at)
    THEN
        NEW.version := OLD.version;
        NEW.updated_at := OLD.updated_at;
    ELSE
        NEW.version := OLD.version + 1;
        NEW.updated_at := now();
    END IF;
    NEW.id := OLD.id;
    NEW.created_at := OLD.created_at;
    RETURN NEW;
END
$$;

CREATE TRIGGER users_touch BEFORE UPDATE ON users.users
FOR EACH ROW EXECUTE FUNCTION users.touch_user();

-- The role that the service runs as: no DDL, no hard delete.
GRANT USAGE ON SCHEMA users TO latchkey_users;
GRANT SELECT, INSERT, UPDATE ON users.users TO latchkey_users;
GRANT SELECT ON users.roles TO latchkey_users;
GRANT SELECT, INSERT, DELETE ON users.user_roles TO latchkey_users;
GRANT SELECT ON users.accounts, users.credentials TO latchkey_users;

-- migrate:down
DROP VIEW users.credentials;
DROP VIEW users.accounts;
DROP TABLE users.user_roles;
DROP TABLE users.roles;
DROP TABLE users.users;
DROP FUNCTION users.touch_user();
