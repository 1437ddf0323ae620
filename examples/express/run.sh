#!/usr/bin/env bash
# Starts app.js with Node.js on a free loopback port, runs the suite against it, and compares what it finds with
# findings.txt. The packages of package-lock.json are installed below the build folder; nothing else stays behind.
. "$(dirname "$0")/../lib.sh"

install_npm
entry() { :; }
make_keys
export NODE_ENV=production
configure() { export PORT=$1; }

serve node "$downloads/app.js"
judge
