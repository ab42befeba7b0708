#!/bin/sh
# Locks every requirements file: universal, hashed, without addresses. Extra arguments go to uv (for example: --upgrade).
set -eu
cd "$(dirname "$0")"
for name in uv base house dev postgres node; do
  "${UV:-../.venv/bin/uv}" pip compile --universal --generate-hashes --no-header --quiet --no-emit-index-url \
    --no-annotate --python-version 3.11 --custom-compile-command "make lock" "$@" "$name.in" --output-file "$name.txt"
done
