#!/bin/sh
# Installs locked requirements into .venv. By uv, which takes a third of pip's time; by pip where uv is not to be had, or does
# not find the packages: it knows nothing of pip's settings, in which an office may name its own mirror.
# What is imported is compiled at its first import: to compile all that is installed takes longer than all the rest.
set -eu
python=.venv/bin/python
pip="$python -m pip install --quiet --disable-pip-version-check --require-hashes"
{ $pip -r scripts/uv.txt && $python -m uv pip install --quiet --python $python --require-hashes -r "$1"; } 2>/dev/null \
  || $pip -r "$1"
