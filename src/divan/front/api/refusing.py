"""Which refusals an operation may answer with, for its description."""

from __future__ import annotations

from typing import Any

from divan.foundation.errors import Refusal

KEY = "x-refusals"
"""Where a description keeps the codes, beside what OpenAPI knows."""


def refuses(*refusals: type[Refusal]) -> dict[str, Any]:
    """Return what a description says of the refusals of an operation: their stable codes."""
    return {KEY: sorted({one.code for one in refusals})}
