# What the examples share; sourced by each run.sh. An example has a contract (lockproof.yaml), the findings that are
# known (findings.txt) and perhaps checks of its own (checks/).
#
#   examples/NAME/run.sh                     builds lockproof with cargo
#   LOCKPROOF=target/release/lockproof examples/NAME/run.sh
#   KEEP=1 examples/NAME/run.sh              waits before it stops the edge, so that the reports' lines can be tried
#   INSTALL=1 examples/NAME/run.sh           installs what is missing with apt-get
#   SAVE=FOLDER examples/NAME/run.sh         keeps results.json in a folder
#
# Exit codes: 0 the findings are those written down, 1 they are not, 2 something broke, 3 the edge is not installed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
name=$(basename "$here")
work=$(mktemp -d)
# What is downloaded for an example stays in the build folder.
downloads=${CARGO_TARGET_DIR:-$root/target}/examples/$name
pids=
port=
# The variable in which the contract is told where the edge answers.
address=BOOKSHOP_URL
export PATH="$PATH:/usr/sbin:/usr/local/sbin"

stop() {
    for pid in $pids; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    pids=
}
clean() {
    stop
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Installs a package of the system, where that is possible without asking anybody.
install_package() {
    local sudo=() alone
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        sudo=(sudo -n)
    fi
    # One at a time, where examples run side by side.
    mkdir -p "$downloads"
    exec {alone}>"$downloads/../installing"
    flock "$alone" || true
    "${sudo[@]}" apt-get update -q || return 1
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$1" {alone}>&- ||
        return 1
    # Only the program is wanted: a service that came with it must not stay behind.
    "${sudo[@]}" service "$1" stop >/dev/null 2>&1 || true
    exec {alone}>&-
}

# needs COMMAND PACKAGE
needs() {
    command -v "$1" >/dev/null && return
    [ -n "${INSTALL:-}" ] && install_package "$2" >&2 && command -v "$1" >/dev/null && return
    echo "$1 is not installed; try: apt-get install $2" >&2
    exit 3
}

# Installs the packages of package-lock.json, and lays app.js beside them, where Node.js looks for packages.
install_npm() {
    needs node nodejs
    needs npm npm
    mkdir -p "$downloads"
    if ! cmp -s "$here/package-lock.json" "$downloads/installed"; then
        cp "$here/package.json" "$here/package-lock.json" "$downloads"
        if ! npm ci --prefix "$downloads" --no-audit --no-fund --silent >&2; then
            echo "the packages of examples/$name/package-lock.json cannot be installed here" >&2
            exit 3
        fi
        cp "$here/package-lock.json" "$downloads/installed"
    fi
    cp "$here/app.js" "$downloads"
}

# Installs the packages of requirements.txt.
install_pip() {
    local venv=$downloads/venv
    needs python3 python3
    if ! cmp -s "$here/requirements.txt" "$venv/requirements.txt"; then
        rm -rf "$venv"
        if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"; } >&2; then
            echo "the packages of examples/$name/requirements.txt cannot be installed here" >&2
            exit 3
        fi
        cp "$here/requirements.txt" "$venv"
    fi
    export PYTHONDONTWRITEBYTECODE=1
}

# make_key VARIABLE PREFIX: a key of this run alone, in the environment.
make_key() {
    local text
    text=$(head -c 64 /dev/urandom | base64 | tr -dc 'A-Za-z0-9')
    export "$1=$2_${text:0:32}"
}

# Keys of this run alone, in the environment for lockproof and in one line a client, made by `entry CLIENT KEY`, for
# the edge. The key of a former shop is one whose line has been deleted.
make_keys() {
    local client variable
    for client in shop reader auditor former-shop; do
        variable="LOCKPROOF_KEY_$(echo "$client" | tr 'a-z-' 'A-Z_')"
        make_key "$variable" bk
        [ "$client" = former-shop ] || entry "$client" "${!variable}"
    done
}

# configure_nginx FILE: what stands around a file of conf.d; the paths are this run's own.
configure_nginx() {
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
    include $1;
}
CONF
}

answers() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# start PORT COMMAND...: starts a command in the background, and waits until it answers at the port.
start() {
    local port=$1 pid
    shift
    "$@" >>"$work/edge.log" 2>&1 &
    pid=$!
    pids="$pids $pid"
    for _ in $(seq 100); do
        kill -0 "$pid" 2>/dev/null || return 1
        if answers "$port"; then
            return
        fi
        sleep 0.1
    done
    return 1
}

# serve COMMAND...: `configure PORT` writes what the command reads, for this port and the one behind it. Then whatever
# stands behind the edge is started, and the command, which must answer at the port. Other ports are tried where these are
# taken; the third one steers what stands behind the edge.
serve() {
    for _ in $(seq 10); do
        # Below those that systems give to connections.
        port=$((20000 + RANDOM % 4000 * 3))
        if answers "$port" || answers "$((port + 1))" || answers "$((port + 2))"; then
            continue
        fi
        configure "$port"
        : >"$work/edge.log"
        if start_behind && start "$port" "$@"; then
            export "$address=http://127.0.0.1:$port"
            return
        fi
        stop
    done
    echo "$name did not start:" >&2
    cat "$work/edge.log" >&2
    exit 2
}

# What an edge stands before; nothing, where the edge is the service itself.
start_behind() { :; }
start_bookshop() {
    # Where the contract asks what arrived behind the edge.
    export BOOKSHOP_STEERING="http://127.0.0.1:$((port + 2))"
    start "$((port + 1))" python3 "$root/examples/bookshop.py" "$((port + 1))" "$((port + 2))"
}

# What is asked of lockproof; examples/between.sh asks something else.
ask() {
    "$LOCKPROOF" run --contract lockproof.yaml --allow-effects "$@"
}

# A finding is no reason to stop: 0 and 1 are results.
lockproof_run() {
    local results=$1 exit=0
    shift
    ask --report terminal=- --report "json=$results" "$@" || exit=$?
    if [ "$exit" -gt 1 ]; then
        echo "lockproof ended with exit code $exit" >&2
        exit 2
    fi
}

# `verdict check`, each once, of everything that was not right; of what is inconclusive nothing can be said.
findings() {
    sed -n -E 's/^ *"(check|verdict)": "([a-z0-9_-]+)",?$/\1 \2/p' "$work"/results/*.json |
        awk '$1 == "check" { check = $2 }
             $1 == "verdict" && $2 ~ /^(fail|warn|error)$/ { print $2, check }' |
        sort -u
}

# Whether each line that is printed to reproduce a failure does so.
reproduced() {
    [ -z "${INSTALL:-}" ] || command -v nc >/dev/null || install_package netcat-openbsd >&2 || true
    if command -v python3 >/dev/null && command -v curl >/dev/null && command -v nc >/dev/null; then
        python3 "$root/examples/reproduce.py" "$work"/results/*.json
    else
        echo "SKIPPED: to try the lines that reproduce the failures takes python3, curl and nc"
    fi
}

# The refusals of an edge are frozen without a word about what is volatile, and are the same afterwards.
frozen() {
    local snapshot=("$LOCKPROOF" snapshot --contract lockproof.yaml --allow-effects --quiet --snapshots "$work/snapshots")
    # In CI nothing is written.
    CI= "${snapshot[@]}" --approve >"$work/frozen.txt" || { cat "$work/frozen.txt"; exit 1; }
    if ! CI=true "${snapshot[@]}" >"$work/frozen.txt"; then
        cat "$work/frozen.txt"
        echo "two snapshots of $name are not the same" >&2
        exit 1
    fi
    echo "the refusals are the same again: $(find "$work/snapshots" -name '*.snap' | wc -l) snapshots"
}

# Runs the built-in suite, then this example's own checks, and compares what they find with what is written down.
judge() {
    if [ -z "${LOCKPROOF:-}" ]; then
        cargo build --quiet --locked --manifest-path "$root/Cargo.toml"
        LOCKPROOF=${CARGO_TARGET_DIR:-$root/target}/debug/lockproof
    fi
    LOCKPROOF=$(realpath "$LOCKPROOF")
    export LOCKPROOF
    cd "$here"
    mkdir "$work/results"
    lockproof_run "$work/results/suite.json"
    [ ! -d checks ] || lockproof_run "$work/results/own.json" --scenarios checks
    echo
    if [ -n "${KEEP:-}" ]; then
        env | grep -E "^(LOCKPROOF_KEY_|$address|LISTEN_UPSTREAM)" | sed 's/^/export /'
        echo "$name answers at ${!address} until you press Enter"
        read -r _
    fi
    [ -z "${SAVE:-}" ] || cp "$work"/results/*.json "$SAVE"
    reproduced
    frozen
    findings >"$work/findings.txt"
    if ! diff -u "$here/findings.txt" "$work/findings.txt"; then
        echo "the findings are not those written down in examples/$name/findings.txt: see the difference" >&2
        exit 1
    fi
    echo "the findings are those written down in examples/$name/findings.txt"
}
