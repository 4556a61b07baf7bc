#!/usr/bin/env bash
# restore-logical.sh FILE DATABASE
#
# Makes DATABASE anew from a file of backup-logical.sh. DATABASE must not exist:
# it is filled as DATABASE_restoring and gets its name when it is whole, so that
# no service ever finds half of it. Run `latchkey after-restore` next, and start
# the services then: an old backup brings old sessions back.
#
# The roles must exist (they belong to the server and are in no backup of a
# database); those that are missing are named. Rights on tables are in the file;
# rights on the database itself (CONNECT, CREATE) are yours to grant.
#
# The connection is that of libpq, as for backup-logical.sh; PGDATABASE is an
# existing database (postgres). The role is the superuser, or has CREATEDB and is
# a member of the owners.
#
#   --jobs N    restore N tables at a time (2)
#   --help
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=postgres.sh
source "$here/postgres.sh"
help_if_asked "$@"

words=() jobs=2
while (($#)); do
	case $1 in
	--jobs) jobs=${2:?--jobs: how many?} && shift ;;
	-*) fail "$1 is no option; --help lists them" ;;
	*) words+=("$1") ;;
	esac
	shift
done
((${#words[@]} == 2)) || fail "name the file and the database; --help tells more"
[[ $jobs =~ ^[1-9][0-9]*$ ]] || fail "--jobs: $jobs is no number"
file=${words[0]} database=${words[1]}
making=${database}_restoring
((${#making} <= 63)) || fail "the name $database is too long: $making must have 63 bytes at most"
restore=$(need pg_restore) psql=$(need psql) vacuum=$(need vacuumdb)
export PGDATABASE=${PGDATABASE:-postgres}

# ask SQL NAME=VALUE… gives what a query answers; :'name' and :"name" quote.
ask() {
	local sql=$1 v options=()
	shift
	for v; do options+=(--set="$v"); done
	"$psql" --no-psqlrc --no-password --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "${options[@]}" <<<"$sql"
}

if [[ -e $file.sha256 ]]; then
	(cd -- "$(dirname -- "$file")" && sha256sum --check --status -- "$(basename -- "$file").sha256") ||
		fail "$file is not what was written: its SHA-256 differs"
fi
list=$("$restore" --list "$file")
exists=$(ask "SELECT 1 FROM pg_database WHERE datname = :'d';" "d=$database")
[[ -z $exists ]] || fail "the database $database exists: rename it (ALTER DATABASE … RENAME TO …) or drop it first"

# Who owns, by the list's last column, and whom the rights are for.
roles=$(awk '/^[0-9]+;/ && !/ - - /{print $NF} / SCHEMA - (users|auth) /{print "latchkey_" $6}' <<<"$list" | sort -u)
missing=()
for role in $roles; do
	found=$(ask "SELECT 1 FROM pg_roles WHERE rolname = :'r';" "r=$role")
	[[ -n $found ]] || missing+=("$role")
done
if ((${#missing[@]})); then
	say "roles are missing; make them, with the passwords that the services have:" >&2
	printf '  CREATE ROLE "%s" LOGIN PASSWORD '"'…'"';\n' "${missing[@]}" >&2
	exit 1
fi

began=$SECONDS
ask 'DROP DATABASE IF EXISTS :"d"; CREATE DATABASE :"d" TEMPLATE template0 ENCODING '"'UTF8';" "d=$making" 2>/dev/null ||
	fail "the database $making cannot be made"
undo() { ask 'DROP DATABASE IF EXISTS :"d" WITH (FORCE);' "d=$making" 2>/dev/null || true; }
trap undo EXIT
"$restore" --exit-on-error --no-password --jobs="$jobs" --dbname="$making" "$file"
"$vacuum" --analyze-only --quiet --no-password --dbname="$making"
ask 'ALTER DATABASE :"m" RENAME TO :"d";' "m=$making" "d=$database"
trap - EXIT
say "$database is restored after $((SECONDS - began)) s. Next: latchkey after-restore, then the services"
