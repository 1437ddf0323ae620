#!/usr/bin/env bash
# Starts nginx with backend.conf on a free loopback port, tries it from both ends, and compares what is found with
# findings.txt. Nothing is installed without being asked for, and nothing stays behind.
. "$(dirname "$0")/../between.sh"

needs nginx nginx-light

make_secrets app kiosk
for client in APP KIOSK; do
    variable=LOCKPROOF_KEY_$client
    echo "\"Bearer ${!variable}\" ${client,,};"
done >"$work/sessions.map"
echo "proxy_set_header X-API-Key \"$LOCKPROOF_KEY_BACKEND\";" >"$work/platform-key.conf"
chmod 600 "$work/sessions.map" "$work/platform-key.conf"
# nginx drops its privileges, and must still reach its own temporary folders in here.
chmod 711 "$work"

configure() {
    sed -e "s/127\.0\.0\.1:8070/127.0.0.1:$1/" -e "s/127\.0\.0\.1:8071/127.0.0.1:$(($1 + 1))/" \
        "$here/backend.conf" >"$work/backend.conf"
    configure_nginx backend.conf
}

serve nginx -p "$work" -c "$work/nginx.conf"
judge
