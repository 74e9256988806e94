#!/bin/sh
# The browser tests drive Debian's Chromium: install it where it is missing, and fail without it.
set -eu

if ! command -v chromium >/dev/null; then
    echo "Chromium is missing: installing it with apt-get."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
chromium --version
