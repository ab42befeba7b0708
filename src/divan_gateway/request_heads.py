"""What a request's head must be so that no two servers in a row can read it differently (request smuggling).

The parser refuses most of it (two lengths, folded lines, bare CR or LF, blanks before a colon); here is the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from divan_libs.envelope import errors
from divan_libs.envelope.errors import ExchangeRefusal
from divan_libs.envelope.headers import Header

MAX_HEAD = 32 * 1024
MAX_HEADERS = 150
LARGE_HEAD = "The head of the request is too large"
LARGE_BODY = "The body of the request is too large"
# A server that turns names into variables reads X_Road_Client as X-Road-Client.
_NEVER_DISGUISED = (b"x-road-", b"content-length", b"transfer-encoding", b"host")


class BadHead(ValueError):
    """The head cannot be accepted; raised inside the parser, which carries no more than the fact that it was raised."""

    code = "gateway.bad-head"

    def __init__(self, refusal: ExchangeRefusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Framing:
    """How the body of a request comes: ``length`` is None when it is chunked."""

    length: int | None
    expects: bool

    @property
    def has_body(self) -> bool:
        """Whether a body follows."""
        return self.length is None or self.length > 0


def read_framing(
    method: bytes, target: bytes, version: str, headers: Sequence[Header], *, max_body: int, upgrade: bool
) -> Framing:
    """Check the head of a request and return how its body comes.

    :raises BadHead: it is too large, ambiguous, or not of a kind that is carried.
    """
    if version not in ("1.1", "1.0"):
        raise _bad("Only HTTP/1.1 is spoken here")
    if not target.startswith((b"/", b"*")) or b"#" in target or method == b"CONNECT":
        raise _bad("The target of the request must be a path")
    octets = len(target) + sum(len(name) + len(value) + 4 for name, value in headers)
    if octets > MAX_HEAD or len(headers) > MAX_HEADERS:
        raise BadHead(errors.too_large(LARGE_HEAD))
    told = _told(headers)
    if len(told[b"host"]) > 1 or (not told[b"host"] and version == "1.1"):
        raise _bad("A request needs exactly one Host")
    if len(set(told[b"x-road-client"])) > 1:
        # A provider may read the first of several where the exchange checks the last.
        raise _bad("The client identifier is given twice, differently")
    coding, length = told[b"transfer-encoding"], int(told[b"content-length"][-1]) if told[b"content-length"] else 0
    if coding and (version == "1.0" or [value.lower() for value in coding] != [b"chunked"]):
        raise _bad("Only the transfer encoding chunked is understood")
    if length > max_body:
        raise BadHead(errors.too_large(LARGE_BODY))
    expects = any(value.lower() == b"100-continue" for value in told[b"expect"])
    framing = Framing(None if coding else length, expects)
    if upgrade and framing.has_body:
        raise _bad("Upgrade of a request with a body is not supported")
    return framing


_LOOKED_AT = (b"host", b"content-length", b"transfer-encoding", b"expect", b"x-road-client")


def _told(headers: Sequence[Header]) -> dict[bytes, list[bytes]]:
    told: dict[bytes, list[bytes]] = {name: [] for name in _LOOKED_AT}
    for name, value in headers:
        lower = name.lower()
        if lower in told:
            told[lower].append(value)
        elif b"_" in lower and lower.replace(b"_", b"-").startswith(_NEVER_DISGUISED):
            raise _bad("A header name is written with an underscore")
    return told


def _bad(message: str) -> BadHead:
    return BadHead(errors.bad_request(message))
