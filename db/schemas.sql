-- For sqlc only: internal/postgres makes the schemas (and the roles) before
-- dbmate runs, because dbmate's own table lives in them.
CREATE SCHEMA users;
CREATE SCHEMA auth;
