#!/usr/bin/env bash
# Starts app.js with Node.js on a free loopback port, runs the suite against it, and compares what it finds with
# findings.txt. The packages of package-lock.json are installed below the build folder; nothing else stays behind.
. "$(dirname "$0")/../lib.sh"

needs node nodejs
needs npm npm
mkdir -p "$downloads"
if ! cmp -s "$here/package-lock.json" "$downloads/installed"; then
    cp "$here/package.json" "$here/package-lock.json" "$downloads"
    if ! npm ci --prefix "$downloads" --no-audit --no-fund --silent >&2; then
        echo "the packages of examples/express/package-lock.json cannot be installed here" >&2
        exit 3
    fi
    cp "$here/package-lock.json" "$downloads/installed"
fi
# Node.js looks for packages beside the program.
cp "$here/app.js" "$downloads"

entry() { :; }
make_keys
export NODE_ENV=production
configure() { export PORT=$1; }

serve node "$downloads/app.js"
judge
