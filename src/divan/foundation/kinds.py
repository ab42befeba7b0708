"""Kinds of facts, declared by the contexts as constants and listed in the reference documentation."""

from __future__ import annotations

from dataclasses import dataclass

FACT_KINDS: dict[str, FactKind] = {}


@dataclass(frozen=True, slots=True)
class FactKind:
    """A kind of fact: its stable code and what it means.

    ``erases``: it says that personal data left its subject; then nobody is to link what was sealed about it before.
    """

    code: str
    meaning: str
    erases: bool = False

    def __post_init__(self) -> None:
        if FACT_KINDS.setdefault(self.code, self) != self:
            raise ValueError(f"fact kind declared twice: {self.code}")

    def __str__(self) -> str:
        return self.code
