"""What another system answers to a letter or a receipt: how it stands there, or that nothing was said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from divan.dealings.correspondence.values import PartsMissing, Standing

SILENT = "correspondence.no-answer"
_AGAIN = frozenset({408, 425, 429})
_STATES = frozenset({"delivered", "registered", "refused"})


def said_of(standing: Standing) -> dict[str, object]:
    """Return how a letter stands as it is told to another system."""
    told: dict[str, object] = {"state": standing.state, "at": standing.at.isoformat()}
    told |= {"number": standing.number} if standing.number else {}
    told |= {"reason": standing.reason} if standing.reason else {}
    return told | ({"code": standing.code} if standing.code else {})


def read_said(told: object) -> Standing | None:
    """Return how a letter stands at another system, or None if this says nothing of it."""
    if not isinstance(told, Mapping) or told.get("state") not in _STATES:
        return None
    number, reason, code = (
        _line(told.get(name), most) for name, most in (("number", 60), ("reason", 500), ("code", 80))
    )
    try:
        at = datetime.fromisoformat(str(told.get("at", "")))
    except ValueError:
        return None
    if at.tzinfo is None or (told["state"] == "registered" and not number):
        return None
    return Standing(state=told["state"], at=at, number=number, reason=reason, code=code)


def _line(value: object, most: int) -> str:
    return " ".join(value.replace("\x00", "").split())[:most] if isinstance(value, str) else ""


def judge(status: int, body: bytes, now: datetime) -> Standing | str:
    """Return how a letter stands after an answer, or the code for why it is to be sent again.

    What is refused with a code of its own is refused for good: a person at the dispatch desk decides what next. A 404
    or 500 without one is any server's, not the word of the other secretariat.
    """
    told = _json(body)
    if status in {200, 201}:
        return read_said(told) or SILENT
    far = _line(told.get("type"), 60)
    if far.startswith(("server.", "client.")):
        # The other installation's exchange spoke, in X-Road's form; its operator can mend it, so the letter waits.
        return f"exchange.there.{far}"
    code = _line(told.get("code"), 80)
    if not 400 <= status < 500 or status in _AGAIN or "." not in code or code == PartsMissing.code:
        return code or SILENT
    return Standing(state="refused", at=now, code=code, reason=_line(told.get("reason"), 500))


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
