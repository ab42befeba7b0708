"""The routing snapshot as a file: one signed line that names the rest of the file by its hashes.

The first line is a JWS in compact form (RFC 7515, ES256) over RFC 8785 canonical JSON, so that any JOSE library can
check it. It names, by their SHA-256 and in order, the lines behind it, each a JSON list of members, systems, services,
groups or permits. So the signature covers the whole state, while of tens of thousands of permits a change makes, keeps
and reads anew only the line in which it is. A gateway takes a snapshot only as a whole, and never an older one than it
has.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any
from zlib import crc32

import orjson
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError, with_config

from divan_libs.envelope.addresses import ServerId
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.keys import Signer, from_jose, is_signed, key_id, to_jose
from divan_libs.envelope.permits import Permit
from divan_libs.envelope.snapshot import Group, Member, Service, Snapshot, Subsystem

FORMAT = 2
CLOCK_SKEW = timedelta(minutes=1)
"""How far the clock of a gateway may lag behind the one that issues snapshots."""
_TYPE = "divan-snapshot+jws"


def _lines_of(entries: Any) -> TypeAdapter[Any]:
    return TypeAdapter(entries, config=ConfigDict(extra="forbid"))


@dataclass(frozen=True, slots=True)
class _Kind:
    """Entries of one kind: of ``about`` so many a line is made. ``sets`` are fields that JSON knows only as lists."""

    name: str
    adapter: TypeAdapter[Any]
    about: int
    sets: str | None = None


_KINDS = (
    _Kind("members", _lines_of(tuple[Member, ...]), 64),
    _Kind("subsystems", _lines_of(tuple[Subsystem, ...]), 64, sets="certificates"),
    # A service carries its description, a group its members.
    _Kind("services", _lines_of(tuple[Service, ...]), 4),
    _Kind("groups", _lines_of(tuple[Group, ...]), 4, sets="members"),
    _Kind("permits", _lines_of(tuple[Permit, ...]), 64),
)


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """The hex SHA-256 of the lines of each kind, in order."""

    members: tuple[str, ...]
    subsystems: tuple[str, ...]
    services: tuple[str, ...]
    groups: tuple[str, ...]
    permits: tuple[str, ...]

    def of(self, kind: _Kind) -> tuple[str, ...]:
        found: tuple[str, ...] = getattr(self, kind.name)
        return found


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What the signed line says."""

    format: int
    version: Annotated[int, Field(gt=0)]
    issued_at: AwareDatetime
    expires_at: AwareDatetime
    server: ServerId
    subject_key: str
    time_zone: str
    parts: _Names


_HEAD = TypeAdapter(_Head)


@dataclass(frozen=True, slots=True)
class SignedSnapshot:
    """A snapshot ready for its file: the signed line, and the lines that it names by their hex SHA-256, in order."""

    head: bytes
    parts: Mapping[str, bytes]

    @property
    def octets(self) -> bytes:
        """What the file holds."""
        return join(self.head, self.parts.values())


class WrittenParts:
    """The lines of the last snapshot that was signed with it: entries that are the same objects are not written anew.

    One thread at a time.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[Sequence[Any], str, bytes]] = {}
        self._next: dict[tuple[int, ...], tuple[Sequence[Any], str, bytes]] = {}

    def line_of(self, kind: _Kind, entries: Sequence[Any]) -> tuple[str, bytes]:
        """Return the name and the octets of the line of these entries."""
        # The entries are kept beside their line, so that no other object can come to have their identity.
        key = tuple(map(id, entries))
        found = self._known.get(key)
        if found is None:
            line = _line(kind, entries)
            found = entries, sha256(line).hexdigest(), line
        self._next[key] = found
        return found[1], found[2]

    def settle(self) -> None:
        """Forget what the snapshot that was just signed does not hold."""
        self._known, self._next = self._next, {}


_Parts = dict[tuple[str, str], tuple[Any, ...]]
"""The entries of lines, by kind and name."""


class ReadParts:
    """The lines of the last snapshot that was opened with it: a line of the same hash is not read anew."""

    def __init__(self) -> None:
        self._known: _Parts = {}

    def find(self, kind: str, name: str) -> tuple[Any, ...] | None:
        """Return the entries of a line that the last snapshot had, too."""
        return self._known.get((kind, name))

    def settle(self, parts: _Parts) -> None:
        """Keep the lines of a snapshot that was opened, and no others."""
        self._known = parts


def sign_snapshot(snapshot: Snapshot, signer: Signer, written: WrittenParts | None = None) -> SignedSnapshot:
    """Return the signed snapshot; with ``written`` only lines that have changed since the last one are made."""
    written = written or WrittenParts()
    parts: dict[str, bytes] = {}
    names: dict[str, Any] = {}
    for kind in _KINDS:
        lines = [written.line_of(kind, entries) for entries in _divide(getattr(snapshot, kind.name), kind.about)]
        names[kind.name] = tuple(name for name, _ in lines)
        parts.update(lines)
    written.settle()
    said = _Head(
        format=FORMAT,
        version=snapshot.version,
        issued_at=snapshot.issued_at,
        expires_at=snapshot.expires_at,
        server=snapshot.server,
        subject_key=snapshot.subject_key,
        time_zone=snapshot.time_zone,
        parts=_Names(**names),
    )
    header = {"alg": "ES256", "kid": signer.key_id, "typ": _TYPE}
    signed = b".".join((_encode(rfc8785.dumps(header)), _encode(_canonical(_HEAD.dump_python(said, mode="json")))))
    return SignedSnapshot(b".".join((signed, _encode(to_jose(signer.sign(signed))))), parts)


def join(head: bytes, lines: Iterable[bytes]) -> bytes:
    """Return the file of a signed line and the lines that it names."""
    return b"\n".join((head, *lines)) + b"\n"


def divide(data: bytes) -> tuple[bytes, list[bytes]]:
    """Return the signed line of a file and the lines behind it."""
    head, *lines = data.split(b"\n")
    return head, [line for line in lines if line]


def names_in(head: bytes) -> list[str]:
    """Return the names (hex SHA-256) of the lines that belong behind a signed line, in order, without judging it.

    :raises EnvelopeError: ``exchange.snapshot.malformed`` or ``.format``.
    """
    said = _head_of(_decode_object(_three(head)[1]))
    return list(dict.fromkeys(name for kind in _KINDS for name in said.parts.of(kind)))


def open_snapshot(
    data: bytes,
    public_key: EllipticCurvePublicKey,
    *,
    now: datetime,
    newer_than: int | None = None,
    read: ReadParts | None = None,
) -> Snapshot:
    """Return the snapshot if it is signed by that key, well formed, complete, valid now and not rolled back.

    ``newer_than`` is the version already in force: an older one is refused, and so is another of the same version. With
    ``read`` only lines that have changed since the last one are read.

    :raises EnvelopeError: ``exchange.snapshot.malformed``, ``.signature``, ``.format``, ``.not-yet-valid``,
        ``.expired``, ``.rolled-back``, ``.part`` (a line that the signed one names is missing), ``.incomplete``,
        ``.repeated``, ``.address``, ``.fingerprint``, ``.period``, ``.health-path``, ``.description``, ``.time-zone``
        or ``.foreign-group``.
    """
    first, lines = divide(data)
    head = _open_head(first, public_key)
    _require_in_force(head, now, newer_than)
    parts = _parts(head, lines, read or ReadParts())
    entries = {
        kind.name: tuple(one for name in head.parts.of(kind) for one in parts[kind.name, name]) for kind in _KINDS
    }
    snapshot = Snapshot(
        version=head.version,
        issued_at=head.issued_at,
        expires_at=head.expires_at,
        server=head.server,
        subject_key=head.subject_key,
        time_zone=head.time_zone,
        **entries,
    )
    if read is not None:
        read.settle(parts)
    return snapshot


def _require_in_force(head: _Head, now: datetime, newer_than: int | None) -> None:
    if newer_than is not None and head.version <= newer_than:
        raise EnvelopeError("exchange.snapshot.rolled-back", version=head.version, in_force=newer_than)
    if head.issued_at >= head.expires_at:
        raise EnvelopeError("exchange.snapshot.period", issued_at=head.issued_at, expires_at=head.expires_at)
    if now < head.issued_at - CLOCK_SKEW:
        raise EnvelopeError("exchange.snapshot.not-yet-valid", issued_at=head.issued_at.isoformat())
    if now >= head.expires_at:
        expired_at = head.expires_at.isoformat()
        raise EnvelopeError("exchange.snapshot.expired", expires_at=expired_at, version=head.version)


def _divide(entries: Sequence[Any], about: int) -> Iterator[Sequence[Any]]:
    """Divide entries into runs of ``about`` so many on the average.

    A run ends behind an entry whose own id says so. So whatever is put in or taken out, all other runs stay as they
    are; with runs of a fixed length every one behind the change would be another.
    """
    begin = 0
    for end, entry in enumerate(entries, start=1):
        if crc32(_id(entry)) % about == 0 or end == len(entries):
            yield entries[begin:end]
            begin = end


def _id(entry: Any) -> bytes:
    return (entry.id if isinstance(entry.id, str) else entry.id.encoded()).encode()


def _line(kind: _Kind, entries: Sequence[Any]) -> bytes:
    document = kind.adapter.dump_python(tuple(entries), mode="json")
    if kind.sets:
        for entry in document:
            entry[kind.sets].sort()
    return _canonical(document)


def _parts(head: _Head, lines: Sequence[bytes], read: ReadParts) -> _Parts:
    there = {sha256(line).hexdigest(): line for line in lines}
    found: _Parts = {}
    for kind in _KINDS:
        for name in head.parts.of(kind):
            if name not in there:
                raise EnvelopeError("exchange.snapshot.part", what=kind.name, sha256=name)
            known = read.find(kind.name, name)
            found[kind.name, name] = _entries(kind, there[name]) if known is None else known
    return found


def _entries(kind: _Kind, line: bytes) -> tuple[Any, ...]:
    with _malformed(kind.name):
        return tuple(kind.adapter.validate_json(line, strict=False))


@contextmanager
def _malformed(*where: str) -> Iterator[None]:
    """Tell of what a signed document should not say; what an entry itself refuses, it says itself."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        cause = first.get("ctx", {}).get("error")
        if isinstance(cause, EnvelopeError):
            raise cause from error
        at = [*where, *first["loc"]]
        raise EnvelopeError("exchange.snapshot.malformed", at=at, problem=first["msg"]) from error


def _open_head(line: bytes, public_key: EllipticCurvePublicKey) -> _Head:
    parts = _three(line)
    header = _decode_object(parts[0])
    if header.get("alg") != "ES256" or header.get("typ") != _TYPE or "crit" in header:
        raise EnvelopeError("exchange.snapshot.malformed", problem="not a snapshot header")
    try:
        signature = from_jose(_decode(parts[2]))
    except EnvelopeError as error:
        raise EnvelopeError("exchange.snapshot.signature", key=header.get("kid")) from error
    if not is_signed(public_key, signature, b".".join(parts[:2])):
        raise EnvelopeError("exchange.snapshot.signature", key=header.get("kid"), expected=key_id(public_key))
    return _head_of(_decode_object(parts[1]))


def _head_of(document: dict[str, Any]) -> _Head:
    if document.get("format") != FORMAT:
        raise EnvelopeError("exchange.snapshot.format", known=FORMAT)
    with _malformed():
        return _HEAD.validate_python(document, strict=False)


def _three(line: bytes) -> list[bytes]:
    parts = line.strip().split(b".")
    if len(parts) != 3:
        raise EnvelopeError("exchange.snapshot.malformed", problem="not a compact JWS")
    return parts


def _canonical(document: Any) -> bytes:
    """Return RFC 8785 canonical JSON: the names are ASCII and there are no fractions, so sorting is all it takes."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def _encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _decode(data: bytes) -> bytes:
    try:
        return urlsafe_b64decode(data + b"=" * (-len(data) % 4))
    except (binascii.Error, ValueError) as error:
        raise EnvelopeError("exchange.snapshot.malformed", problem="base64") from error


def _decode_object(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(_decode(data))
    except (ValueError, RecursionError) as error:
        if isinstance(error, EnvelopeError):
            raise
        raise EnvelopeError("exchange.snapshot.malformed", problem="JSON") from error
    if not isinstance(document, dict):
        raise EnvelopeError("exchange.snapshot.malformed", problem="not an object")
    return document
