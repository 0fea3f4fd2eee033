#!/bin/sh
# Runs the tests. Their files lie in memory where there is room for them (they make and remove tens of thousands), and byte
# code is kept even where the environment says not to: each of the many programs they start would compile all it imports.
set -eu
room=8000000 # kB; the tests take a tenth of it at most
free() { df -k --output=avail /dev/shm | tail -1; }
unused() { sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo; }
if [ -w /dev/shm ] && [ "$(free)" -gt $room ] && [ "$(unused)" -gt $((room * 3 / 2)) ]; then
  TMPDIR=$(mktemp -d /dev/shm/panorama-tests-XXXXXX)
  chmod 1777 "$TMPDIR" # like /tmp: some tests are of other users than the one who runs them
  trap 'rm -rf "$TMPDIR"' EXIT INT TERM
  export TMPDIR
fi
PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder "$@"
