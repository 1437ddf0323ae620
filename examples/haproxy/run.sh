#!/usr/bin/env bash
# Starts HAProxy with haproxy.cfg on free loopback ports, runs the suite against it, and compares what it finds with
# findings.txt. Nothing is installed without being asked for, and nothing stays behind.
. "$(dirname "$0")/../lib.sh"

needs haproxy haproxy
needs python3 python3

entry() { echo "$2 $1"; }
make_keys >"$work/keys.map"
chmod 600 "$work/keys.map"
cp "$here/permissions.map" "$work"

configure() {
    sed -e "s/127\.0\.0\.1:8080/127.0.0.1:$1/" -e "s/127\.0\.0\.1:8081/127.0.0.1:$(($1 + 1))/" \
        "$here/haproxy.cfg" >"$work/haproxy.cfg"
}

start_behind() { start_bookshop; }
serve haproxy -C "$work" -f "$work/haproxy.cfg" -db
judge
