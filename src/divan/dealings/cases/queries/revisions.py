"""Which answers somebody saw before changing them."""

from __future__ import annotations

from collections.abc import Mapping

from divan.foundation.canonical import digest


def revision_of(answers: Mapping[str, object]) -> str:
    """Return the name of exactly these answers; two who changed the same revision would overwrite each other."""
    return digest(answers).hex()[:32]
