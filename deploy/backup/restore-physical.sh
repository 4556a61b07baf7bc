#!/usr/bin/env bash
# restore-physical.sh BACKUP DATA
#
# Copies a backup of backup-physical.sh to DATA, an empty or absent directory
# that becomes a server's data directory, and verifies it before. Start PostgreSQL
# on it (of the same major version), run `latchkey after-restore` for each database,
# and start the services then: an old backup brings old sessions back.
#
#   --wal-archive DIRECTORY   go on from there, through archived segments
#   --until TIME              … up to this moment, such as '2026-11-28 10:15:00+00'
#   --owner USER              whom the files belong to; as root: postgres
#   --help
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=postgres.sh
source "$here/postgres.sh"
help_if_asked "$@"

words=() archive='' until_='' owner=''
[[ $EUID != 0 ]] || owner=postgres
while (($#)); do
	case $1 in
	--wal-archive) archive=${2:?--wal-archive: which directory?} && shift ;;
	--until) until_=${2:?--until: when?} && shift ;;
	--owner) owner=${2:?--owner: who?} && shift ;;
	-*) fail "$1 is no option; --help lists them" ;;
	*) words+=("$1") ;;
	esac
	shift
done
((${#words[@]} == 2)) || fail "name the backup and the data directory; --help tells more"
backup=${words[0]} data=${words[1]}
[[ -f $backup/backup_manifest ]] || fail "$backup is no backup of backup-physical.sh"
[[ -z $until_ || -n $archive ]] || fail "--until needs --wal-archive: the backup itself knows no other moment than its end"
[[ -z $archive || -d $archive ]] || fail "$archive is no directory"
[[ $archive$until_ != *[\'\\%]* ]] || fail "the archive's name and the time must hold no quote, backslash or percent sign"
if [[ -e $data ]]; then
	[[ -d $data && -z $(ls -A -- "$data") ]] || fail "$data is not empty"
fi
verify=$(need pg_verifybackup)

began=$SECONDS
PATH=$(dirname -- "$verify"):$PATH "$verify" --quiet "$backup"
umask 077
part=$data.restoring
[[ ! -e $part ]] || fail "$part is there: an earlier run was cut off; remove it"
trap 'rm -rf -- "$part"' EXIT
cp -a -- "$backup" "$part"
chmod 0700 -- "$part"
if [[ -n $archive ]]; then
	{
		printf "restore_command = 'cp \"%s/%%f\" \"%%p\"'\n" "$(cd -- "$archive" && pwd)"
		printf "recovery_target_action = 'promote'\n"
		[[ -z $until_ ]] || printf "recovery_target_time = '%s'\n" "$until_"
	} >>"$part/postgresql.auto.conf"
	touch -- "$part/recovery.signal"
fi
[[ -z $owner ]] || chown -R -- "$owner:" "$part"
[[ ! -d $data ]] || rmdir -- "$data"
mv -- "$part" "$data"
trap - EXIT
say "$data is restored after $((SECONDS - began)) s. Next: start PostgreSQL, latchkey after-restore, then the services"
