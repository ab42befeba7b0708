"""The paper of a letter: its rich text, marks and copies, and who else signs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Secrecy(StrEnum):
    """How far a letter may be shown (طبقه‌بندی); all but the first are printed on each page."""

    ORDINARY = "ordinary"
    CONFIDENTIAL = "confidential"
    HIGHLY_CONFIDENTIAL = "highly-confidential"
    SECRET = "secret"  # noqa: S105 (a class of letters)
    TOP_SECRET = "top-secret"  # noqa: S105 (as above)


class Urgency(StrEnum):
    """How soon a letter must be acted on (فوریت); all but the first are stamped on the first page."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    IMMEDIATE = "immediate"


class PageSize(StrEnum):
    """On what a letter is printed."""

    A4 = "a4"
    A5 = "a5"


class SigningOrder(StrEnum):
    """Whether co-signers sign one after another as they stand in the letter, or as each comes."""

    IN_ORDER = "in-order"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCopy:
    """Somebody who gets a copy (رونوشت), and what the copy is for, printed behind the name on every copy."""

    recipient: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shams:
    """What the national document id (SHAMS 1.2) needs beside the signers' national codes.

    ``number`` has at most 20 characters; ``registered_at`` is printed as 19, in Tehran's time.
    """

    number: str
    registered_at: datetime
    guid: UUID
    email: str
    legal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPaper:
    """A letter whose words are rich text, not a package's wording.

    ``body_html`` is of the subset of `divan_libs.richtext` and is cleaned again before it is kept. ``recipients`` are
    the lines above the subject, each recipient one or more lines; where there are none the document's ``recipient``
    stands there. ``references`` are whole phrases («عطف به نامهٔ شمارهٔ … مورخ …»). Without ``shams`` the letter carries
    the verification code alone.
    """

    body_html: str
    recipients: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    copies: tuple[LetterCopy, ...] = ()
    attachments: int = 0
    secrecy: Secrecy = Secrecy.ORDINARY
    urgency: Urgency = Urgency.ORDINARY
    page_size: PageSize = PageSize.A4
    shams: Shams | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandSigner:
    """Who signed a paper by hand, as the statement on its first page names them."""

    name: str
    title: str
    organization: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPaper:
    """A letter that was signed by hand and scanned: ``scan`` is a stored file (PDF, PNG or JPEG).

    Its document is a statement of who signed by hand, with the scan attached as it is, and a picture also on the page
    behind it; a PDF cannot be drawn in an archive file.
    ``recorded_by`` says in words who compared the scan with the paper. The document's signer is the seal of the body.
    """

    scan: UUID
    signers: tuple[HandSigner, ...]
    recorded_by: str
    page_size: PageSize = PageSize.A4


class SignatureState(StrEnum):
    """Where one of several signatures stands: awaited, wanted by its signer, made, or declined."""

    AWAITED = "awaited"
    WANTED = "wanted"
    MADE = "made"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSignature:
    """One of several signatures of a document, in the order of the letter."""

    uuid: UUID
    position: int
    person: UUID
    post: UUID
    name: str
    title: str
    organization: str
    state: SignatureState
    wanted_at: datetime | None
    made_at: datetime | None
