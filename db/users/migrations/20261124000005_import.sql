-- migrate:up

-- How far `latchkey users import` came with a file, moved in the transaction
-- of each batch. key is a digest of the file's name, size and head.
CREATE TABLE users.imports (
    key        bytea       NOT NULL,
    last_line  bigint      NOT NULL,
    imported   bigint      NOT NULL,
    rejected   bigint      NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT imports_pkey PRIMARY KEY (key),
    CONSTRAINT imports_key_check CHECK (octet_length(key) = 32)
);

GRANT SELECT, INSERT, UPDATE ON users.imports TO latchkey_users;

-- migrate:down
DROP TABLE users.imports;
