"""A new service: a small folder that may be published as it is, to be written on by an author."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from divan_libs.servicepack.faults import FolderExists

CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SHAPES = Path(__file__).parent
_REASONS = "  reasons: {{{code}: {words}}}\n"


class NewKind(StrEnum):
    """What kind of service is begun."""

    EXECUTABLE = "executable"
    CARD = "card"
    HAND_OFF = "hand-off"


class CodeRefused(Exception):
    """A service cannot bear this code: Latin small letters, digits and single dashes, sixty at most."""

    code = "package.code-refused"

    def __init__(self, given: str) -> None:
        self.given = given
        super().__init__(given)


def files_of_new(code: str, kind: NewKind, body: str) -> dict[str, str]:
    """Return the files of a new service by name, in Persian and English.

    :raises CodeRefused: if the code or the body's is none.
    """
    for given in (code, body):
        if not CODE.fullmatch(given) or len(given) > 60:
            raise CodeRefused(given)
    words = {"@CODE@": code, "@BODY@": body, **_words_of(kind)}
    shape = _SHAPES / ("executable" if kind is NewKind.EXECUTABLE else "card")
    files = {}
    for path in sorted(path for path in shape.rglob("*") if path.suffix in (".yaml", ".typ")):
        text = path.read_text("utf-8")
        for mark, word in words.items():
            text = text.replace(mark, word)
        files[path.relative_to(shape).as_posix()] = text.rstrip("\n") + "\n"
    return files


def begin_service(directory: Path, code: str, kind: NewKind, body: str = "governor-office") -> Path:
    """Write a new service into ``directory/<code>`` and return that folder.

    :raises CodeRefused: if the code is none.
    :raises FolderExists: if something stands there; nothing is written over.
    """
    files = files_of_new(code, kind, body)
    folder = directory / code
    if folder.exists() and any(folder.iterdir()):
        raise FolderExists(folder)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8", newline="\n")
    return folder


def _words_of(kind: NewKind) -> Mapping[str, str]:
    """Return what differs between a service at the counter and one in another system."""
    if kind is NewKind.HAND_OFF:
        row = "  - {{stage: {stage}, channel: internet, electronic: true}}\n"
        return {
            "@DELIVERY@": "hand-off",
            "@HAND_OFF@": "hand_off_address: https://example.ir/service   # نشانی سامانه دیگر / the other system\n",
            "@ACCESS@": "".join(row.format(stage=stage) for stage in ("request", "production", "delivery")),
            "@REASONS_FA@": "",
            "@REASONS_EN@": "",
        }
    row = "  - {{stage: {stage}, channel: {channel}, electronic: false, reason: no-system-yet}}\n"
    return {
        "@DELIVERY@": "counter-only",
        "@HAND_OFF@": "",
        "@ACCESS@": row.format(stage="request", channel="counter-office")
        + "".join(row.format(stage=stage, channel="in-person") for stage in ("production", "delivery")),
        "@REASONS_FA@": _REASONS.format(code="no-system-yet", words="سامانه‌ای برای ثبت درخواست نیست."),
        "@REASONS_EN@": _REASONS.format(code="no-system-yet", words="There is no system for requests yet."),
    }
