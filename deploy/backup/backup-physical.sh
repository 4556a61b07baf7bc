#!/usr/bin/env bash
# backup-physical.sh DIRECTORY
#
# Copies a whole PostgreSQL server, roles and every database with it, to
# DIRECTORY/latchkey-base-TIME (pg_basebackup, with the write-ahead log that it
# needs, streamed meanwhile). Services go on. The directory has its name once
# pg_verifybackup has found every file as the manifest says; its mode is 0700.
# With an archive of the write-ahead log it is where a recovery to a point in
# time begins: docs/backup.md.
#
# It holds password hashes and encrypted private keys: keep it as the server
# itself, and KEY_ENCRYPTION_KEY and SESSION_KEY elsewhere.
#
# The connection is that of libpq: PGHOST, PGPORT, PGUSER, PGPASSFILE. The role
# is the superuser or has REPLICATION, and pg_hba.conf lets it in for
# `replication`.
#
#   --max-rate RATE   such as 50M a second, to leave the disk to the services
#   --help
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=postgres.sh
source "$here/postgres.sh"
help_if_asked "$@"

directory='' rate=()
while (($#)); do
	case $1 in
	--max-rate) rate=(--max-rate="${2:?--max-rate: how much?}") && shift ;;
	-*) fail "$1 is no option; --help lists them" ;;
	*) [[ -z $directory ]] || fail "name one directory"; directory=$1 ;;
	esac
	shift
done
[[ -n $directory ]] || fail "name the directory to write to; --help tells more"
[[ -d $directory ]] || fail "$directory is no directory"
copy=$(need pg_basebackup)
verify=$(need pg_verifybackup)

umask 077
began=$SECONDS
target=$directory/latchkey-base-$(now_utc)
[[ ! -e $target ]] || fail "$target is there already"
part=$(mktemp -d "$target.XXXXXX.part")
trap 'rm -rf -- "$part"' EXIT

"$copy" --pgdata="$part" --format=plain --wal-method=stream --checkpoint=fast --manifest-checksums=SHA256 --no-password \
	--label=latchkey "${rate[@]}"
# pg_waldump reads the log that is in the copy: it must be of the server's version.
PATH=$(dirname -- "$verify"):$PATH "$verify" --quiet "$part"
mv -- "$part" "$target"
trap - EXIT
sync -- "$directory"
say "$target: $(du -sk -- "$target" | cut -f1) KiB, $((SECONDS - began)) s"
