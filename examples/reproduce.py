#!/usr/bin/env python3
"""Runs every line that results.json prints to reproduce a failure of a must, and compares the statuses that it sees with
those that the report shows. Usage: reproduce.py RESULTS..., in the folder of the contract, the keys in the environment."""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def reported(case):
    """The statuses of a report, interim ones included where it has them."""
    exchange = case["exchange"]
    conversation = exchange.get("conversation")
    if conversation is None:
        return [exchange["received"]["status"]] if exchange.get("received") else []
    answers = conversation["answers"]
    return [status for answer in answers for status in [*answer["interim"], answer["received"]["status"]]]


def seen(case):
    """The statuses that the line gets."""
    line = case["reproduce"]
    if is_own(line):
        return reported(case) if again(line) else []
    done = subprocess.run(["sh", "-c", line], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    statuses = [int(status) for status in re.findall(rb"HTTP/[\d.]+ (\d{3})", done.stdout)]
    # An ordinary client says nothing of interim answers.
    return statuses if case["exchange"].get("conversation") else [status for status in statuses if status >= 200]


# How lockproof is asked again; what `between` needs to know besides is in the environment.
OWN = {
    "lockproof run ": "run",
    "lockproof between ": 'between --backend "$BACKEND_URL" --listen-upstream "$LISTEN_UPSTREAM"',
}


def is_own(line):
    return line.startswith(tuple(OWN))


def again(line):
    """Whether a case fails once more that no other program can send."""
    asked, how = next((asked, how) for asked, how in OWN.items() if line.startswith(asked))
    own = f'"$LOCKPROOF" {how} --contract lockproof.yaml --allow-effects --quiet --report json=- {line[len(asked):]}'
    done = subprocess.run(["sh", "-c", own], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    return any(case["verdict"] == "fail" for case in json.loads(done.stdout)["cases"])


def is_reproduced(case, statuses):
    """Whether every request got the same. A surplus answer may take an end of what is sent, and the line ends later."""
    expected = reported(case)
    requests = (case["exchange"].get("conversation") or {}).get("requests", len(expected))
    return statuses == expected[: len(statuses)] and len(statuses) >= min(requests, len(expected))


def main(files):
    cases = [case for file in files for case in json.load(open(file))["cases"]]
    failed = [case for case in cases if case["verdict"] == "fail"]
    # What only lockproof can send may steer the target and ask what arrived there: it goes alone, behind the others.
    others_send = [case for case in failed if not is_own(case["reproduce"])]
    with ThreadPoolExecutor(8) as pool:
        statuses = dict(zip(map(id, others_send), pool.map(seen, others_send)))
    found = [statuses[id(case)] if id(case) in statuses else seen(case) for case in failed]
    others = [(case, statuses) for case, statuses in zip(failed, found) if not is_reproduced(case, statuses)]
    for case, statuses in others:
        print(f"{case['id']}: {statuses} where the report has {reported(case)}\n  {case['reproduce']}", file=sys.stderr)
    print(f"{len(failed) - len(others)} of {len(failed)} failures are reproduced by the lines that the reports print")
    return 1 if others else 0


sys.exit(main(sys.argv[1:]))
