"""All benchmarks, one after another: `python -m benchmarks`."""

import subprocess
import sys

for name in ("journal", "tickets", "startup", "halls", "history", "fanout", "feeding", "estimate"):
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
