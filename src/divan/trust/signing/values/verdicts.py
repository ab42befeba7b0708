"""What a file proves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from divan.trust.signing.values.documents import Document


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
    INCOMPLETE = "incomplete"
    """Soundly signed, but not by all whom it names as signers."""
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
    """What a file says of itself in its embedded ``letter.json``; believed only under a sound signature.

    ``signers`` are the national codes of all who sign; empty where one signs alone.
    """

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
    signers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerVerdict:
    """One who signed a file, as the certificate names them; ``sound`` says whether this signature holds."""

    name: str
    title: str
    organization: str
    sound: bool
    signed_at: datetime | None
    timestamped_at: datetime | None
    certificate_serial: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a file proves, ready to be said in words.

    What is shown of the letter comes from the file while its signature holds, else from the house's record of the
    document that the file names; ``document`` is that record. ``problems`` are the codes of `divan_libs.pki`;
    ``contradictions`` names the fields in which record and file disagree. ``signed_at`` is what the signer claims,
    ``timestamped_at`` is proven; both speak of the first signature, ``signers`` of each. ``receipt`` is the embedded
    proof that the decision stands in the log, unverified.
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
    signers: tuple[SignerVerdict, ...] = ()
    problems: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    alteration: Alteration | None = None
    receipt: bytes | None = field(default=None, repr=False)

    @property
    def is_genuine(self) -> bool:
        """Whether the file may be relied upon without reservation."""
        return self.standing is Standing.GENUINE
