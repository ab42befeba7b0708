"""What is spoken of papers that a secretariat gives out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PaperKind(StrEnum):
    """What a paper states: that a letter was registered, or that no number of a register's year is missing."""

    RECEIPT = "receipt"
    PROOF = "proof"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPaper:
    """A paper as it was given out; ``said`` holds what it states by name, days and moments as ISO 8601.

    A receipt says ``number``, ``registered_at``, ``received_by``, ``received_at``, ``pages`` and ``files``, a proof
    ``register``, ``year``, ``last``, ``letters``, ``reserved``, ``void`` and ``gaps``.
    """

    uuid: UUID
    code: str
    kind: PaperKind
    secretariat: UUID
    about: UUID
    said: Mapping[str, object]
    given_at: datetime
