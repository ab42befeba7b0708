"""Identifiers and addresses of the exchange: X-Road message protocol for REST, sections 4.1, 4.2 and 4.8.

Identifiers are kept decoded and written percent-encoded, one segment at a time. Paths are kept raw; only the form that
permits are compared with is decoded and freed of dot segments.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Self
from urllib.parse import quote

from pydantic_core import CoreSchema, core_schema

_SAFE = "-._~!$&'()*+,;=:@"
_RAW_SEGMENT = re.compile(r"[A-Za-z0-9\-._~ !$&'()*+,;=:@]*")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_PROTOCOL_PART = re.compile(r"r[^/]*")
_ABSOLUTE_FORM = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_DOT_READINGS = re.compile(r"%2F|\\")


class AddressError(ValueError):
    """An identifier, a request target or a path does not follow the protocol.

    ``code`` is stable (``exchange.address.*``), ``message`` is the English wording that X-Road clients know.
    """

    def __init__(self, code: str, message: str, value: str) -> None:
        super().__init__(f"{message} ({code}): {value!r}")
        self.code = code
        self.message = message
        self.value = value


def encode_segment(text: str) -> str:
    """Write one part of an identifier as a URL path segment (UTF-8, percent-encoded)."""
    return quote(text, safe=_SAFE)


@lru_cache(maxsize=16384)
def _encoded(parts: tuple[str, ...]) -> str:
    # The same few clients and services are written again and again.
    return "/".join(encode_segment(part) for part in parts)


def _unescape(text: str, keep: frozenset[int]) -> str:
    raw = text.encode("utf-8", "surrogateescape")

    def octet(match: re.Match[bytes]) -> bytes:
        value = int(match.group(1), 16)
        return b"%%%02X" % value if value in keep else bytes((value,))

    if raw.count(b"%") != len(_ESCAPE.findall(raw)):
        raise AddressError("exchange.address.percent", "Incomplete percent encoding", text)
    try:
        return _ESCAPE.sub(octet, raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise AddressError("exchange.address.utf-8", "Invalid percent encoding", text) from error


def decode_segment(raw: str) -> str:
    """Read one part of an identifier from its URL form.

    :raises AddressError: a character that must be encoded stands raw, an escape is cut or malformed, or the octets
        are not UTF-8.
    """
    if "%" not in raw:
        if _RAW_SEGMENT.fullmatch(raw) is None:
            raise AddressError("exchange.address.character", "Invalid character in identifier", raw)
        return raw
    decoded = _unescape(raw, frozenset())
    if _RAW_SEGMENT.fullmatch(_ESCAPE.sub(b"", raw.encode()).decode()) is None:
        raise AddressError("exchange.address.character", "Invalid character in identifier", raw)
    return decoded


class _Identifier(ABC):
    """What all identifiers share: written as encoded segments, read by :meth:`parse`, a string in JSON."""

    __slots__ = ()
    kind: ClassVar[str]
    invalid: ClassVar[str]

    @abstractmethod
    def parts(self) -> tuple[str, ...]:
        """Return the decoded parts, from the instance downward."""

    def encoded(self) -> str:
        """Return the form that stands in headers and URLs."""
        return _encoded(self.parts())

    @classmethod
    @abstractmethod
    def parse(cls, text: str) -> Self:
        """Read the encoded form.

        :raises AddressError: wrong number of parts, an empty part or wrong encoding.
        """

    def __str__(self) -> str:
        return f"{self.kind}:{'/'.join(self.parts())}"

    @classmethod
    def _split(cls, text: str, counts: tuple[int, ...]) -> list[str]:
        parts = text.split("/")
        if len(parts) not in counts:
            raise AddressError("exchange.address.parts", cls.invalid, text)
        decoded = [decode_segment(part) for part in parts]
        if not all(decoded):
            raise AddressError("exchange.address.empty-part", cls.invalid, text)
        return decoded

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        # A snapshot names the same few systems tens of thousands of times.
        parse = lru_cache(maxsize=8192)(cls.parse)

        def read(value: object) -> _Identifier:
            if isinstance(value, cls):
                return value
            if not isinstance(value, str):
                raise AddressError("exchange.address.type", cls.invalid, repr(value))
            return parse(value)

        def write(value: _Identifier) -> str:
            return value.encoded()

        return core_schema.no_info_plain_validator_function(
            read, serialization=core_schema.plain_serializer_function_ser_schema(write)
        )


@dataclass(frozen=True, slots=True, order=True)
class MemberId(_Identifier):
    """A member of the exchange: a body or a firm."""

    kind: ClassVar[str] = "MEMBER"
    invalid: ClassVar[str] = "Invalid Member Id"
    instance: str
    member_class: str
    member_code: str

    def parts(self) -> tuple[str, ...]:
        """Return instance, member class and member code."""
        return (self.instance, self.member_class, self.member_code)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``instance/class/code``; see the base class."""
        return cls(*cls._split(text, (3,)))


@dataclass(frozen=True, slots=True)
class ClientId(_Identifier):
    """Who calls: a subsystem of a member, or (without subsystem) the member itself."""

    kind: ClassVar[str] = "SUBSYSTEM"
    invalid: ClassVar[str] = "Invalid Client Id"
    instance: str
    member_class: str
    member_code: str
    subsystem: str | None = None

    @property
    def member(self) -> MemberId:
        """The member that answers for this client."""
        return MemberId(self.instance, self.member_class, self.member_code)

    def parts(self) -> tuple[str, ...]:
        """Return the three parts of the member and, if there is one, the subsystem."""
        member = (self.instance, self.member_class, self.member_code)
        return member if self.subsystem is None else (*member, self.subsystem)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``instance/class/code[/subsystem]``; see the base class."""
        return cls(*cls._split(text, (3, 4)))

    def __str__(self) -> str:
        kind = "MEMBER" if self.subsystem is None else self.kind
        return f"{kind}:{'/'.join(self.parts())}"


@dataclass(frozen=True, slots=True)
class ServiceId(_Identifier):
    """A data service that a subsystem offers."""

    kind: ClassVar[str] = "SERVICE"
    invalid: ClassVar[str] = "Invalid Service Id"
    instance: str
    member_class: str
    member_code: str
    subsystem: str
    service_code: str

    @property
    def provider(self) -> ClientId:
        """The subsystem that offers the service."""
        return ClientId(self.instance, self.member_class, self.member_code, self.subsystem)

    def parts(self) -> tuple[str, ...]:
        """Return the four parts of the provider and the service code."""
        return (self.instance, self.member_class, self.member_code, self.subsystem, self.service_code)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``instance/class/code/subsystem/service``; see the base class."""
        return cls(*cls._split(text, (5,)))


@dataclass(frozen=True, slots=True)
class GroupId(_Identifier):
    """A group of subsystems: a global one of the whole exchange, or a local one that a provider keeps for itself."""

    kind: ClassVar[str] = "GROUP"
    invalid: ClassVar[str] = "Invalid Group Id"
    instance: str
    group_code: str
    provider: ClientId | None = None

    def parts(self) -> tuple[str, ...]:
        """Return the instance, of a local group the whole provider, and the code."""
        owner = (self.instance,) if self.provider is None else self.provider.parts()
        return (*owner, self.group_code)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``instance/group`` or ``instance/class/code/subsystem/group``; see the base class."""
        *owner, code = cls._split(text, (2, 5))
        return cls(owner[0], code, ClientId(*owner) if len(owner) == 4 else None)

    def __str__(self) -> str:
        kind = "GLOBALGROUP" if self.provider is None else "LOCALGROUP"
        return f"{kind}:{'/'.join(self.parts())}"


@dataclass(frozen=True, slots=True)
class ServerId(_Identifier):
    """A gateway (security server) of a member."""

    kind: ClassVar[str] = "SERVER"
    invalid: ClassVar[str] = "Invalid SecurityServer Id"
    instance: str
    member_class: str
    member_code: str
    server_code: str

    def parts(self) -> tuple[str, ...]:
        """Return the three parts of the owner and the server code."""
        return (self.instance, self.member_class, self.member_code, self.server_code)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``instance/class/code/server``; see the base class."""
        return cls(*cls._split(text, (4,)))


@dataclass(frozen=True, slots=True)
class RepresentedParty(_Identifier):
    """On whose behalf a client calls: ``code`` or ``class/code``."""

    kind: ClassVar[str] = "PARTY"
    invalid: ClassVar[str] = "Invalid RepresentedParty Id"
    party_code: str
    party_class: str | None = None

    def parts(self) -> tuple[str, ...]:
        """Return the class, if there is one, and the code."""
        return (self.party_code,) if self.party_class is None else (self.party_class, self.party_code)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``[class/]code``; see the base class."""
        *party_class, code = cls._split(text, (1, 2))
        return cls(code, *party_class)


@lru_cache(maxsize=4096)
def parse_client(text: str) -> ClientId:
    """Read the value of ``X-Road-Client``; the same few clients call again and again, so answers are remembered.

    :raises AddressError: it is not three or four well encoded parts.
    """
    return ClientId.parse(text)


@lru_cache(maxsize=4096)
def _parse_service(text: str) -> ServiceId:
    return ServiceId.parse(text)


@dataclass(slots=True)
class Target:
    """The target of a request line, taken apart: the service, and what its provider will see."""

    service: ServiceId
    raw_path: str
    service_path: str
    query: str | None

    def raw(self) -> str:
        """Return path and query as the client wrote them (the second line of the message that is hashed)."""
        return self.raw_path if self.query is None else f"{self.raw_path}?{self.query}"


def parse_target(target: str) -> Target:
    """Take apart ``/r1/{instance}/{class}/{code}/{subsystem}/{service}[/path][?query]``; nothing is decoded but the id.

    The subsystem is compulsory, as in X-Road's implementation. ``/r1/a/b/c/d/svc`` has the empty service path,
    ``/r1/a/b/c/d/svc/`` has ``/``.

    :raises AddressError: not such a target, another protocol version, or wrong encoding.
    """
    if not target.startswith("/"):
        target = _ABSOLUTE_FORM.sub("", target, count=1)
    raw_path, mark, query = target.partition("?")
    parts = raw_path.split("/", 7)
    if len(parts) < 2 or parts[0]:
        raise AddressError("exchange.address.target", "Invalid request URI", target)
    if parts[1] != "r1":
        if _PROTOCOL_PART.fullmatch(parts[1]) is None:
            raise AddressError("exchange.address.target", "Invalid request URI", target)
        version = parts[1][1:]
        known_form = version.isascii() and version.isdigit()
        wording = "Unsupported protocol version" if known_form else "Invalid protocol version"
        raise AddressError("exchange.address.version", f"{wording} {version}", target)
    if len(parts) < 7:
        raise AddressError("exchange.address.target", "Invalid request URI", target)
    service = _parse_service("/".join(parts[2:7]))
    return Target(service, raw_path, f"/{parts[7]}" if len(parts) == 8 else "", query if mark else None)


def join_target(base_path: str, service_path: str, query: str | None) -> str:
    """Return the request target at the provider: the path of its address, the raw service path, the raw query.

    One doubled slash at the joint is removed; an empty result is ``/``.
    """
    if base_path.endswith("/") and service_path.startswith("/"):
        base_path = base_path[:-1]
    path = base_path + service_path or "/"
    return path if query is None else f"{path}?{query}"


_KEPT_ESCAPES = frozenset(b"/%")


def normalise_path(raw: str) -> str:
    """Return the form of a service path that permits are compared with: decoded once, freed of dot segments.

    An encoded slash stays ``%2F`` and an encoded percent sign stays ``%25``, so that two different paths never become
    one. A ``..`` that would climb above the root, or over an empty segment (which some providers fold away), stays;
    see :func:`climbs`.

    :raises AddressError: an escape is cut or malformed, or the octets are not UTF-8.
    """
    path = raw if raw.isascii() and "%" not in raw else _unescape(raw, _KEPT_ESCAPES)
    if "/." not in path:
        return path
    first, *segments = path.split("/")
    kept: list[str] = []
    for segment in segments:
        if segment == ".":
            continue
        if segment == ".." and kept and kept[-1] not in ("", ".."):
            kept.pop()
        else:
            kept.append(segment)
    closing = [""] if segments[-1] in (".", "..") and not (kept and kept[-1] in ("", "..")) else []
    return "/".join([first, *kept, *closing])


def climbs(normalised: str) -> bool:
    """Tell whether some provider could read a parent step in this normalised path; such a request is refused.

    Besides ``..`` itself these are read by one web server or another as ``..``: a step followed by a parameter
    (``..;x``), and a step that is set off by an encoded slash or by a backslash.
    """
    if ".." not in normalised:
        return False
    steps = (step for segment in normalised.split("/") for step in _DOT_READINGS.split(segment))
    return any(step.split(";", 1)[0] == ".." for step in steps)
