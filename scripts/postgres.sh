#!/bin/sh
# The tests of the operations store run on PostgreSQL too, in a cluster of their own: install its programs where this is allowed,
# else say what is missing.
set -eu
command -v initdb >/dev/null 2>&1 && exit 0
for program in /usr/lib/postgresql/*/bin/initdb; do [ -x "$program" ] && exit 0; done
if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
  as=""; [ "$(id -u)" = 0 ] || as="sudo -n"
  echo "Installing for the tests on PostgreSQL: postgresql …"
  $as apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as apt-get install -y -qq --no-install-recommends postgresql >/dev/null
else
  echo "The tests need PostgreSQL's programs (initdb, pg_ctl): install Debian's package postgresql and run 'make test' again." >&2
  exit 1
fi
