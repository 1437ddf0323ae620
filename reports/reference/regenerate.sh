#!/usr/bin/env bash
# Brings the committed evidence up to date: the reports of the reference run, in every format.
#
#   reports/reference/regenerate.sh             the reports
#   LOAD=1 reports/reference/regenerate.sh      a load as well, measured on this machine while it does nothing else
#   PROVE=1 reports/reference/regenerate.sh     the defect matrix as well, which takes long
#   BENCH=1 reports/reference/regenerate.sh     the comparisons with other programs as well, on a machine that does nothing else
#   ALL=1 reports/reference/regenerate.sh       all of that
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ -n "${LOAD:-${ALL:-}}" ]; then
    cargo build --release --locked
    work=${CARGO_TARGET_DIR:-target}/reference
    "${CARGO_TARGET_DIR:-target}/release/lockproof" load --seed 42 --quiet --max-lag 50ms --out "$work"
    export REGENERATE_LOAD=$work/load.json
fi
if [ -n "${PROVE:-${ALL:-}}" ]; then
    cargo run --release --locked -- prove --seeds 1000 --slow \
        --report json=reports/reference/defect-matrix.json --report markdown=reports/reference/defect-matrix.md
fi
if [ -n "${BENCH:-${ALL:-}}" ]; then
    benches/peers.sh
    benches/scan.sh
fi
REGENERATE=1 cargo test --locked --test reference
