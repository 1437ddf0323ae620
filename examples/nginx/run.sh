#!/usr/bin/env bash
# Starts nginx with bookshop.conf on free loopback ports, runs the suite against it, and compares what it finds
# with findings.txt. Nothing is installed without being asked for, and nothing stays behind.
. "$(dirname "$0")/../lib.sh"

needs nginx nginx-light
needs python3 python3

entry() { echo "\"$2\" $1;"; }
make_keys >"$work/keys.map"
chmod 600 "$work/keys.map"
# nginx drops its privileges, and must still reach its own temporary folders in here.
chmod 711 "$work"

configure() {
    sed -e "s/127\.0\.0\.1:8080/127.0.0.1:$1/" -e "s/127\.0\.0\.1:8081/127.0.0.1:$(($1 + 1))/" \
        "$here/bookshop.conf" >"$work/bookshop.conf"
    configure_nginx bookshop.conf
}

start_behind() { start_bookshop; }
serve nginx -p "$work" -c "$work/nginx.conf"
judge
