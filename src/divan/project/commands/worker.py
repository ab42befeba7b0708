"""`divan worker`: the process that does what becomes due."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(worker)


def worker() -> None:
    """Do the duties of the house (sequencer, sealer, clocks, inquiries, messages) until told to stop.

    On SIGUSR1 it writes to standard error what each of its threads does at the moment.
    """
    faulthandler.register(signal.SIGUSR1)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    from divan.foundation.duties import Worker  # noqa: PLC0415 (models are readable only now)
    from divan.project.configuration import read_configuration  # noqa: PLC0415 (as above)
    from divan.project.duties import worker_duties  # noqa: PLC0415 (as above)
    from divan.project.launcher.heartbeat import beat, heartbeat  # noqa: PLC0415 (as above)

    working = Worker(worker_duties())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: working.ask_to_stop())
    beating = threading.Thread(target=beat, args=(heartbeat(read_configuration().data), working.stopping), daemon=True)
    beating.start()
    raise typer.Exit(working.run())
