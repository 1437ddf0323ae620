#!/usr/bin/env python3
"""Issues and revokes keys of a map with one line a key, as an operator would by hand. The key comes from standard input.

Usage: keys.py FILE issue NAME, or keys.py FILE revoke"""

import fcntl
import os
import sys

file, *what = sys.argv[1:]
key = sys.stdin.read().strip()
with open(f"{file}.lock", "w") as lock:
    # Tests may issue several at a time.
    fcntl.flock(lock, fcntl.LOCK_EX)
    with open(file) as old:
        lines = [line for line in old if line.split()[0] != key]
    if what[0] == "issue":
        lines.append(f"{key} {what[1]}\n")
    # Whoever reads meanwhile gets the old file or the new one, whole.
    with open(f"{file}.new", "w") as new:
        new.writelines(lines)
    os.chmod(f"{file}.new", os.stat(file).st_mode)
    os.replace(f"{file}.new", file)
