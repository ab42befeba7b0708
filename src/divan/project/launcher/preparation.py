"""What must be true before the processes start: schema, static files, demo province. Runs as a process of its own.

``python -m divan.project.launcher.preparation FD`` writes one JSON object a line to the open file
descriptor: steps as they end, errors that stop nothing, and at last the people one can be. All else goes to the log.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from divan.project.configuration import Configuration


def prepare(report: IO[str]) -> None:
    """Do each step that is not done yet, and report it."""
    import django  # noqa: PLC0415 (this module is also read without Django set up)

    begun = time.monotonic()
    django.setup()
    from django.conf import settings  # noqa: PLC0415 (readable only now)

    configuration: Configuration = settings.DIVAN
    logging.getLogger().addHandler(_Teller(report))
    steps: dict[str, Callable[[], str]] = {"schema": _migrate, "static files": lambda: _collect_static(configuration)}
    if configuration.rehearsal:
        steps["demo province"] = lambda: _load_demo(configuration)
    for name, step in steps.items():
        _tell(report, {"begin": name})
        done = step()
        _tell(report, {"step": name, "done": done, "seconds": time.monotonic() - begun})
        begun = time.monotonic()
    if configuration.rehearsal:
        _tell(report, {"people": _people()})


class _Teller(logging.Handler):
    """Tells whoever watches what went wrong without stopping the start: nobody opens the log of one that worked."""

    def __init__(self, report: IO[str]) -> None:
        super().__init__(logging.ERROR)
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one error."""
        _tell(self._report, {"trouble": record.getMessage()})


def _tell(report: IO[str], message: Mapping[str, Any]) -> None:
    report.write(json.dumps(message, ensure_ascii=False) + "\n")
    report.flush()


def _migrate() -> str:
    from django.core.management import call_command  # noqa: PLC0415 (readable only after setup)
    from django.db import connection  # noqa: PLC0415 (as above)
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 (as above)

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return "up to date"
    call_command("migrate", interactive=False)
    return f"{len(plan)} migrations"


def _collect_static(configuration: Configuration) -> str:
    """Collect static files when any of them changed since the last time; compressing them all takes seconds."""
    from django.conf import settings  # noqa: PLC0415 (readable only after setup)
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415 (as above)
    from django.core.management import call_command  # noqa: PLC0415 (as above)

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    mark = configuration.data / "run" / "static.digest"
    collected = Path(settings.STATIC_ROOT, "staticfiles.json").exists()
    if collected and mark.exists() and mark.read_text() == digest.hexdigest():
        return "unchanged"
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    mark.write_text(digest.hexdigest())
    return "collected"


def _load_demo(configuration: Configuration) -> str:
    """Load the demo once. The mark goes with the embedded database; loading twice must be harmless anyway."""
    from divan.project.demo import loading as demo  # noqa: PLC0415 (readable only after setup)

    mark = configuration.data / "pg" / "demo-loaded"
    if not configuration.database_url and mark.exists():
        return "loaded before"
    demo.load()
    if not configuration.database_url:
        mark.write_text("")
    return "loaded"


def _people() -> list[list[str]]:
    """Return the people one can be: what is told of each in the first row, then a row each."""
    from divan.project.demo import loading as demo  # noqa: PLC0415 (readable only after setup)

    names = [known.name for known in dataclasses.fields(demo.DemoPerson)]
    return [names, *([str(getattr(person, name)) for name in names] for person in demo.people())]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    with os.fdopen(int(sys.argv[1]), "w", encoding="utf-8") as stream:
        prepare(stream)
