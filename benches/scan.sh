#!/usr/bin/env bash
# What a scan costs and whether it raises false alarms: Lockproof beside ripgrep, which looks for the same keys in the same
# files.
#
#   benches/scan.sh [FOLDER...]      five rounds; writes reports/reference/scan.md
#   ROUNDS=2 OUT=- benches/scan.sh   a quick look, on standard output
#   INSTALL=1 benches/scan.sh        installs ripgrep with apt where it is missing
#   LOCKPROOF=PROGRAM ...            instead of one that is built first
#
# The corpus are packages of this machine's package managers (system libraries, sources of crates, Python and node
# modules): copied, archives and links left out, so that both programs read the same bytes, up to LIMIT megabytes. It holds none of
# the keys of the reference contract. ripgrep looks for every key as it is, reversed, in hexadecimal, in base64 at its three
# places, percent-encoded, and for its digest: fixed texts, in any letter case. Lockproof looks for these and for its other forms, in
# pieces and in UTF-16 too. Both may use every processor. What counts is the ratio within a round.
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${ROUNDS:-5}
limit=${LIMIT:-600}
out=${OUT:-reports/reference/scan.md}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! command -v rg >/dev/null && [ "${INSTALL:-}" = 1 ] && command -v apt-get >/dev/null; then
    apt-get install -y -qq ripgrep >/dev/null || true
fi
if ! command -v rg >/dev/null; then
    echo "SKIPPED: ripgrep is not installed, and the scan is compared with it (INSTALL=1 installs it)" >&2
    exit 3
fi

if [ -z "${LOCKPROOF:-}" ]; then
    cargo build --release --locked --quiet
    LOCKPROOF=${CARGO_TARGET_DIR:-target}/release/lockproof
fi
lockproof=$(realpath "$LOCKPROOF")
cp fixtures/reference/lockproof.yaml "$work"
cp -r fixtures/reference/requests "$work"

# The corpus: an equal share from each folder that is there.
folders=("$@")
if [ ${#folders[@]} = 0 ]; then
    for folder in /usr/lib/x86_64-linux-gnu /usr/lib/aarch64-linux-gnu "${CARGO_HOME:-$HOME/.cargo}/registry/src" \
        /usr/lib/python3 /usr/share "$(command -v npm >/dev/null && npm root -g 2>/dev/null)"; do
        [ -n "$folder" ] && [ -d "$folder" ] && folders+=("$folder")
    done
fi
share=$((limit * 1000000 / ${#folders[@]}))
mkdir "$work/corpus"
number=0
for folder in "${folders[@]}"; do
    number=$((number + 1))
    # What one program unfolds and the other does not would not be the same bytes.
    find "$folder" -xdev -type f -size -64M ! -name '*.gz' ! -name '*.zip' ! -name '*.jar' ! -name '*.whl' ! -name '*.xz' \
        ! -name '*.zst' ! -name '*.bz2' ! -name '*.7z' ! -name '*.tgz' ! -name '*.tar' ! -name '*.crate' -printf '%s %p\0' 2>/dev/null |
        LC_ALL=C sort -z -k2 |
        awk -v RS='\0' -v ORS='\0' -v left="$share" '{ size = $1; sub(/^[0-9]+ /, ""); if (size <= left) { left -= size; print } }' |
        (cd "$folder" && tar --create --null --files-from=- --absolute-names --transform "s,^,$number/," --file=- 2>/dev/null || true) |
        tar --extract --directory "$work/corpus" --no-same-owner --file=- 2>/dev/null || true
done
bytes=$(find "$work/corpus" -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum }')
files=$(find "$work/corpus" -type f | wc -l)

python3 - "$work" <<'END'
import base64, hashlib, re, sys
work = sys.argv[1]
patterns = set()
for key in re.findall(r"fixture: ([A-Za-z0-9_]+)", open(f"{work}/lockproof.yaml").read()):
    raw = key.encode()
    patterns |= {key, key[::-1], raw.hex(), hashlib.sha256(raw).hexdigest(), "".join("%%%02x" % byte for byte in raw)}
    for other in (None, b"-_"):
        patterns.add(base64.b64encode(hashlib.sha256(raw).digest(), other).decode().rstrip("="))
        for shift in range(3):
            text = base64.b64encode(b"\0" * shift + raw, other).decode()
            patterns.add(text[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6])
open(f"{work}/patterns", "w").write("\n".join(sorted(patterns)) + "\n")
END

seconds() { # the command's wall clock; its exit code must be the one that was expected
    local expected=$1 began ended code=0
    shift
    began=$(date +%s.%N)
    "$@" >"$work/said" 2>&1 || code=$?
    ended=$(date +%s.%N)
    if [ "$code" != "$expected" ]; then
        echo "exit $code instead of $expected: $*" >&2
        tail -n 40 "$work/said" >&2
        exit 1
    fi
    echo "$ended $began" | awk '{ printf "%.3f", $1 - $2 }'
}
scan() { (cd "$work" && "$lockproof" scan corpus --quiet); }
search() { rg -uuu --text --ignore-case --count --fixed-strings --file "$work/patterns" "$work/corpus"; }

# Neither finds anything; and what both find where a key is planted.
seconds 0 scan >/dev/null
seconds 1 search >/dev/null
key=$(grep -o 'fixture: [A-Za-z0-9_]*' "$work/lockproof.yaml" | head -1 | cut -d' ' -f2)
printf '%s' "$key" | base64 >"$work/corpus/planted"
seconds 1 scan >/dev/null
seconds 0 search >/dev/null
rm "$work/corpus/planted"

rows=""
for round in $(seq "$rounds"); do
    if [ $((round % 2)) = 0 ]; then ours=$(seconds 0 scan); theirs=$(seconds 1 search); else theirs=$(seconds 1 search); ours=$(seconds 0 scan); fi
    rows+="$round $ours $theirs"$'\n'
done

report() {
    local mega=$((bytes / 1000000))
    cat <<END
# What a scan costs

\`benches/scan.sh\`, on $(nproc) processors: $files files of $mega MB, packages of this machine's package managers, none of
which holds a key of the reference contract. Lockproof found none (exit 0), and found one that was planted (exit 1); so did
$(rg --version | head -1), which looked for $(wc -l <"$work/patterns") fixed texts in any letter case.

| round | Lockproof | ripgrep | times ripgrep's speed |
|---|---|---|---|
END
    printf '%s' "$rows" | awk -v mega="$mega" '{ printf "| %d | %.2f s, %d MB/s | %.2f s, %d MB/s | %.2f |\n", $1, $2, mega / $2, $3, mega / $3, $3 / $2 }'
    echo
    printf '%s' "$rows" | awk '{ print $3 / $2 }' | sort -n |
        awk '{ all[NR] = $1 } END { printf "Median: %.2f times the speed of ripgrep. The bar is 0.5.\n", all[int((NR + 1) / 2)] }'
}
if [ "$out" = - ]; then report; else report >"$out"; echo "$out"; fi
report | awk '/^Median/ { exit ($2 + 0 >= 0.5) ? 0 : 1 }'
