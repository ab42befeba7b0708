"""The words that letters carry for urgency, secrecy, relation and receiving, and how they are recognised.

Programs write them with Arabic letters, with or without ZWNJ and spaces, and give codes of their own; the name is
what people meant, so the name is read first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from divan_libs.ece.values import ClassificationLevel, PriorityLevel, ReceiveType, RelationKind
from divan_libs.persian.text import latin_digits, normalize

Meaning = TypeVar("Meaning")

PRIORITY_WRITTEN: Mapping[PriorityLevel, tuple[str, str]] = {
    PriorityLevel.NORMAL: ("عادی", "1"),
    PriorityLevel.URGENT: ("فوری", "2"),
    PriorityLevel.IMMEDIATE: ("خیلی فوری", "3"),
}
"""The name and the code that are written for each urgency."""

CLASSIFICATION_WRITTEN: Mapping[ClassificationLevel, tuple[str, str]] = {
    ClassificationLevel.NORMAL: ("عادی", "1"),
    ClassificationLevel.CONFIDENTIAL: ("محرمانه", "2"),
    ClassificationLevel.HIGHLY_CONFIDENTIAL: ("خیلی محرمانه", "3"),
}
"""The same for secrecy. What is secret (سری) has never been seen in this exchange, and is not written."""

RELATION_WRITTEN: Mapping[RelationKind, tuple[str, str]] = {
    RelationKind.REPLY: ("عطف", "0"),
    RelationKind.FOLLOW_UP: ("پیرو", "1"),
}

_PRIORITIES = {
    "عادی": PriorityLevel.NORMAL,
    "معمولی": PriorityLevel.NORMAL,
    "فوری": PriorityLevel.URGENT,
    "خیلی فوری": PriorityLevel.IMMEDIATE,
    "آنی": PriorityLevel.IMMEDIATE,
}
_CLASSIFICATIONS = {
    "عمومی": ClassificationLevel.NORMAL,
    "عادی": ClassificationLevel.NORMAL,
    "محرمانه": ClassificationLevel.CONFIDENTIAL,
    "خیلی محرمانه": ClassificationLevel.HIGHLY_CONFIDENTIAL,
    "سری": ClassificationLevel.SECRET,
    "به کلی سری": ClassificationLevel.TOP_SECRET,
    "بکلی سری": ClassificationLevel.TOP_SECRET,
}
_RELATIONS = {
    "عطف": RelationKind.REPLY,
    "عطف به": RelationKind.REPLY,
    "پیرو": RelationKind.FOLLOW_UP,
    "در پیرو": RelationKind.FOLLOW_UP,
}
# A referral asks the receiver to act, as a letter to the main addressee does.
_RECEIVE_TYPES = {
    "origin": ReceiveType.MAIN,
    "copy": ReceiveType.COPY,
    "اصل": ReceiveType.MAIN,
    "رونوشت": ReceiveType.COPY,
    "ارجاع": ReceiveType.MAIN,
    "ارجاء": ReceiveType.MAIN,
}
_EMPTY_PAGE = "متن خالی"


def folded(word: str) -> str:
    """Return a word as it is compared: one form of each letter, no ZWNJ, no space, no trailing semicolon."""
    plain = latin_digits(normalize(word)).casefold().rstrip("; ")
    return plain.replace("\u200c", "").replace(" ", "")


def _folded_keys(words: Mapping[str, Meaning]) -> dict[str, Meaning]:
    return {folded(word): meaning for word, meaning in words.items()}


PRIORITY_BY_NAME = _folded_keys(_PRIORITIES)
CLASSIFICATION_BY_NAME = _folded_keys(_CLASSIFICATIONS)
RELATION_BY_NAME = _folded_keys(_RELATIONS)
RECEIVE_TYPE_BY_NAME = _folded_keys(_RECEIVE_TYPES)

PRIORITY_BY_CODE = {code: level for level, (_, code) in PRIORITY_WRITTEN.items()}
CLASSIFICATION_BY_CODE = {code: level for level, (_, code) in CLASSIFICATION_WRITTEN.items()}
RELATION_BY_CODE = {code: kind for kind, (_, code) in RELATION_WRITTEN.items()}


def is_empty_page(description: str) -> bool:
    """Tell whether a description is the one that is given to a page made because a letter has no body."""
    return folded(description) == folded(_EMPTY_PAGE)
