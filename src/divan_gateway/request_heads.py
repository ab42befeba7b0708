"""What a request's head must be so that no two servers in a row can read it differently (request smuggling).

The parser refuses most of it (two lengths, folded lines, bare CR or LF, blanks before a colon); here is the rest.
"""

from __future__ import annotations

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


NO_BODY = Framing(0, expects=False)


class Head:
    """The headers of a request as they come: in order, and by name.

    ``told`` has the last value of each lower-case name, ``repeated`` all values of those that came more than once.
    ``octets`` is about what they took on the wire.
    """

    __slots__ = ("headers", "is_disguised", "octets", "repeated", "told")

    def __init__(self) -> None:
        self.headers: list[Header] = []
        self.told: dict[bytes, bytes] = {}
        self.repeated: dict[bytes, list[bytes]] = {}
        self.octets = 0
        self.is_disguised = False

    def add(self, name: bytes, value: bytes) -> None:
        """Take the next header."""
        value = value.strip(b" \t")
        self.headers.append((name, value))
        self.octets += len(name) + len(value) + 4
        lower = name.lower()
        if lower in self.told:
            self.repeated.setdefault(lower, [self.told[lower]]).append(value)
        elif b"_" in lower and lower.replace(b"_", b"-").startswith(_NEVER_DISGUISED):
            self.is_disguised = True
        self.told[lower] = value


def read_framing(method: bytes, target: bytes, version: str, head: Head, *, max_body: int, upgrade: bool) -> Framing:
    """Check the head of a request and return how its body comes.

    :raises BadHead: it is too large, ambiguous, or not of a kind that is carried.
    """
    told, repeated = head.told, head.repeated
    if version not in ("1.1", "1.0"):
        raise _bad("Only HTTP/1.1 is spoken here")
    if not target.startswith((b"/", b"*")) or b"#" in target or method == b"CONNECT":
        raise _bad("The target of the request must be a path")
    if len(target) + head.octets > MAX_HEAD or len(head.headers) > MAX_HEADERS:
        raise BadHead(errors.too_large(LARGE_HEAD))
    if head.is_disguised:
        raise _bad("A header name is written with an underscore")
    if b"host" in repeated or (b"host" not in told and version == "1.1"):
        raise _bad("A request needs exactly one Host")
    if len(set(repeated.get(b"x-road-client", ()))) > 1:
        # A provider may read the first of several where the exchange checks the last.
        raise _bad("The client identifier is given twice, differently")
    coding, length = told.get(b"transfer-encoding"), int(told.get(b"content-length", 0))
    is_chunked = coding is not None
    if coding is not None and (version == "1.0" or b"transfer-encoding" in repeated or coding.lower() != b"chunked"):
        raise _bad("Only the transfer encoding chunked is understood")
    if length > max_body:
        raise BadHead(errors.too_large(LARGE_BODY))
    if not is_chunked and not length and b"expect" not in told:
        return NO_BODY
    expected = repeated.get(b"expect") or [told.get(b"expect", b"")]
    expects = version == "1.1" and any(value.lower() == b"100-continue" for value in expected)
    framing = Framing(None if is_chunked else length, expects)
    if upgrade and framing.has_body:
        raise _bad("Upgrade of a request with a body is not supported")
    return framing


def _bad(message: str) -> BadHead:
    return BadHead(errors.bad_request(message))
