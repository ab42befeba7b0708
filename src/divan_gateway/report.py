"""What the house's console must know of a gateway and the evidence does not say: its state, ill providers, refusals.

A worker writes a small file beside its evidence once a second. Nothing in it names a person: of a refused call it keeps
the code, and consumer and service only where the snapshot knows them, for what a client states is anybody's word.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PREFIX, SUFFIX = "state-", ".json"
KEPT_MINUTES = 60
MOST_LINES = 2000
_REST = ("", "", "")
_MINUTE = 60_000_000

logger = logging.getLogger(__name__)


class Report:
    """The report of one worker; moments are microseconds since 1970."""

    def __init__(self, directory: Path, worker: int) -> None:
        self._file = directory / f"{PREFIX}{worker}{SUFFIX}"
        self._refusals: dict[int, Counter[tuple[str, str, str]]] = {}
        self._lines = 0

    def refused(self, code: str, client: str, service: str, at: int) -> None:
        """Note a call that was refused before anything of it was recorded; too many kinds are counted together."""
        minute = self._refusals.setdefault(at // _MINUTE, Counter())
        key = (code, client, service)
        if key not in minute:
            if self._lines >= MOST_LINES:
                key = _REST
            self._lines += 1
        minute[key] += 1

    def write(self, state: Mapping[str, Any], providers: Iterable[Mapping[str, Any]], at: int) -> None:
        """Write the file anew, whole or not at all; where that cannot be, the console sees that it grows old."""
        self._forget(at // _MINUTE - KEPT_MINUTES)
        document = {
            "at": at,
            "pid": os.getpid(),
            **state,
            "providers": list(providers),
            "refusals": [
                {"minute": minute * 60, "code": code, "client": client, "service": service, "count": count}
                for minute, counted in sorted(self._refusals.items())
                for (code, client, service), count in sorted(counted.items())
            ],
        }
        beside = self._file.with_suffix(".new")
        try:
            beside.write_text(json.dumps(document, separators=(",", ":")), "utf-8")
            beside.replace(self._file)
        except OSError as error:
            # A full disk is told by the journal; a report is no reason to stop.
            logger.debug("the report %s was not written: %s", self._file, error)

    def _forget(self, before: int) -> None:
        for minute in [one for one in self._refusals if one < before]:
            self._lines -= len(self._refusals.pop(minute))

    def remove(self) -> None:
        """Take the file away: this worker ends in order."""
        with contextlib.suppress(OSError):
            self._file.unlink()
