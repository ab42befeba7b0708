"""A process that runs ``divan ledger fsck`` on the log of a test; the test cuts its power at a named point."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import django


def main() -> None:
    """Examine the log in the folder given."""
    django.setup()
    from django.apps import apps  # noqa: PLC0415 (the registry is ready only now)

    from divan.project.commands.examining import fsck  # noqa: PLC0415 (as above)

    folder = Path(sys.argv[1])
    app = apps.get_app_config("ledger")
    app.options = replace(
        app.options, directory=folder / "log", key_file=folder / "log.key", verifier_file=folder / "log.vkey"
    )
    fsck()


if __name__ == "__main__":
    main()
