#!/usr/bin/env bash
# Starts app.py with uvicorn on a free loopback port, tries it from both ends, and compares what is found with
# findings.txt. The packages of requirements.txt are installed below the build folder; nothing else stays behind.
. "$(dirname "$0")/../between.sh"

install_pip
make_secrets app kiosk
configure() { export UVICORN_PORT=$1 PLATFORM_URL="http://127.0.0.1:$(($1 + 1))"; }

serve "$downloads/venv/bin/uvicorn" --app-dir "$here" app:app
judge
