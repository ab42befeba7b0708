"""The documents of signing, and who signs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from divan.trust.signing.values.papers import DocumentSignature, LetterPaper, ScanPaper, SigningOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What stands at the head and the foot of a letter: the body (سربرگ), in the language of the letter.

    ``unit_name`` is the unit of the body that writes; ``crest`` is a stored picture (PNG or JPEG) of the body, and both
    are drawn on letters with a `LetterPaper` alone, like ``phone``.
    """

    body_name: str
    parent_body: str
    address: str
    email: str
    legal_id: str
    unit_name: str = ""
    phone: str = ""
    crest: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerRef:
    """Who signs, in which post, for which organisation."""

    person: UUID
    national_code: str
    name: str
    post: UUID
    title: str
    organization: str
    legal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document to be made and signed.

    ``source`` is a Typst module that defines ``#let body(fields) = […]``; ``fields`` are its values in words, and are
    only ever text. ``number`` was taken from the register before; ``sealed_fact`` is the fact of the decision, whose
    receipt is embedded before the signature.

    ``references`` are whole phrases that name the letters it answers. A letter in rich text has them in its paper.

    A letter in rich text, or one signed by hand, has ``paper`` instead of ``source`` and ``fields``. Where there are
    ``co_signers`` the request is the act of ``signer``, or with `SigningOrder.ANY` of ``first``, who must be one of
    them; each other asks for the own signature by `actions.request_signature`, and the last issues the document.
    """

    uuid: UUID
    kind: str
    title: str
    source: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    language: str
    letterhead: Letterhead
    number: str
    dated_on: date
    recipient: str
    copies: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    signer: SignerRef
    co_signers: tuple[SignerRef, ...] = ()
    order: SigningOrder = SigningOrder.IN_ORDER
    first: UUID | None = None
    paper: LetterPaper | ScanPaper | None = None
    about_kind: str
    about_uuid: UUID
    sealed_fact: UUID


class DocumentState(StrEnum):
    """Where a document stands.

    It waits for its receipt, can be made or signed further, waits for further signers, is signed by all and stored, or
    cannot be made.
    """

    REQUESTED = "requested"
    READY = "ready"
    SIGNING = "signing"
    ISSUED = "issued"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as others see it.

    ``failure`` is the code of what kept it from being made, else empty; ``failure_detail`` is for whoever mends it.
    ``signatures`` is empty, and ``order`` None, where one signs alone.
    """

    uuid: UUID
    code: str
    state: DocumentState
    kind: str
    title: str
    number: str
    dated_on: date
    recipient: str
    signer_name: str
    signer_title: str
    organization: str
    signed_at: datetime | None
    sha256: str
    file: UUID | None
    about_kind: str
    about_uuid: UUID
    sealed_fact: UUID
    issued_fact: UUID | None
    requested_at: datetime
    issued_at: datetime | None
    failure: str = ""
    failure_detail: str = ""
    order: SigningOrder | None = None
    signatures: tuple[DocumentSignature, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """A person enrolled to sign in a post; ``fingerprint`` is the SHA-256 of the certificate, hexadecimal."""

    uuid: UUID
    person: UUID
    post: UUID
    name: str
    title: str
    organization: str
    fingerprint: str
    starts_at: datetime
    ends_at: datetime
