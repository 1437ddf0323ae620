#!/usr/bin/env bash
# Starts Caddy with the Caddyfile on free loopback ports, runs the suite against it, and compares what it finds with
# findings.txt. Nothing is installed without being asked for, and nothing stays behind.
. "$(dirname "$0")/../lib.sh"

needs caddy caddy
needs python3 python3

entry() { echo "\"$2\" $1"; }
make_keys >"$work/keys.caddy"
chmod 600 "$work/keys.caddy"
export XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work

configure() {
    sed -e "s/127\.0\.0\.1:8080/127.0.0.1:$1/" -e "s/127\.0\.0\.1:8081/127.0.0.1:$(($1 + 1))/" \
        "$here/Caddyfile" >"$work/Caddyfile"
}

start_behind() { start_bookshop; }
serve caddy run --config "$work/Caddyfile"
judge
