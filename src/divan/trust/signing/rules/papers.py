"""The paper of a letter: what may stand in it, how its row keeps it, and what the layout ``paper.typ`` draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from divan.trust.signing.rules.letters import LetterText, digits_in_words, in_words, page_data
from divan.trust.signing.values import (
    HandSigner,
    LetterCopy,
    LetterPaper,
    NewDocument,
    PageSize,
    PaperInvalid,
    ScanPaper,
    Secrecy,
    Shams,
    SignerRef,
    Urgency,
)
from divan_libs.persian.jalali import TEHRAN
from divan_libs.richtext import cleaning
from divan_libs.richtext.documents import RichTextRefused

SHAMS_NUMBER_LENGTH = 20
SHAMS_SIGNERS = 2
COPIES_AT_MOST = 100
ATTACHMENTS_AT_MOST = 999
STATEMENT = '#import "statement.typ": body\n'
_LINE_LIMIT = 1000

Paper = LetterPaper | ScanPaper


def settled_paper(document: NewDocument) -> Paper | None:
    """Return the paper of a document as it will be kept, its text cleaned once more.

    :raises PaperInvalid: if something in it cannot be set, or cannot be a field of the national document id.
    """
    paper = document.paper
    if paper is not None and (document.source or document.fields):
        raise PaperInvalid(field="source", reason="both")
    if isinstance(paper, ScanPaper):
        if not paper.signers:
            raise PaperInvalid(field="signers", reason="empty")
        if not paper.recorded_by.strip():
            raise PaperInvalid(field="recorded_by", reason="empty")
        return paper
    if paper is None:
        return None
    _require_settable(paper)
    try:
        body = cleaning.clean(paper.body_html)
    except RichTextRefused as refused:
        raise PaperInvalid(field="body_html", reason=refused.reason) from refused
    if not body:
        raise PaperInvalid(field="body_html", reason="empty")
    return replace(paper, body_html=body)


def _require_settable(paper: LetterPaper) -> None:
    if not 0 <= paper.attachments <= ATTACHMENTS_AT_MOST:
        raise PaperInvalid(field="attachments", reason="range")
    if len(paper.copies) > COPIES_AT_MOST:
        raise PaperInvalid(field="copies", reason="too-many")
    texts = [
        *paper.recipients,
        *paper.references,
        *(part for one in paper.copies for part in (one.recipient, one.text)),
    ]
    if any(len(text) > _LINE_LIMIT for text in texts):
        raise PaperInvalid(field="recipients", reason="too-long")
    shams = paper.shams
    if shams is not None:
        if not 0 < len(shams.number) <= SHAMS_NUMBER_LENGTH:
            raise PaperInvalid(field="shams.number", reason="length")
        if not shams.email or not shams.legal_id:
            raise PaperInvalid(field="shams", reason="empty")


def wording_of(paper: Paper, language: str) -> str:
    """Return the Typst module of a paper's words; it is pinned with the document, like a package's wording."""
    if isinstance(paper, ScanPaper):
        return STATEMENT
    return cleaning.to_typst(paper.body_html, shown=lambda text: digits_in_words(text, language))


def paper_as_kept(paper: Paper) -> dict[str, Any]:
    """Return a paper as its document's row keeps it."""
    kept = asdict(paper)
    if isinstance(paper, ScanPaper):
        return kept | {"form": "scan", "scan": str(paper.scan)}
    shams = paper.shams
    if shams is not None:
        kept["shams"] |= {"registered_at": shams.registered_at.isoformat(), "guid": str(shams.guid)}
    return kept | {"form": "letter"}


def paper_from(kept: Mapping[str, Any]) -> Paper:
    """Return the paper that a document's row keeps."""
    size = PageSize(kept["page_size"])
    if kept["form"] == "scan":
        signers = tuple(HandSigner(**one) for one in kept["signers"])
        return ScanPaper(scan=UUID(kept["scan"]), signers=signers, recorded_by=kept["recorded_by"], page_size=size)
    shams = kept["shams"]
    return LetterPaper(
        body_html=kept["body_html"],
        recipients=tuple(kept["recipients"]),
        references=tuple(kept["references"]),
        copies=tuple(LetterCopy(**one) for one in kept["copies"]),
        attachments=kept["attachments"],
        secrecy=Secrecy(kept["secrecy"]),
        urgency=Urgency(kept["urgency"]),
        page_size=size,
        shams=Shams(
            number=shams["number"],
            registered_at=datetime.fromisoformat(shams["registered_at"]),
            guid=UUID(shams["guid"]),
            email=shams["email"],
            legal_id=shams["legal_id"],
        )
        if shams
        else None,
    )


def shams_text(shams: Shams, signers: Sequence[SignerRef], separator: str) -> str:
    """Return what the square code of the national document id says (SHAMS 1.2; circular 110718 of 3/9/1398).

    Letter number, time of registration (19 characters, Tehran), GUID, national codes of one or two signers, the body's
    e-mail address and national id. The order and the separator of the official sheet could not be confirmed.
    """
    codes = "".join(signer.national_code for signer in signers[:SHAMS_SIGNERS])
    at = shams.registered_at.astimezone(TEHRAN).strftime("%Y-%m-%dT%H:%M:%S")
    return separator.join((shams.number, at, str(shams.guid), codes, shams.email, shams.legal_id))


def paper_data(
    letter: LetterText,
    *,
    address: str,
    square_code: str,
    shams_code: str,
    crest: tuple[bytes, str] | None,
    scan: tuple[bytes, str] | None,
    rehearsal: bool,
) -> dict[str, object]:
    """Return what the layout ``paper.typ`` draws; pictures are given as (content, format)."""
    language, paper = letter.language, letter.paper
    assert paper is not None  # noqa: S101 (a letter without paper has the layout of packages)

    def shown(text: str) -> str:
        return in_words(text, language)

    data = page_data(letter, address=address, square_code=square_code, rehearsal=rehearsal)
    data |= {
        "unit_name": shown(letter.letterhead.unit_name),
        "phone": digits_in_words(letter.letterhead.phone, language),
        "signers": [
            {"name": shown(one.name), "title": shown(one.title), "organization": shown(one.organization)}
            for one in (letter.signer, *letter.co_signers)
        ],
        "page_size": paper.page_size.value,
        "shams_qr": shams_code,
        # Typst takes pictures as numbers, byte for byte: its inputs are text.
        "crest": list(crest[0]) if crest else [],
        "crest_format": crest[1] if crest else "",
        "scan": list(scan[0]) if scan else [],
        "scan_format": scan[1] if scan else "",
        "recipients": [shown(letter.recipient)] if letter.recipient else [],
        "attachments": "",
        "secrecy": Secrecy.ORDINARY.value,
        "urgency": Urgency.ORDINARY.value,
        "hand_signers": [],
        "recorded_by": "",
    }
    if isinstance(paper, ScanPaper):
        hand_signers = [{name: shown(text) for name, text in asdict(one).items()} for one in paper.signers]
        return data | {"copies": [], "hand_signers": hand_signers, "recorded_by": shown(paper.recorded_by)}
    return data | {
        "recipients": [shown(one) for one in paper.recipients] or data["recipients"],
        "references": [shown(one) for one in paper.references],
        "copies": [{"recipient": shown(one.recipient), "text": shown(one.text)} for one in paper.copies],
        "attachments": digits_in_words(str(paper.attachments), language) if paper.attachments else "",
        "secrecy": paper.secrecy.value,
        "urgency": paper.urgency.value,
    }
