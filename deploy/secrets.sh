#!/bin/sh
# Draws what deploy/compose.yaml needs: deploy/secrets.sh >deploy/.env
set -eu

for name in POSTGRES_PASSWORD USERS_OWNER_PASSWORD AUTH_OWNER_PASSWORD USERS_PASSWORD AUTH_PASSWORD REDIS_PASSWORD \
  ADMIN_PASSWORD GRAFANA_PASSWORD; do
  echo "$name=$(openssl rand -hex 24)" # hexadecimal, as it stands in URLs
done
for name in USERS_SESSION_KEY AUTH_SESSION_KEY KEY_ENCRYPTION_KEY; do
  echo "$name=$(openssl rand -base64 32)"
done
echo "ADMIN_EMAIL=${ADMIN_EMAIL:-admin@localhost}"
