# What the examples of a backend in between share; sourced by their run.sh in place of lib.sh, which says the rest. The
# backend is told at which port the platform answers, the one behind its own: there lockproof listens.
. "$(dirname "$0")/../lib.sh"
address=BACKEND_URL

# The platform's key, which the backend alone may have, and the sessions of its clients.
make_secrets() {
    local client
    make_key LOCKPROOF_KEY_BACKEND pk
    for client in "$@"; do
        make_key "LOCKPROOF_KEY_$(echo "$client" | tr 'a-z-' 'A-Z_')" session
    done
}

ask() {
    export LISTEN_UPSTREAM="127.0.0.1:$((port + 1))"
    "$LOCKPROOF" between --contract lockproof.yaml --backend "$BACKEND_URL" --listen-upstream "$LISTEN_UPSTREAM" \
        --allow-effects "$@"
}

# Only lockproof can be the platform: it alone sends again what failed.
reproduced() {
    if command -v python3 >/dev/null; then
        python3 "$root/examples/reproduce.py" "$work"/results/*.json
    else
        echo "SKIPPED: to try the lines that reproduce the failures takes python3"
    fi
}

# Snapshots are of a platform's refusals.
frozen() { :; }
