# shellcheck shell=bash
# What the scripts beside this one have in common. Sourced, never run.

fail() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

say() { printf '%s: %s\n' "${0##*/}" "$*"; }

# program NAME gives the path of one of PostgreSQL's programs: of PGBIN, which is
# the only place where it is set, else of PATH, else of the newest version that
# packages have put on this machine. It fails without a word.
program() {
	if [[ -n ${PGBIN:-} ]]; then
		[[ -x $PGBIN/$1 ]] && printf '%s\n' "$PGBIN/$1"
		return
	fi
	command -v -- "$1" && return
	local found
	found=$(find /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* /opt/homebrew/opt/postgresql@*/bin \
		/usr/local/pgsql*/bin -maxdepth 1 -name "$1" 2>/dev/null | sort -V | tail -n 1) || true
	[[ -n $found ]] && printf '%s\n' "$found"
}

# need NAME is program, and says what is missing.
need() { program "$1" || fail "there is no $1: install PostgreSQL's client programs, or set PGBIN to their directory"; }

# now_utc is the moment in a form that sorts and fits into a file's name.
now_utc() { date -u +%Y%m%dT%H%M%SZ; }

# help_if_asked prints the comment at the head of the script.
help_if_asked() {
	local word
	for word; do
		if [[ $word == --help || $word == -h ]]; then
			sed -n '2,/^[^#]/{s/^# \{0,1\}//p;}' "$0"
			exit 0
		fi
	done
}
