"""All benchmarks, one after another, or those that are named: `python -m benchmarks [NAME …]`.

Each runs with its defaults, which keep it to some minutes at most; `python -m benchmarks.NAME --help` has the options.
"""

import subprocess
import sys

NAMES = (
    "journal",
    "tickets",
    "startup",
    "halls",
    "history",
    "history_stores",
    "archive",
    "records",
    "scale",
    "fanout",
    "feeding",
    "estimate",
)

if unknown := set(sys.argv[1:]) - set(NAMES):
    raise SystemExit(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
for name in sys.argv[1:] or NAMES:
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
