#!/usr/bin/env bash
# Starts Apache httpd with bookshop.conf on free loopback ports, runs the suite against it, and compares what it finds
# with findings.txt. Nothing is installed without being asked for, and nothing stays behind.
. "$(dirname "$0")/../lib.sh"

needs apache2 apache2
needs python3 python3

cp -r "$here/errors" "$here/health.json" "$here/permissions.map" "$work"
entry() { echo "$2 $1"; }
make_keys >"$work/keys.map"
# Apache drops its privileges, and must still read what is in here.
chmod 755 "$work"
chmod 644 "$work/keys.map"
export BOOKSHOP_KEYS=$work/keys.map

# What stands around a file of sites-available; the paths are this run's own.
configure() {
    sed -e "s/127\.0\.0\.1:8080/127.0.0.1:$1/" -e "s/127\.0\.0\.1:8081/127.0.0.1:$(($1 + 1))/" \
        "$here/bookshop.conf" >"$work/bookshop.conf"
    {
        for module in mpm_event authz_core alias headers mime rewrite proxy proxy_http; do
            echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
        done
        cat <<CONF
Define BOOKSHOP $work
ServerRoot $work
ServerName localhost
PidFile $work/apache.pid
ErrorLog $work/error.log
DefaultRuntimeDir $work
$([ "$(id -u)" -ne 0 ] || echo "User www-data
Group www-data")
TypesConfig /etc/mime.types
Include $work/bookshop.conf
CONF
    } >"$work/apache2.conf"
}

start_behind() { start_bookshop; }
serve apache2 -f "$work/apache2.conf" -DFOREGROUND
judge
