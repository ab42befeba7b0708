"""A process that issues what is ready; a test cuts its power at a named point."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import django


def main() -> None:
    """Issue with the keys in the folder given, at the time given."""
    django.setup()
    from django.apps import apps  # noqa: PLC0415 (the registry is ready only now)

    from divan.trust.signing import jobs  # noqa: PLC0415 (as above)
    from divan.trust.signing.apps import SigningApp  # noqa: PLC0415 (as above)

    folder = Path(sys.argv[1])
    app = apps.get_app_config("signing")
    assert isinstance(app, SigningApp)
    app.options = replace(app.options, key_directory=folder / "keys", trust_directory=folder / "trust")
    jobs.issue_documents(datetime.fromisoformat(sys.argv[2]))


if __name__ == "__main__":
    main()
