"""`divan worker`: the process that does what becomes due."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(worker)


def worker() -> None:
    """Do the duties of the house (sequencer, sealer, clocks, inquiries, messages) until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from divan.foundation.duties import Worker  # noqa: PLC0415 (models are readable only now)
    from divan.project.configuration import read_configuration  # noqa: PLC0415 (as above)
    from divan.project.duties import worker_duties  # noqa: PLC0415 (as above)

    working = Worker(worker_duties())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: working.stop())
    beating = threading.Thread(target=beat, args=(heartbeat(read_configuration().data), working.stopping), daemon=True)
    beating.start()
    raise typer.Exit(working.run())


def heartbeat(data: Path) -> Path:
    """Return the file whose time of change is when the worker was last alive."""
    return data / "run" / "worker.heartbeat"


def beat(file: Path, stopping: threading.Event) -> None:
    """Touch the file each second until told to stop, and remove it then."""
    file.parent.mkdir(parents=True, exist_ok=True)
    while not stopping.is_set():
        file.touch()
        stopping.wait(1.0)
    file.unlink(missing_ok=True)
