#!/bin/sh
# A bare Debian or Ubuntu has Python without venv: install that one package where this is allowed, else say what is missing.
set -eu
python=$1
rm -rf .venv
package=$("$python" -c 'import sys; print(f"python3.{sys.version_info.minor}-venv")')
if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
  as=""; [ "$(id -u)" = 0 ] || as="sudo -n"
  $as apt-get update -qq && { $as apt-get install -y -qq "$package" >/dev/null || $as apt-get install -y -qq python3-venv >/dev/null; }
  "$python" -m venv .venv
else
  echo "Python's venv module is missing: install the package $package (or python3-venv) and run the same command again." >&2
  exit 1
fi
