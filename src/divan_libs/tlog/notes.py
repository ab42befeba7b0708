"""Signed notes (C2SP signed-note) with Ed25519 signatures and witness cosignatures (C2SP tlog-cosignature, v1).

A note is a text, an empty line, and signature lines ``— name base64(key id ‖ signature)``. Which algorithm and which
message a signature has is a matter of the key, not of the line: the type byte goes into the key id, and a line whose
name and key id are not both those of a given key is passed over.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from divan_libs.tlog import canonical_base64
from divan_libs.tlog.errors import TlogError

MAXIMUM_NOTE_SIZE = 1_000_000
MAXIMUM_SIGNATURES = 100
MAXIMUM_TIMESTAMP = (1 << 63) - 1

_PRIVATE_PREFIX = "PRIVATE+KEY+"
_DASH = "— "
_KEY_SIZE = 32
_SIGNATURE_SIZE = 64


class NoteError(TlogError):
    """A note, a key text or a signature is malformed, or nobody trusted has signed."""


class SignatureType(IntEnum):
    """The type byte of a key: what is signed, and how."""

    ED25519 = 0x01
    """Ed25519 over the text of the note."""
    COSIGNATURE = 0x04
    """A witness's Ed25519 over the time and the text, ``cosignature/v1``."""


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """A signature that held: whose, and for a cosignature when (POSIX seconds; otherwise None)."""

    verifier: "NoteVerifier"
    timestamp: int | None


@dataclass(frozen=True, slots=True)
class NoteVerifier:
    """A public key under the name by which it signs.

    :raises NoteError: ``tlog.note.key-name`` or ``tlog.note.key``.
    """

    name: str
    kind: SignatureType
    public_key: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise NoteError("tlog.note.key-name", name=self.name)
        if len(self.public_key) != _KEY_SIZE:
            raise NoteError("tlog.note.key", name=self.name)

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand for the key in a signature line."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key).digest()[:4]

    def encode(self) -> str:
        """Return the verifier key text ``name+key id+base64(type ‖ public key)``."""
        return f"{self.name}+{self.key_id.hex()}+{canonical_base64.encode(bytes([self.kind]) + self.public_key)}"

    @classmethod
    def parse(cls, text: str) -> "NoteVerifier":
        """Return the verifier of a key text.

        :raises NoteError: ``tlog.note.key`` (also when the key id does not belong to the key),
            ``tlog.note.key-type`` for an algorithm other than those of :class:`SignatureType`.
        """
        name, key_id, kind, key = _parse_key_text(text)
        verifier = cls(name, kind, key)
        if verifier.key_id != key_id:
            raise NoteError("tlog.note.key", name=name)
        return verifier

    def verify(self, text: str, signature: bytes) -> VerifiedSignature:
        """Check one signature (without the key id) over the text of a note.

        :raises NoteError: ``tlog.note.signature-invalid``.
        """
        timestamp = None
        if self.kind is SignatureType.COSIGNATURE:
            timestamp, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            if timestamp > MAXIMUM_TIMESTAMP:
                raise NoteError("tlog.note.signature-invalid", name=self.name, key_id=self.key_id.hex())
        try:
            key = Ed25519PublicKey.from_public_bytes(self.public_key)
            key.verify(signature, _signed_message(text, timestamp))
        except (InvalidSignature, ValueError) as error:
            raise NoteError("tlog.note.signature-invalid", name=self.name, key_id=self.key_id.hex()) from error
        return VerifiedSignature(self, timestamp)


class Signer(Protocol):
    """Signs notes: a key in memory (:class:`NoteSigner`), or one that never leaves its device."""

    @property
    def verifier(self) -> NoteVerifier:
        """The public side of the key."""

    def sign(self, text: str, *, at: int | None = None) -> bytes:
        """Return the signature over the text of a note, without the key id; see :meth:`NoteSigner.sign`."""


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """An Ed25519 private key, given by its 32-byte seed, under the name by which it signs.

    :raises NoteError: ``tlog.note.key-name`` or ``tlog.note.key``.
    """

    name: str
    kind: SignatureType
    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise NoteError("tlog.note.key-name", name=self.name)
        if len(self.seed) != _KEY_SIZE:
            raise NoteError("tlog.note.key", name=self.name)

    @property
    def verifier(self) -> NoteVerifier:
        """The public side of the key."""
        return NoteVerifier(self.name, self.kind, self._private_key().public_key().public_bytes_raw())

    def encode(self) -> str:
        """Return the signer key text ``PRIVATE+KEY+name+key id+base64(type ‖ seed)``. It is the secret itself."""
        secret = canonical_base64.encode(bytes([self.kind]) + self.seed)
        return f"{_PRIVATE_PREFIX}{self.name}+{self.verifier.key_id.hex()}+{secret}"

    @classmethod
    def parse(cls, text: str) -> "NoteSigner":
        """Return the signer of a key text.

        :raises NoteError: ``tlog.note.key`` or ``tlog.note.key-type``; the error never carries the secret.
        """
        if not text.startswith(_PRIVATE_PREFIX):
            raise NoteError("tlog.note.key")
        name, key_id, kind, seed = _parse_key_text(text.removeprefix(_PRIVATE_PREFIX))
        signer = cls(name, kind, seed)
        if signer.verifier.key_id != key_id:
            raise NoteError("tlog.note.key", name=name)
        return signer

    def sign(self, text: str, *, at: int | None = None) -> bytes:
        """Return the signature over the text of a note, without the key id.

        ``at`` is the time in POSIX seconds; a cosignature carries it, and no other kind does.

        :raises NoteError: ``tlog.note.timestamp`` when it is absent or out of range for a cosignature.
        """
        if self.kind is not SignatureType.COSIGNATURE:
            return self._private_key().sign(_signed_message(text, None))
        if at is None or not 0 < at <= MAXIMUM_TIMESTAMP:
            raise NoteError("tlog.note.timestamp", name=self.name, at=at)
        return at.to_bytes(8, "big") + self._private_key().sign(_signed_message(text, at))

    def _private_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


class SignatureLine(NamedTuple):
    """One signature line, not yet verified."""

    name: str
    key_id: bytes
    signature: bytes

    def encode(self) -> str:
        """Return the line with its final newline."""
        return f"{_DASH}{self.name} {canonical_base64.encode(self.key_id + self.signature)}\n"


class Note(NamedTuple):
    """A note taken apart: nothing in it may be believed yet."""

    text: str
    lines: tuple[SignatureLine, ...]

    def encode(self) -> str:
        """Return the whole note."""
        return self.text + "\n" + "".join(line.encode() for line in self.lines)


class OpenedNote(NamedTuple):
    """A note whose text at least one given key has signed."""

    text: str
    signatures: tuple[VerifiedSignature, ...]


def is_key_name(name: str) -> bool:
    """Return whether the text may name a key: not empty, of encodable characters, without white space or plus signs."""
    return bool(name) and not any(
        char.isspace() or char == "+" or char < " " or "\ud800" <= char <= "\udfff" for char in name
    )


def parse_note(note: str | bytes) -> Note:
    """Take a note apart without verifying it.

    :raises NoteError: ``tlog.note.malformed`` or ``tlog.note.too-large`` (over a million bytes or 100 signatures).
    """
    text = _decoded(note)
    body, separator, block = text.rpartition("\n\n")
    if not separator:
        raise NoteError("tlog.note.malformed", reason="no signature lines behind an empty line")
    return Note(body + "\n", parse_signature_lines(block))


def parse_signature_lines(block: str | bytes) -> tuple[SignatureLine, ...]:
    """Take the signature lines of a note, or of a witness's answer, apart without verifying them.

    :raises NoteError: ``tlog.note.malformed`` or ``tlog.note.too-large``.
    """
    text = _decoded(block)
    if not text.endswith("\n"):
        raise NoteError("tlog.note.malformed", reason="the last line has no end")
    lines = text[:-1].split("\n")
    if len(lines) > MAXIMUM_SIGNATURES:
        raise NoteError("tlog.note.too-large", signatures=len(lines))
    return tuple(_parse_line(line) for line in lines)


def open_note(note: str | bytes, verifiers: Sequence[NoteVerifier]) -> OpenedNote:
    """Return the text of a note and the signatures on it by the given keys.

    Signatures by unknown keys are passed over. Of several by one key all must hold, and the first is returned.

    :raises NoteError: ``tlog.note.signature-invalid`` when one by a known key does not hold, ``tlog.note.unsigned``
        when none of the known keys signed, ``tlog.note.ambiguous-key`` when two given keys share name and key id, and
        the codes of :func:`parse_note`.
    """
    known: dict[tuple[str, bytes], NoteVerifier] = {}
    for verifier in verifiers:
        if known.setdefault((verifier.name, verifier.key_id), verifier) != verifier:
            raise NoteError("tlog.note.ambiguous-key", name=verifier.name)
    parsed = parse_note(note)
    verified: dict[NoteVerifier, VerifiedSignature] = {}
    for line in parsed.lines:
        signer = known.get((line.name, line.key_id))
        if signer is not None:
            verified.setdefault(signer, signer.verify(parsed.text, line.signature))
    if not verified:
        raise NoteError("tlog.note.unsigned", signers=[line.name for line in parsed.lines])
    return OpenedNote(parsed.text, tuple(verified.values()))


def sign_note(text: str, signers: Sequence[Signer], *, at: int | None = None) -> str:
    """Return the note of ``text`` signed by each signer; ``at`` (POSIX seconds) goes into cosignatures.

    :raises NoteError: ``tlog.note.malformed`` for a text that cannot be one (empty, without final newline, with
        control characters), ``tlog.note.unsigned`` without signers, ``tlog.note.timestamp``.
    """
    if not text.endswith("\n"):
        raise NoteError("tlog.note.malformed", reason="the text does not end with a newline")
    if not signers:
        raise NoteError("tlog.note.unsigned", signers=[])
    _decoded(text)
    return Note(text, tuple(signature_line(text, signer, at=at) for signer in signers)).encode()


def add_signatures(note: str | bytes, signers: Sequence[Signer], *, at: int | None = None) -> str:
    """Return the note with signatures added; an earlier one by the same key gives way. Nothing is verified here.

    :raises NoteError: codes of :func:`parse_note`, and ``tlog.note.timestamp``.
    """
    text = parse_note(note).text
    return add_lines(note, [signature_line(text, signer, at=at) for signer in signers])


def add_lines(note: str | bytes, added: Sequence[SignatureLine]) -> str:
    """Return the note with these signature lines; an earlier one by the same key gives way. Nothing is verified here.

    :raises NoteError: codes of :func:`parse_note`.
    """
    parsed = parse_note(note)
    replaced = {(line.name, line.key_id) for line in added}
    kept = tuple(line for line in parsed.lines if (line.name, line.key_id) not in replaced)
    return Note(parsed.text, (*kept, *added)).encode()


def signature_line(text: str, signer: Signer, *, at: int | None = None) -> SignatureLine:
    """Return the line by which a key signs the text of a note.

    :raises NoteError: ``tlog.note.timestamp``.
    """
    verifier = signer.verifier
    return SignatureLine(verifier.name, verifier.key_id, signer.sign(text, at=at))


def _signed_message(text: str, timestamp: int | None) -> bytes:
    head = "" if timestamp is None else f"cosignature/v1\ntime {timestamp}\n"
    return (head + text).encode()


def _decoded(note: str | bytes) -> str:
    try:
        raw = note.encode() if isinstance(note, str) else note
        text = raw.decode()
    except UnicodeError as error:
        raise NoteError("tlog.note.malformed", reason="not UTF-8") from error
    if len(raw) > MAXIMUM_NOTE_SIZE:
        raise NoteError("tlog.note.too-large", bytes=len(raw))
    if re.search(r"[\x00-\x09\x0b-\x1f]", text):
        raise NoteError("tlog.note.malformed", reason="control character")
    return text


def _parse_line(line: str) -> SignatureLine:
    name, separator, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        blob = canonical_base64.decode(encoded)
    except ValueError as error:
        raise NoteError("tlog.note.malformed", reason="signature is not base64") from error
    if not line.startswith(_DASH) or not separator or not is_key_name(name) or len(blob) <= 4:
        raise NoteError("tlog.note.malformed", reason="not a signature line")
    return SignatureLine(name, blob[:4], blob[4:])


def _parse_key_text(text: str) -> tuple[str, bytes, SignatureType, bytes]:
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        blob = canonical_base64.decode(encoded)
    except ValueError as error:
        raise NoteError("tlog.note.key", name=name) from error
    if not re.fullmatch(r"[0-9a-f]{8}", key_id) or len(blob) != 1 + _KEY_SIZE:
        raise NoteError("tlog.note.key", name=name)
    try:
        kind = SignatureType(blob[0])
    except ValueError as error:
        raise NoteError("tlog.note.key-type", name=name, type=blob[0]) from error
    return name, bytes.fromhex(key_id), kind, blob[1:]
