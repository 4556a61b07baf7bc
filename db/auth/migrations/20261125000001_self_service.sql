-- migrate:up

-- The one live token of an account and purpose: a newer one takes the place of
-- the one before. The token is a MAC over id and salt under a key that the
-- database never sees, and only its SHA-256 is stored; a mail is written from
-- the row at the moment it is sent. address is the one that the link goes to
-- (for change_email the new one).
CREATE TABLE auth.one_time_tokens (
    user_id          uuid        NOT NULL,
    purpose          text        NOT NULL,
    id               uuid        NOT NULL,
    salt             bytea       NOT NULL,
    hash             bytea       NOT NULL,
    credential_epoch bigint      NOT NULL,
    username         text        NOT NULL,
    address          text        NOT NULL,
    previous_address text,
    created_at       timestamptz NOT NULL DEFAULT now(),
    expires_at       timestamptz NOT NULL,
    used_at          timestamptz,
    lease            uuid,
    leased_until     timestamptz,
    CONSTRAINT one_time_tokens_pkey PRIMARY KEY (user_id, purpose),
    CONSTRAINT one_time_tokens_hash_key UNIQUE (hash),
    CONSTRAINT one_time_tokens_purpose_check CHECK (purpose IN ('verify_email', 'change_email', 'reset_password')),
    CONSTRAINT one_time_tokens_size_check CHECK (octet_length(salt) = 32 AND octet_length(hash) = 32),
    CONSTRAINT one_time_tokens_previous_check CHECK ((previous_address IS NULL) = (purpose <> 'change_email')),
    CONSTRAINT one_time_tokens_lease_check CHECK ((lease IS NULL) = (leased_until IS NULL))
);
CREATE INDEX one_time_tokens_expires_at_idx ON auth.one_time_tokens (expires_at);

-- What this service has asked the users service to do and does not know the
-- outcome of yet. Written before the question, removed with what follows from
-- the answer; a worker looks into those that are left over. No password is in
-- it. token_id is the one-time token that is being used, where one is.
CREATE TABLE auth.intents (
    id             uuid        NOT NULL,
    kind           text        NOT NULL,
    user_id        uuid,
    token_id       uuid,
    username       text        NOT NULL DEFAULT '',
    email          text        NOT NULL DEFAULT '',
    previous_email text        NOT NULL DEFAULT '',
    session_id     uuid,
    address        inet,
    user_agent     text        NOT NULL DEFAULT '',
    request_id     text        NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT intents_pkey PRIMARY KEY (id),
    CONSTRAINT intents_kind_check CHECK (kind IN ('register', 'register_privately', 'verify_email', 'change_email', 'delete_account')),
    CONSTRAINT intents_user_id_check CHECK ((user_id IS NULL) = (kind IN ('register', 'register_privately')))
);

-- One question about an account has one intent, however often it is asked
-- before its answer is known: what follows from it is done once.
CREATE UNIQUE INDEX intents_question_key ON auth.intents (user_id, kind, (coalesce(token_id, user_id)));

-- How many mails an address got in the present window. key is an HMAC.
CREATE TABLE auth.mail_recipients (
    key       bytea       NOT NULL,
    since     timestamptz NOT NULL DEFAULT now(),
    mails     integer     NOT NULL,
    CONSTRAINT mail_recipients_pkey PRIMARY KEY (key),
    CONSTRAINT mail_recipients_key_check CHECK (octet_length(key) = 32)
);
CREATE INDEX mail_recipients_since_idx ON auth.mail_recipients (since);

-- Usernames that private registration holds for a day, whatever became of the
-- registration. key is an HMAC.
CREATE TABLE auth.reserved_usernames (
    key            bytea       NOT NULL,
    reserved_until timestamptz NOT NULL,
    CONSTRAINT reserved_usernames_pkey PRIMARY KEY (key),
    CONSTRAINT reserved_usernames_key_check CHECK (octet_length(key) = 32)
);
CREATE INDEX reserved_usernames_reserved_until_idx ON auth.reserved_usernames (reserved_until);

ALTER TABLE auth.sessions DROP CONSTRAINT sessions_end_reason_check;
ALTER TABLE auth.sessions ADD CONSTRAINT sessions_end_reason_check CHECK (end_reason IN (
    'logout', 'logout_all', 'refresh_reuse', 'credentials_changed', 'signed_in_again', 'revoked', 'revoked_by_admin',
    'password_changed', 'password_reset', 'email_changed', 'account_deleted'
));
-- What is long over and may go.
CREATE INDEX sessions_expires_at_idx ON auth.sessions (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON auth.one_time_tokens, auth.intents, auth.mail_recipients, auth.reserved_usernames TO latchkey_auth;
GRANT DELETE ON auth.sessions TO latchkey_auth;

-- migrate:down
REVOKE DELETE ON auth.sessions FROM latchkey_auth;
DROP INDEX auth.sessions_expires_at_idx;
UPDATE auth.sessions SET end_reason = 'credentials_changed'
WHERE end_reason NOT IN ('logout', 'logout_all', 'refresh_reuse', 'credentials_changed');
ALTER TABLE auth.sessions DROP CONSTRAINT sessions_end_reason_check;
ALTER TABLE auth.sessions ADD CONSTRAINT sessions_end_reason_check CHECK (end_reason IN ('logout', 'logout_all', 'refresh_reuse', 'credentials_changed'));
DROP TABLE auth.reserved_usernames;
DROP TABLE auth.mail_recipients;
DROP TABLE auth.intents;
DROP TABLE auth.one_time_tokens;
