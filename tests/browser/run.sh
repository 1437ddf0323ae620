#!/usr/bin/env bash
# Looks at the HTML report in a real Chromium: filter, deep links, dark mode, no error, no request, nothing of a hostile
# result executed, no violation of accessibility, ten thousand cases within a second.
#
#   tests/browser/run.sh                     builds lockproof with cargo
#   LOCKPROOF=target/release/lockproof tests/browser/run.sh
#   INSTALL=1 tests/browser/run.sh           installs what is missing with apt-get
#   PICTURES=docs/pictures tests/browser/run.sh   takes the pictures of the README as well
#
# Exit codes: 0 all is well, 1 something is not, 3 Chromium, Node.js or a package for it is not here.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${CARGO_TARGET_DIR:-$root/target}/browser

missing() {
    echo "$1 is not installed; try: apt-get install $2" >&2
    exit 3
}

install_package() {
    local sudo=()
    [ -n "${INSTALL:-}" ] && command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        sudo=(sudo -n)
    fi
    "${sudo[@]}" apt-get update -q >&2 || return 1
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2
}

browser() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

command -v node >/dev/null && command -v npm >/dev/null || install_package nodejs npm || missing Node.js "nodejs npm"
browser >/dev/null || install_package chromium fonts-dejavu-core || missing Chromium chromium
CHROMIUM=$(browser)
export CHROMIUM

mkdir -p "$work"
cp "$here/package.json" "$here/package-lock.json" "$work"
if ! npm ci --prefix "$work" --no-audit --no-fund --silent >&2; then
    echo "the packages for Node.js could not be fetched" >&2
    exit 3
fi

if [ -z "${LOCKPROOF:-}" ]; then
    cargo build --quiet --locked --release --manifest-path "$root/Cargo.toml"
    LOCKPROOF=${CARGO_TARGET_DIR:-$root/target}/release/lockproof
fi
LOCKPROOF=$(realpath "$LOCKPROOF")
export LOCKPROOF

# The tests stand beside the packages that they use.
cp "$here"/*.js "$work"
cd "$work"
export ROOT=$root
node --test --test-reporter=spec --test-concurrency=1 page.test.js
if [ -n "${PICTURES:-}" ]; then
    mkdir -p "$root/$PICTURES"
    PICTURES=$(realpath "$root/$PICTURES") node pictures.js
fi
