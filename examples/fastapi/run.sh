#!/usr/bin/env bash
# Starts app.py with uvicorn on a free loopback port, runs the suite against it, and compares what it finds with
# findings.txt. The packages of requirements.txt are installed below the build folder; nothing else stays behind.
. "$(dirname "$0")/../lib.sh"

install_pip
entry() { :; }
make_keys
configure() { export UVICORN_PORT=$1; }

serve "$downloads/venv/bin/uvicorn" --app-dir "$here" app:app
judge
