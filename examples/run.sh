#!/usr/bin/env bash
# Runs every example, or those that are named, three at a time: they wait more than they work. What each of them says is
# printed when it has ended.
#
#   examples/run.sh [NAME...]                builds lockproof with cargo
#   LOCKPROOF=target/release/lockproof INSTALL=1 examples/run.sh
#
# Exit codes: 0 all is as written down, 1 something is not, 3 the edge of an example is not installed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${LOCKPROOF:-}" ]; then
    cargo build --quiet --locked --manifest-path "$here/../Cargo.toml"
    LOCKPROOF=${CARGO_TARGET_DIR:-$here/../target}/debug/lockproof
fi
LOCKPROOF=$(realpath "$LOCKPROOF")
export LOCKPROOF
cd "$here"

if [ $# -eq 0 ]; then
    set -- */run.sh
    set -- "${@%/run.sh}"
fi
for name; do
    [ -x "$name/run.sh" ] || { echo "there is no example $name" >&2; exit 1; }
done

said=$(mktemp -d)
declare -A running=()
trap 'for pid in "${!running[@]}"; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$said"' EXIT
skipped=0 failed=0

# Waits until one of them ends.
ended() {
    local pid name exit=0
    wait -n -p pid || exit=$?
    name=${running[$pid]}
    unset "running[$pid]"
    printf '\n== examples/%s: exit code %d after %d s\n' "$name" "$exit" "$SECONDS"
    cat "$said/$name"
    case $exit in
        0) ;;
        3) skipped=3 ;;
        *) failed=1 ;;
    esac
}

for name; do
    [ "${#running[@]}" -lt 3 ] || ended
    "$name/run.sh" >"$said/$name" 2>&1 &
    running[$!]=$name
done
while [ "${#running[@]}" -gt 0 ]; do
    ended
done
[ "$failed" -eq 0 ] || exit 1
exit "$skipped"
