"""Stopping where going on could make a second history, and what must be on the disk before anything goes out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from divan.foundation.duties import FatalTrouble
from divan.trust.ledger.values import WAYS_ON, Doubt
from divan_libs.tlog.errors import TlogError


class HistoryDoubtful(FatalTrouble):
    """What is stored, published or signed does not fit together: sealing stops, and nothing is written over.

    The message says what, with the details, and on its second line how to go on.
    """

    def __init__(self, doubt: Doubt, **details: object) -> None:
        self.code = str(doubt)
        self.details = details
        said = " ".join([self.code, *(f"{name}={value}" for name, value in details.items())])
        super().__init__(f"{said}\n{WAYS_ON[doubt]}")


@contextmanager
def doubting() -> Iterator[None]:
    """Stop on whatever files and proofs do not hold inside."""
    try:
        yield
    except TlogError as error:
        raise HistoryDoubtful(Doubt.FILES_ALTERED, reason=error) from error


def commit_at_once() -> None:
    """Have this commit on the disk when it returns, whatever the server is set to: files follow that rely on it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO on")
