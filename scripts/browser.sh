#!/bin/sh
# The browser tests need Chromium and a font with Chinese characters: install them where this is allowed, else say what is missing.
set -eu
missing=""
for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null 2>&1 && { found=$name; break; }; done
[ -n "${found:-}" ] || [ -n "${PANORAMA_CHROMIUM:-}" ] || missing="chromium"
if command -v fc-list >/dev/null 2>&1; then
  [ -n "$(fc-list :lang=zh-cn family | head -n 1)" ] || missing="$missing fonts-noto-cjk"
else
  missing="$missing fontconfig fonts-noto-cjk"
fi
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
  as=""; [ "$(id -u)" = 0 ] || as="sudo -n"
  echo "Installing for the browser tests:$missing …"
  $as apt-get update -qq
  # shellcheck disable=SC2086  (a list of packages)
  DEBIAN_FRONTEND=noninteractive $as apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "The browser tests need$missing: install it and run 'make test' again (or name a browser in PANORAMA_CHROMIUM)." >&2
  exit 1
fi
