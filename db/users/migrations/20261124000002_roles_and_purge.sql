-- migrate:up

-- Roles are made, described and removed over the API; accounts are removed for
-- good only through purge_user.
GRANT INSERT, UPDATE, DELETE ON users.roles TO latchkey_users;

-- purge_user removes an account for good and frees its names. The service's
-- role may call it and may not delete from the table.
CREATE FUNCTION users.purge_user(purged uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    DELETE FROM users.users WHERE id = purged;
    RETURN FOUND;
END
$$;
REVOKE ALL ON FUNCTION users.purge_user(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION users.purge_user(uuid) TO latchkey_users;

-- Prefix search by index, whatever the database's collation.
CREATE INDEX users_username_prefix_idx ON users.users (username text_pattern_ops);
CREATE INDEX users_email_prefix_idx ON users.users (email text_pattern_ops);
-- The rare side of each filter.
CREATE INDEX users_disabled_idx ON users.users (id DESC) WHERE disabled_at IS NOT NULL;
CREATE INDEX users_unverified_idx ON users.users (id DESC) WHERE NOT verified;

-- migrate:down
DROP INDEX users.users_unverified_idx;
DROP INDEX users.users_disabled_idx;
DROP INDEX users.users_email_prefix_idx;
DROP INDEX users.users_username_prefix_idx;
DROP FUNCTION users.purge_user(uuid);
REVOKE INSERT, UPDATE, DELETE ON users.roles FROM latchkey_users;
