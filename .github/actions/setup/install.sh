#!/bin/bash
# Installs the winarm of this checkout into a virtual environment of its own and puts `winarm` and
# `uv` on the PATH of later steps; the job's own Python stays what it is.
# Reads PYTHON, RUNNER_TEMP and RUNNER_OS; writes GITHUB_PATH and GITHUB_OUTPUT (version, cache).
set -euo pipefail
source=$(cd "$(dirname "$0")/../../.." && pwd)
environment=$RUNNER_TEMP/winarm
bin=$environment/bin suffix=
if [ "$RUNNER_OS" = Windows ]; then bin=$environment/Scripts suffix=.exe; fi

"$PYTHON" -m venv "$environment"
"$bin/python" -m pip install --disable-pip-version-check --quiet "$source[cli]"

mkdir -p "$RUNNER_TEMP/winarm-bin"
# Each knows its Python by its full path, so it works from another folder.
cp "$bin/winarm$suffix" "$bin/uv$suffix" "$RUNNER_TEMP/winarm-bin"
echo "$RUNNER_TEMP/winarm-bin" >>"$GITHUB_PATH"

version=$("$bin/winarm" --version)
echo "version=${version#winarm }" >>"$GITHUB_OUTPUT"
echo "cache=$("$bin/winarm" cache --dir)" >>"$GITHUB_OUTPUT"
