"""What a start loads: nothing that the first answers do not need."""

import os
import subprocess
import sys
from pathlib import Path

SERVE = """
import asyncio, sys, tempfile
from queue_server import app
from queue_server.commands.cli import main
from queue_server.settings import Settings

async def ready(server, address):
    print(*sorted(sys.modules))
    asyncio.get_running_loop().call_soon(asyncio.current_task().cancel)
    await asyncio.sleep(60)

try:
    app.run(Settings(data=sys.argv[1], port=0), started=ready)
except asyncio.CancelledError:
    pass
"""
"""Runs a real server until it answers, and writes what it has imported by then."""

LATER = {"escpos", "usb", "serial", "PIL", "yaml", "barcode", "qrcode", "pyttsx3", "prompt_toolkit", "httpx"}
"""Drivers of printers, which are imported with the first slip, and what only other programs need."""


def loaded(folder: Path) -> tuple[set[str], list[str]]:
    """The top-level modules of a server that is ready, and what its start left in the temporary folder."""
    temporary = folder / "tmp"
    temporary.mkdir()
    run = subprocess.run(
        [sys.executable, "-c", SERVE, str(folder / "data")],
        env=os.environ | {"TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return {name.partition(".")[0] for name in run.stdout.split()}, [path.name for path in temporary.iterdir()]


def test_a_start_loads_no_drivers_of_printers(tmp_path: Path) -> None:
    """They would take a quarter of it, and a hall may have no printer."""
    modules, left = loaded(tmp_path)
    assert {"queue_server", "uvicorn"} <= modules
    assert modules & LATER == set()
    assert left == []
