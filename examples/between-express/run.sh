#!/usr/bin/env bash
# Starts app.js with Node.js on a free loopback port, tries it from both ends, and compares what is found with
# findings.txt. The packages of package-lock.json are installed below the build folder; nothing else stays behind.
. "$(dirname "$0")/../between.sh"

install_npm
make_secrets app kiosk
export NODE_ENV=production
configure() { export PORT=$1 PLATFORM_URL="http://127.0.0.1:$(($1 + 1))"; }

serve node "$downloads/app.js"
judge
