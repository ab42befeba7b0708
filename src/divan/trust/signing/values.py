"""What signing speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from divan.foundation.errors import Refusal, Trouble
from divan.foundation.kinds import FactKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What stands at the head and the foot of a letter: the body (سربرگ), in the language of the letter."""

    body_name: str
    parent_body: str
    address: str
    email: str
    legal_id: str


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
    """

    uuid: UUID
    kind: str
    title: str
    source: str
    fields: Mapping[str, str]
    language: str
    letterhead: Letterhead
    number: str
    dated_on: date
    recipient: str
    copies: tuple[str, ...] = ()
    signer: SignerRef
    about_kind: str
    about_uuid: UUID
    sealed_fact: UUID


class DocumentState(StrEnum):
    """Where a document stands: it waits for its receipt, can be made, is signed and stored, or cannot be made."""

    REQUESTED = "requested"
    READY = "ready"
    ISSUED = "issued"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as others see it.

    ``failure`` is the code of what kept it from being made, else empty; ``failure_detail`` is for whoever mends it.
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


class Standing(StrEnum):
    """What a file turned out to be; each value has its words at the faces."""

    GENUINE = "genuine"
    """Issued here, byte for byte; the signature holds and the house's record says the same."""
    CONTRADICTED = "contradicted"
    """The file is the issued one and its signature holds, but the house's record of it says otherwise."""
    DOUBTFUL = "doubtful"
    """The file is the issued one, yet its signature or timestamp is not trusted now."""
    ALTERED = "altered"
    """It was signed, or names a document of this house, and is not what was signed."""
    DIFFERENT = "different"
    """Soundly signed under the code of a document of this house, and not the file that was issued under it."""
    UNKNOWN = "unknown"
    """Soundly signed by a trusted signatory, and not issued here."""
    UNTRUSTED = "untrusted"
    """Signed, by nobody whom this house can trust."""
    UNSIGNED = "unsigned"
    """A PDF that nobody has signed."""
    UNREADABLE = "unreadable"
    """A damaged, encrypted or hostile file."""
    NOT_A_PDF = "not-a-pdf"
    """Another kind of file."""


class AlterationKind(StrEnum):
    """How a file differs from the issued one."""

    ADDED = "added"
    """The issued file stands whole at its beginning, and something was added behind it."""
    CUT = "cut"
    """Its end is missing."""
    CHANGED = "changed"
    """It differs in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """How a file differs from the issued one: ``at`` is the first byte that differs; sizes are in bytes."""

    kind: AlterationKind
    at: int
    issued_size: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a file says of itself in its embedded ``letter.json``; believed only under a sound signature."""

    guid: str
    code: str
    number: str
    dated_on: str
    title: str
    recipient: str
    signer_name: str
    signer_title: str
    signer_code: str
    organization: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a file proves, ready to be said in words.

    What is shown of the letter comes from the file while its signature holds, else from the house's record of the
    document that the file names; ``document`` is that record. ``problems`` are the codes of `divan_libs.pki`;
    ``contradictions`` names the fields in which record and file disagree. ``signed_at`` is what the signer claims,
    ``timestamped_at`` is proven. ``receipt`` is the embedded proof that the decision stands in the log, unverified.
    """

    standing: Standing
    document: Document | None
    code: str = ""
    number: str = ""
    title: str = ""
    dated_on: date | None = None
    recipient: str = ""
    signer_name: str = ""
    signer_title: str = ""
    organization: str = ""
    signed_at: datetime | None = None
    timestamped_at: datetime | None = None
    certificate_serial: str = ""
    problems: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    alteration: Alteration | None = None
    receipt: bytes | None = field(default=None, repr=False)

    @property
    def is_genuine(self) -> bool:
        """Whether the file may be relied upon without reservation."""
        return self.standing is Standing.GENUINE


class DocumentUnknown(Refusal):
    """There is no such document, or it is not issued yet."""

    code = "signing.document-unknown"
    status = 404


class SignatoryNotEnrolled(Refusal):
    """The person has no certificate in force for signing in this post."""

    code = "signing.signatory-not-enrolled"


class SignatoryUnfit(Refusal):
    """The certificate cannot be issued or taken for this signatory; ``reason`` is a code of `divan_libs.pki`."""

    code = "signing.signatory-unfit"
    status = 422


class AuthorityAbsent(Refusal):
    """No authority issues certificates here: bring the signatory's key file, or configure trusted roots."""

    code = "signing.authority-absent"


class ReceiptUnreadable(Refusal):
    """What was given is no receipt of the log; it is not embedded in a document."""

    code = "signing.receipt-unreadable"
    status = 422


class DocumentNotFailed(Refusal):
    """Only a document whose making failed is tried again by hand."""

    code = "signing.document-not-failed"


class KeysUnusable(Trouble):
    """A key or certificate file of the installation is missing, damaged or open to others."""

    code = "signing.keys-unusable"


class TimestampsUnavailable(Trouble):
    """The timestamp authority does not answer; nothing is signed without a timestamp."""

    code = "signing.timestamps-unavailable"


class FontsMissing(Trouble):
    """The fonts of letters are not there: the front end was not built."""

    code = "signing.fonts-missing"


class WordingFault(Refusal):
    """The wording cannot be typeset; ``detail`` says where, for the author of the package."""

    code = "signing.wording-fault"
    status = 422


class WordingTooSlow(Refusal):
    """Typesetting the wording took longer than any letter takes, or more memory, and was stopped."""

    code = "signing.wording-too-slow"
    status = 422


class DocumentUnsignable(Refusal):
    """The typeset file cannot be signed."""

    code = "signing.document-unsignable"


AUTHORITY_PREPARED = FactKind(
    "signing.authority-prepared", "The keys and roots with which the installation signs and verifies were put in order."
)
SIGNATORY_ENROLLED = FactKind("signing.signatory-enrolled", "A person got a key and certificate for signing in a post.")
DOCUMENT_REQUESTED = FactKind(
    "signing.document-requested", "A numbered document was asked for; it waits for its receipt."
)
RECEIPT_GIVEN = FactKind("signing.receipt-given", "The receipt of the sealed decision was given to its document.")
DOCUMENT_ISSUED = FactKind("signing.document-issued", "A document was made, signed, timestamped and stored.")
DOCUMENT_FAILED = FactKind("signing.document-failed", "A document cannot be made; the reason is a code.")
DOCUMENT_RETRIED = FactKind("signing.document-retried", "A document whose making failed was put up to be made again.")
