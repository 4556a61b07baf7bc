#!/usr/bin/env bash
# backup-logical.sh DIRECTORY
#
# Writes the schemas users and auth of one database, of one moment, to
# DIRECTORY/latchkey-DATABASE-TIME.dump (pg_dump's custom format) and a
# .sha256 beside it. Services go on meanwhile. The file has its name once it is
# complete, was read back and is on the disk; its mode is 0600.
#
# It holds password hashes and encrypted private keys: keep it as the database
# itself, and KEY_ENCRYPTION_KEY and SESSION_KEY elsewhere. Roles are not in it.
#
# The connection is that of libpq: PGHOST, PGPORT, PGUSER, PGDATABASE (required),
# and PGPASSFILE or PGSERVICE for what is secret; never an argument, which
# everybody on the machine can read. The role must read both schemas: the
# superuser, or a member of pg_read_all_data.
#
#   --lock-wait SECONDS   give up when a migration holds a table so long (30)
#   --help
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=postgres.sh
source "$here/postgres.sh"
help_if_asked "$@"

directory='' lock_wait=30
while (($#)); do
	case $1 in
	--lock-wait) lock_wait=${2:?--lock-wait: how many seconds?} && shift ;;
	-*) fail "$1 is no option; --help lists them" ;;
	*) [[ -z $directory ]] || fail "name one directory"; directory=$1 ;;
	esac
	shift
done
[[ -n $directory ]] || fail "name the directory to write to; --help tells more"
[[ -d $directory ]] || fail "$directory is no directory"
[[ -n ${PGDATABASE:-} ]] || fail "set PGDATABASE to the database"
[[ $lock_wait =~ ^[0-9]+$ ]] || fail "--lock-wait: $lock_wait is no number of seconds"
dump=$(need pg_dump) restore=$(need pg_restore)

umask 077
began=$SECONDS
file=$directory/latchkey-${PGDATABASE//[^A-Za-z0-9_.-]/_}-$(now_utc).dump
[[ ! -e $file ]] || fail "$file is there already"
part=$(mktemp "$file.XXXXXX.part")
list=$(mktemp)
trap 'rm -f -- "$part" "$list"' EXIT

# One connection, one snapshot (repeatable read): both schemas are of one moment.
"$dump" --format=custom --schema=users --schema=auth --lock-wait-timeout="${lock_wait}s" --no-password --file="$part"
"$restore" --list "$part" >"$list"
grep -Eq ' TABLE DATA (users users|auth sessions) ' "$list" || fail "the database $PGDATABASE holds no table of latchkey"
# The list is at the file's head: what follows is read as well.
"$restore" --file=/dev/null "$part"
sum=$(sha256sum <"$part")
printf '%s  %s\n' "${sum%% *}" "${file##*/}" >"$file.sha256"
mv -- "$part" "$file"
sync -- "$file" "$file.sha256" "$directory"
say "$file: $(stat -c %s "$file") bytes, $(grep -c ' TABLE DATA ' "$list") tables, $((SECONDS - began)) s"
