#!/usr/bin/env bash
# Starts nginx with bookshop.conf on free loopback ports, runs the suite against it, and compares what it finds
# with findings.txt. Succeeds where they are the same. Nothing is installed, and nothing stays behind.
#
#   examples/nginx/run.sh                        builds lockproof with cargo
#   LOCKPROOF=target/release/lockproof examples/nginx/run.sh
#   KEEP=1 examples/nginx/run.sh                 waits before it stops nginx, so that the curl lines can be tried
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
pid=

stop() {
    if [ -n "$pid" ]; then
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
        pid=
    fi
}
clean() {
    stop
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

nginx=$(PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v nginx) || {
    echo "nginx is not installed; try: apt-get install nginx-light" >&2
    exit 2
}
if [ -z "${LOCKPROOF:-}" ]; then
    cargo build --quiet --locked --manifest-path "$root/Cargo.toml"
    LOCKPROOF=${CARGO_TARGET_DIR:-$root/target}/debug/lockproof
fi
LOCKPROOF=$(realpath "$LOCKPROOF")

# Keys of this run alone: in the environment for lockproof, and in the map for nginx.
key() {
    local text
    text=$(head -c 64 /dev/urandom | base64 | tr -dc 'A-Za-z0-9')
    echo "bk_${text:0:32}"
}
for client in shop reader auditor former-shop; do
    variable="LOCKPROOF_KEY_$(echo "$client" | tr 'a-z-' 'A-Z_')"
    export "$variable=$(key)"
    # The key of a former shop is one whose line has been deleted.
    [ "$client" = former-shop ] || echo "\"${!variable}\" $client;"
done >"$work/keys.map"
chmod 600 "$work/keys.map"
# nginx drops its privileges, and must still reach its own temporary folders in here.
chmod 711 "$work"

# What stands around a file of conf.d; the paths are this run's own.
write_configuration() {
    local port=$1
    sed -e "s/127\.0\.0\.1:8080/127.0.0.1:$port/" -e "s/127\.0\.0\.1:8081/127.0.0.1:$((port + 1))/" \
        "$here/bookshop.conf" >"$work/bookshop.conf"
    cat >"$work/nginx.conf" <<CONF
daemon off;
pid $work/nginx.pid;
error_log $work/error.log;
worker_processes 1;
events { worker_connections 256; }
http {
    access_log $work/access.log;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    map_hash_bucket_size 128;
    include bookshop.conf;
}
CONF
}

# Whether our own nginx answers: the pid file is written once it listens.
answers() {
    [ -s "$work/nginx.pid" ] && (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

start() {
    local port=$1
    write_configuration "$port"
    "$nginx" -p "$work" -c "$work/nginx.conf" 2>>"$work/start.log" &
    pid=$!
    for _ in $(seq 100); do
        kill -0 "$pid" 2>/dev/null || break
        answers "$port" && return 0
        sleep 0.1
    done
    stop
    return 1
}

for _ in $(seq 10); do
    port=$((20000 + RANDOM % 10000 * 2))
    start "$port" && break
done
if [ -z "$pid" ]; then
    echo "nginx did not start:" >&2
    cat "$work/start.log" >&2
    exit 2
fi
export BOOKSHOP_URL="http://127.0.0.1:$port"

# The built-in suite first, then this example's own check. A finding is no reason to stop: 0 and 1 are results.
cd "$here"
try() {
    local results=$1 exit=0
    shift
    "$LOCKPROOF" run --contract lockproof.yaml --allow-effects \
        --report terminal=- --report "json=$results" "$@" || exit=$?
    if [ "$exit" -gt 1 ]; then
        echo "lockproof ended with exit code $exit" >&2
        exit "$exit"
    fi
}
try "$work/suite.json"
try "$work/own.json" --scenarios checks

# `verdict check`, each once, of everything that was not right.
findings() {
    sed -n -E 's/^ *"(check|verdict)": "([a-z0-9_-]+)",?$/\1 \2/p' "$work/suite.json" "$work/own.json" |
        awk '$1 == "check" { check = $2 }
             $1 == "verdict" && $2 ~ /^(fail|warn|inconclusive|error)$/ { print $2, check }' |
        sort -u
}
findings >"$work/findings.txt"
echo
if [ -n "${KEEP:-}" ]; then
    env | grep -E '^(LOCKPROOF_KEY_|BOOKSHOP_URL)' | sed 's/^/export /'
    echo "nginx answers at $BOOKSHOP_URL until you press Enter"
    read -r _
fi
if diff -u "$here/findings.txt" "$work/findings.txt"; then
    echo "the findings are those written down in examples/nginx/findings.txt"
else
    echo "the findings are not those written down in examples/nginx/findings.txt: see the difference" >&2
    exit 1
fi
