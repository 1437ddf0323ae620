#!/usr/bin/env bash
# Starts app.py with uvicorn on a free loopback port, runs the suite against it, and compares what it finds with
# findings.txt. The packages of requirements.txt are installed below the build folder; nothing else stays behind.
. "$(dirname "$0")/../lib.sh"

needs python3 python3
venv=$downloads/venv
if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"; } >&2; then
        echo "the packages of examples/fastapi/requirements.txt cannot be installed here" >&2
        exit 3
    fi
    cp "$here/requirements.txt" "$venv"
fi

entry() { :; }
make_keys
configure() { export UVICORN_PORT=$1; }
export PYTHONDONTWRITEBYTECODE=1

serve "$venv/bin/uvicorn" --app-dir "$here" app:app
judge
