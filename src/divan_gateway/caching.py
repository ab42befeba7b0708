"""Keeps answers for as long as their providers allow (RFC 9111), of the services whose snapshot says that this may be.

Every call under a kept answer is admitted and leaves its evidence as any other; only the provider is not asked. What is
kept is kept for the client that asked, so that no provider can be misread to have allowed more.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from divan_gateway.wire import Answer
from divan_libs.envelope.headers import Header, last_value

_LARGEST_SHARE = 16
_DIRECTIVE = re.compile(rb'([a-z-]+)(?:\s*=\s*"?([^",]*)"?)?')
_PERSONAL = (b"authorization", b"cookie", b"range")


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Answer
    varies: tuple[tuple[bytes, bytes | None], ...]
    stored_at: float
    age: int
    fresh_until: float

    @property
    def size(self) -> int:
        return len(self.answer.body) + sum(len(name) + len(value) for name, value in self.answer.headers) + 512


Key = tuple[str, str, str]
"""Client, service and raw target of a question."""


class AnswerCache:
    """Answers of one process; the one that was not used for longest goes first. Moments are seconds since 1970."""

    def __init__(self, max_octets: int) -> None:
        self._max_octets = max_octets
        self._octets = 0
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()

    def find(self, key: Key, headers: Sequence[Header], now: float) -> Answer | None:
        """Return a kept answer that is fresh and fits the question, with its age."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if now >= kept.fresh_until:
            self._drop(key)
            return None
        if b"no-cache" in _directives(headers) or last_value(headers, b"pragma") == b"no-cache":
            return None
        if any(last_value(headers, name) is not None for name in _PERSONAL):
            return None
        if any(last_value(headers, name) != value for name, value in kept.varies):
            return None
        self._kept.move_to_end(key)
        answer = kept.answer
        age = kept.age + max(0, int(now - kept.stored_at))
        others = [header for header in answer.headers if header[0].lower() != b"age"]
        aged = [*others, (b"age", b"%d" % age)]
        ended_at = int(now * 1_000_000)
        return Answer(answer.status, answer.reason, aged, answer.body, answer.content_length, None, ended_at)

    def keep(self, key: Key, asked: Sequence[Header], answer: Answer, now: float) -> None:
        """Keep an answer if both sides allow it."""
        lifetime = _lifetime(asked, answer)
        if lifetime <= 0:
            return
        vary = b",".join(value for name, value in answer.headers if name.lower() == b"vary")
        names = [name.strip().lower() for name in vary.split(b",") if name.strip()]
        kept = _Kept(
            Answer(answer.status, answer.reason, list(answer.headers), answer.body, answer.content_length, None, 0),
            tuple((name, last_value(asked, name)) for name in names),
            now,
            _number(last_value(answer.headers, b"age")),
            now + lifetime,
        )
        if kept.size > self._max_octets // _LARGEST_SHARE:
            return
        self._drop(key)
        self._kept[key] = kept
        self._octets += kept.size
        while self._octets > self._max_octets:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._octets -= kept.size


def _directives(headers: Sequence[Header]) -> dict[bytes, bytes]:
    told = b",".join(value for name, value in headers if name.lower() == b"cache-control").lower()
    return dict(_DIRECTIVE.findall(told))


def _number(text: bytes | None) -> int:
    return int(text) if text is not None and text.isdigit() else 0


def _lifetime(asked: Sequence[Header], answer: Answer) -> int:
    """Return for how many seconds an answer may be kept; 0 if not at all."""
    told = _directives(answer.headers)
    vary = last_value(answer.headers, b"vary") or b""
    forbids = told.keys() & {b"no-store", b"no-cache", b"private"} or b"*" in vary
    is_personal = last_value(answer.headers, b"set-cookie") is not None or any(
        last_value(asked, name) is not None for name in _PERSONAL
    )
    if answer.status != 200 or answer.stream is not None or forbids or is_personal or b"no-store" in _directives(asked):
        return 0
    limit = told.get(b"s-maxage", told.get(b"max-age", b""))
    return _number(limit) - _number(last_value(answer.headers, b"age"))
