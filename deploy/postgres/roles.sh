#!/bin/sh
# Makes, for each service, the owner that migrates its schema and the lesser role
# that it runs as (docs/deploy.md, "Database roles"). The image of PostgreSQL runs
# it once, on an empty cluster; elsewhere run it as a superuser with PGDATABASE
# or POSTGRES_DB set. Passwords are psql's variables: they are quoted as SQL.
set -eu

psql --no-psqlrc --set=ON_ERROR_STOP=1 --quiet --dbname="${POSTGRES_DB:-$PGDATABASE}" ${POSTGRES_USER:+--username="$POSTGRES_USER"} \
  --set=users_owner="$USERS_OWNER_PASSWORD" --set=auth_owner="$AUTH_OWNER_PASSWORD" \
  --set=users="$USERS_PASSWORD" --set=auth="$AUTH_PASSWORD" <<'SQL'
CREATE ROLE latchkey_users_owner LOGIN PASSWORD :'users_owner';
CREATE ROLE latchkey_auth_owner LOGIN PASSWORD :'auth_owner';
CREATE ROLE latchkey_users LOGIN PASSWORD :'users';
CREATE ROLE latchkey_auth LOGIN PASSWORD :'auth';
CREATE SCHEMA users AUTHORIZATION latchkey_users_owner;
CREATE SCHEMA auth AUTHORIZATION latchkey_auth_owner;
SQL
