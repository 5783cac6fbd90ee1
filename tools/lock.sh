#!/usr/bin/env bash
# Rewrites the two lock files from pyproject.toml: every version with its hashes, for every system and Python
# we support, and no registry address. uv resolves; it is needed here only, never to install.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v uv >/dev/null 2>&1; then
    uv=uv
else
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    "${PYTHON:-python3}" -m venv "$scratch"
    "$scratch/bin/pip" install --quiet --disable-pip-version-check uv
    uv=$scratch/bin/uv
fi

compile() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$@"
}

compile pyproject.toml --group build --output-file requirements.lock
compile pyproject.toml --group build --group dev --all-extras --constraint requirements.lock \
    --output-file requirements-dev.lock

if grep -nE '://|^--(extra-)?index-url|^--find-links' requirements.lock requirements-dev.lock; then
    echo "a lock file names an address; it must name only packages and hashes" >&2
    exit 1
fi
