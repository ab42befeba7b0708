"""How long `make up` takes until everything answers: cold in a fresh clone without caches, and warm a second time.

The clone is of the last commit. Cold means no virtual environment, no built front end, no database, and empty caches of
uv, pip and npm; what the network gives is part of it. ``--quick`` measures the warm start alone, in this checkout's
environment.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from bench.rig.house import ROOT, free_port, machine
from rich.console import Console
from rich.table import Table

PATIENCE = 600.0


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the warm start alone")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="divan-bench-start-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        figures = warm(folder) if options.quick else cold_and_warm(folder)
    report(figures)
    if options.json:
        print(json.dumps(figures))


def cold_and_warm(folder: Path) -> dict[str, float]:
    """Clone, start cold, stop, start warm; return the seconds."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    caches = {name: str(folder / name) for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR", "npm_config_cache")}
    environment = os.environ | caches | {"PORT": str(free_port())}
    try:
        cold = seconds(["make", "up"], clone, environment, folder / "cold.log")
        return {"cold_seconds": cold, "warm_seconds": seconds(["make", "up"], clone, environment, folder / "warm.log")}
    finally:
        subprocess.run(["make", "reset", "ARGS=--yes"], cwd=clone, env=environment, check=False, capture_output=True)


def warm(folder: Path) -> dict[str, float]:
    """Start once in a data folder of its own so that a second start is warm; return the seconds of the second."""
    environment = os.environ | {"PORT": str(free_port()), "DIVAN_DATA": str(folder / "var")}
    command = [str(ROOT / ".venv" / "bin" / "divan"), "up"]
    try:
        seconds(command, ROOT, environment, folder / "first.log")
        return {"warm_seconds": seconds(command, ROOT, environment, folder / "warm.log")}
    finally:
        subprocess.run([command[0], "reset", "--yes"], cwd=ROOT, env=environment, check=False, capture_output=True)
        shutil.rmtree(folder / "var", ignore_errors=True)


def seconds(command: list[str], folder: Path, environment: dict[str, str], log: Path) -> float:
    """Return the seconds from the command to the line that everything answers; then stop it as Ctrl-C does."""
    begun = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        while b"Divan answers" not in log.read_bytes():
            if process.poll() is not None or time.monotonic() - begun > PATIENCE:
                raise SystemExit(f"it did not start: {log.read_text(errors='replace')[-800:]}")
            time.sleep(0.05)
        taken = round(time.monotonic() - begun, 1)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
    return taken


def report(figures: dict[str, float]) -> None:
    """Print the figures as a table."""
    console = Console()
    console.print(machine())
    table = Table("start", "seconds")
    for name, value in figures.items():
        table.add_row(name.removesuffix("_seconds"), f"{value:.1f}")
    console.print(table)


if __name__ == "__main__":
    main()
