"""A process of its own on the test's database: how it finds the database, and when the power cut is over there too."""

from __future__ import annotations

from urllib.parse import quote

from django.db import connection
from tests.waiting import wait_for


def database_url() -> str:
    """Return the address of the test's database, as ``DIVAN_DATABASE_URL`` takes it."""
    known = connection.settings_dict
    parts = (known["USER"], known["PASSWORD"], known["HOST"], known["PORT"], known["NAME"])
    user, password, host, port, name = (quote(str(part or ""), safe="") for part in parts)
    return f"postgresql://{user}:{password}@{host}{f':{port}' if port else ''}/{name}"


def await_released() -> None:
    """Wait until the database has noticed that every other process left it.

    A killed client's server process rolls back and lets its locks go only when it reads from the broken connection,
    some milliseconds after the client is dead; who looks for unlocked rows before that finds none.

    :raises AssertionError: when another connection is still there at the end of the patience.
    """
    wait_for(lambda: not _others(), otherwise=lambda: f"{_others()} other connections are still open", every=0.005)


def _others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
