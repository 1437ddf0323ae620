#!/usr/bin/env bash
# What a request costs: Lockproof, which judges every answer, beside load generators that judge none.
#
#   benches/peers.sh            ten rounds of five seconds; writes reports/reference/benchmark.md
#   benches/peers.sh --rounds 3 --seconds 2 --out -     a quick look, on standard output
#   INSTALL=1 benches/peers.sh  installs what is missing: wrk, h2load and nginx with apt, oha with cargo
#
# Each round runs every client once, in an order drawn anew, as a whole process on a processor of its own; what counts is
# its time on the processor (user and system) for each completed request, divided by that of wrk in the same round. A peer
# that is not there is left out, and the report says so. Everything stays on loopback.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=10 each=5 out=reports/reference/benchmark.md
usage() {
    echo "usage: benches/peers.sh [--rounds N] [--seconds N] [--out FILE]" >&2
    exit 2
}
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
        --rounds) rounds=$2 ;;
        --seconds) each=$2 ;;
        --out) out=$2 ;;
        *) usage ;;
    esac
    shift 2
done
for number in "$rounds" "$each"; do
    [[ $number =~ ^[1-9][0-9]*$ ]] || usage
done

folder=$(mktemp -d)
started=()
finish() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap finish EXIT

if [ "${INSTALL:-}" = 1 ] && command -v apt-get >/dev/null; then
    for part in wrk:wrk h2load:nghttp2-client nginx:nginx-light; do
        command -v "${part%%:*}" >/dev/null || apt-get install -y -qq "${part##*:}" >/dev/null || true
    done
fi
if [ "${INSTALL:-}" = 1 ] && ! command -v oha >/dev/null; then
    cargo install --locked --quiet oha || true
    PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
fi
if ! command -v wrk >/dev/null; then
    echo "SKIPPED: wrk is not installed, and everything is compared with it (INSTALL=1 installs it)" >&2
    exit 3
fi

cargo build --release --locked --quiet
lockproof=${CARGO_TARGET_DIR:-target}/release/lockproof
bench() { # name
    cargo bench --bench "$1" --locked --no-run --message-format=json 2>/dev/null |
        grep -o "\"executable\":\"[^\"]*/$1-[^\"]*\"" | cut -d'"' -f4 | tail -1
}
responder=$(bench responder)
goose=$(bench goose)

# A port that nobody listens on, below those that the system gives to connections.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 10000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}
await() {
    local tries=0
    until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] || { echo "nothing listens on port $1" >&2; exit 1; }
        sleep 0.05
    done
}

# The server has the first processor, the client the last.
last=$(($(nproc) - 1))
fast=$(free_port)
taskset -c 0 "$responder" "$fast" &
started+=($!)
await "$fast"
plain='' tls=''
if command -v nginx >/dev/null && command -v openssl >/dev/null; then
    plain=$(free_port) tls=$(free_port)
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE \
        -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
    sed "s#@FOLDER@#$folder#; s#@PORT@#$plain#; s#@TLS@#$tls#" benches/peers/nginx.conf >"$folder/nginx.conf"
    taskset -c 0 nginx -c "$folder/nginx.conf" &
    started+=($!)
    await "$plain"
fi

good=bench_good_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G
header="X-API-Key: $good"

# Each prints how many requests were completed; where it runs, and against what, is its arguments.
run_lockproof() { # plan, url
    BENCH_URL=$2 "$lockproof" load "benches/peers/$1.yaml" --contract benches/peers/lockproof.yaml --quiet --threads 1 \
        --duration "${each}s" --max-cpu 100 --out "$folder/load" ${3:+--ca "$3"} >"$folder/said" 2>&1 || return 1
    sed -n 's/^ *"completed": \([0-9]*\),*$/\1/p' "$folder/load/load.json" | head -1
}
run_wrk() { # url, script
    wrk --threads 1 --connections 64 --duration "${each}s" -H "$header" ${2:+--script "$2"} "$1/v1/null" |
        sed -n 's/^ *\([0-9]*\) requests in .*/\1/p'
}
run_h2load() { # url
    h2load --h1 --threads 1 --clients 64 --duration "$each" --warm-up-time 0 -H "$header" "$1/v1/null" |
        sed -n 's/^requests: .* \([0-9]*\) done,.*/\1/p'
}
run_oha() { # url
    oha --no-tui --connections 64 -z "${each}s" --insecure -H "$header" --output-format json "$1/v1/null" |
        grep -o '"200": *[0-9]*' | grep -o '[0-9]*$'
}
run_goose() { # url
    "$goose" "$1" "$each" 2>/dev/null | tail -1
}

# A client's microseconds on the processor for each request: `measure NAME COMMAND...` adds a line to the table.
measure() {
    local name=$1 times completed
    shift
    times=$({ TIMEFORMAT='%U %S'; time taskset -c "$last" bash -c "$(declare -f run_lockproof run_wrk run_h2load run_oha run_goose)
        $(declare -p each folder lockproof goose header)
        $*" >"$folder/completed"; } 2>&1 | tail -1) || { echo "$name failed" >&2; cat "$folder/said" >&2; exit 1; }
    completed=$(cat "$folder/completed")
    [ -n "$completed" ] && [ "$completed" -gt 0 ] || { echo "$name completed nothing" >&2; exit 1; }
    echo "$round $name $(awk -v t="$times" -v n="$completed" 'BEGIN { split(t, p, " "); print (p[1] + p[2]) * 1e6 / n, n }')" \
        >>"$folder/table"
}

settings=fast
[ -z "$plain" ] || settings="fast nginx tls"
runs=()
for setting in $settings; do
    case $setting in
        fast) url=http://127.0.0.1:$fast ca='' ;;
        nginx) url=http://127.0.0.1:$plain ca='' ;;
        tls) url=https://127.0.0.1:$tls ca=$folder/cert.pem ;;
    esac
    runs+=("$setting/wrk run_wrk $url" "$setting/lockproof run_lockproof one $url $ca")
    [ "$setting" = tls ] || runs+=("$setting/lockproof-4-classes run_lockproof four $url")
    [ "$setting" = tls ] || runs+=("$setting/wrk-lua run_wrk $url benches/peers/mixed.lua")
    [ "$setting" = tls ] || runs+=("$setting/goose run_goose $url")
    ! command -v h2load >/dev/null || [ "$setting" = tls ] || runs+=("$setting/h2load run_h2load $url")
    ! command -v oha >/dev/null || runs+=("$setting/oha run_oha $url")
done

for round in $(seq "$rounds"); do
    echo "round $round of $rounds" >&2
    while read -r run; do
        # shellcheck disable=SC2086
        measure $run
    done < <(printf '%s\n' "${runs[@]}" | shuf)
done

# The median of the ratios of the same round, with the range.
report() {
    echo "# What a request costs"
    echo
    echo "Time on the processor (user and system, the whole process) for each completed request, as a multiple of wrk's in"
    echo "the same round: the median, and the range. Lockproof judges every answer; wrk, h2load and oha judge none, goose"
    echo "and wrk with Lua can only ask whether a status is one of several. 64 connections, one thread, HTTP/1.1."
    echo
    echo "Written by \`benches/peers.sh\`: $rounds rounds of $each s each, in an order drawn for each round; the server on one"
    echo "processor, the client on another. Times of one machine say nothing about another: the ratios are what counts."
    echo
    echo "- machine: $(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(uname -sr)"
    echo "- lockproof $("$lockproof" --version | cut -d' ' -f2), $(wrk -v 2>&1 | head -1 | cut -d' ' -f1-2)$(
        ! command -v h2load >/dev/null || printf ', %s' "$(h2load --version)"
    )$(! command -v oha >/dev/null || printf ', %s' "$(oha --version)")$(
        [ -z "$plain" ] || printf ', %s' "$(nginx -v 2>&1 | cut -d' ' -f3)"
    )"
    for peer in h2load oha nginx; do
        command -v "$peer" >/dev/null || echo "- left out, because it is not installed: $peer"
    done
    echo
    echo "The last column is what Lockproof takes beside that client in the same round, four classes of keys mixed where"
    echo "there is no TLS: the median, and the range."
    echo
    echo "| server | client | x wrk | range | rounds | lockproof x client |"
    echo "|---|---|---|---|---|---|"
    awk '{
        split($2, part, "/"); cost[$1, part[1], part[2]] = $3; clients[part[1] "/" part[2]] = 1
        if ($1 > rounds) rounds = $1
    } END {
        for (name in clients) {
            split(name, part, "/")
            own = (part[1] "/lockproof-4-classes") in clients ? "lockproof-4-classes" : "lockproof"
            for (r = 1; r <= rounds; r++) {
                to_wrk[r] = cost[r, part[1], part[2]] / cost[r, part[1], "wrk"]
                of_own[r] = cost[r, part[1], own] / cost[r, part[1], part[2]]
            }
            printf "| %s | %s | %.2f | %.2f-%.2f | %d |", part[1], part[2], sorted(to_wrk), to_wrk[1], to_wrk[rounds], rounds
            printf " %.2f (%.2f-%.2f) |\n", sorted(of_own), of_own[1], of_own[rounds]
        }
    }
    # Puts them in order; the one in the middle.
    function sorted(all,    i, j, v) {
        for (i = 2; i <= rounds; i++) { v = all[i]; for (j = i - 1; j > 0 && all[j] > v; j--) all[j + 1] = all[j]; all[j + 1] = v }
        return rounds % 2 ? all[(rounds + 1) / 2] : (all[rounds / 2] + all[rounds / 2 + 1]) / 2
    }' "$folder/table" | sort
    echo
    echo "\`fast\` is \`benches/responder.rs\`, \`nginx\` one worker that answers from memory, \`tls\` the same over TLS 1.3."
}
if [ "$out" = - ]; then report; else report >"$out"; echo "written: $out" >&2; fi
