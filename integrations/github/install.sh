#!/usr/bin/env bash
# Installs kpy for the action: the version that is asked for, else the one of the requirements, else the action's own.
set -euo pipefail

pip() { python -m pip --disable-pip-version-check install --quiet "$@"; }

if [ -n "${INPUT_REQUIREMENTS:-}" ]; then
    if [ ! -f "$INPUT_REQUIREMENTS" ]; then
        echo "::error title=kpy::\`requirements\`: there is no file $INPUT_REQUIREMENTS in $PWD" >&2
        exit 2
    fi
    pip --requirement "$INPUT_REQUIREMENTS"
fi
if [ -n "${INPUT_VERSION:-}" ]; then
    pip "kpy-k8s==$INPUT_VERSION"
elif ! python -I -c 'import kpy' 2>/dev/null; then # -I: a folder named kpy beside us does not count
    pip "$GITHUB_ACTION_PATH"
fi
kpy --version
