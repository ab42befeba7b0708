"""Reading what the gateway's processes report of themselves beside their evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATTERN = "state-*.json"
_LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayReport:
    """What one process said; ``at`` is in microseconds since 1970, the rest as the gateway wrote it."""

    at: int
    state: str
    snapshot: int
    providers: tuple[dict[str, Any], ...]
    refusals: tuple[dict[str, Any], ...]


def read_reports(directory: Path) -> Iterator[GatewayReport]:
    """Yield the reports that are there; one that is no report, or is just being replaced, is left out."""
    for path in sorted(directory.glob(PATTERN)):
        try:
            if path.stat().st_size > _LARGEST:
                continue
            told = json.loads(path.read_bytes())
            yield GatewayReport(
                at=int(told["at"]),
                state=str(told["state"]),
                snapshot=int(told["snapshot"]),
                providers=tuple(dict(one) for one in told["providers"]),
                refusals=tuple(dict(one) for one in told["refusals"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue
