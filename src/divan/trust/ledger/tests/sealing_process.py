"""A process that seals until nothing is left, or asks the witnesses; a test cuts its power at a named point."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import django


def main() -> None:
    """Seal in the folder given, until nothing is left; with ``witnesses`` ask them once instead."""
    django.setup()
    from django.apps import apps  # noqa: PLC0415 (the registry is ready only now)

    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.trust.ledger import actions, jobs  # noqa: PLC0415 (as above)
    from divan.trust.ledger.apps import LedgerApp, LedgerOptions  # noqa: PLC0415 (as above)

    folder = Path(sys.argv[1])
    app = apps.get_app_config("ledger")
    assert isinstance(app, LedgerApp)
    app.options = LedgerOptions(
        directory=folder / "log",
        key_file=folder / "keys" / "log.key",
        verifier_file=folder / "trust" / "log.vkey",
        policy_file=folder / "trust" / "log.policy",
        origin="log.divan.test",
    )
    if sys.argv[2:] == ["witnesses"]:
        jobs.Cosigning().look(datetime.now(UTC))
        return
    while actions.seal_batch(actor=SYSTEM, now=datetime.now(UTC)):
        pass


if __name__ == "__main__":
    main()
