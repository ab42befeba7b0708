"""What to change about each fault: a sentence in Persian and in English for every code of lint and of loading."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from divan_libs.servicepack.faults import Fault
from divan_libs.servicepack.strict_yaml import read_yaml

SENTENCES = "advice.yaml"


def advice(code: str, language: str = "fa") -> str:
    """Return what to change about a fault of this code, in Persian or English.

    :raises KeyError: for a code that is none of lint's; a test demands a sentence for each of them.
    """
    return _sentences()[code]["en" if language == "en" else "fa"]


def advised_codes() -> list[str]:
    """Return every code of lint and of loading, in order."""
    return sorted(_sentences())


def advised(fault: Fault, language: str = "fa") -> str:
    """Return a fault with its place, its data and, on a line of its own, what to change."""
    return f"{fault}\n    → {advice(fault.code, language)}"


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    document, faults = read_yaml(Path(__file__).with_name(SENTENCES).read_text("utf-8"), SENTENCES)
    if faults:
        raise ValueError(str(faults[0]))
    sentences: Mapping[str, Mapping[str, str]] = document.value
    return sentences
