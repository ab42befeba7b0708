"""Reading what others wrote: every known deviation of letters and receipts is accepted, and reported.

The caller keeps the original bytes; they are the evidence, this reading is what was understood of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from divan_libs.ece import fields
from divan_libs.ece.errors import EceRefusal
from divan_libs.ece.limits import DEFAULT_LIMITS, Limits
from divan_libs.ece.shape import LETTER_SHAPES, NAMESPACE, RECEIPT_SHAPES, Element, Notes, shaped
from divan_libs.ece.values import (
    Calendar,
    DeviationCode,
    Letter,
    Part,
    Reading,
    Receipt,
    Receiver,
    ReceiveType,
    RelatedLetter,
)
from divan_libs.ece.xml_tree import Document, Node, parse

_OF_RECEIPTS = {"registrationno", "letterreceiver", "sentcode"}
_OF_LETTERS = {"sender", "receiver", "subject", "origins"}
_OF_BOTH = {"protocol", "letterno"}
_ROOTS = {"letter", "receipt"}


def read_message(source: bytes | BinaryIO, *, limits: Limits = DEFAULT_LIMITS, folder: Path | None = None) -> Reading:
    """Read a letter or a receipt; what it is, is told by what it holds, for both call their root ``Letter``.

    Files inside larger than 256 KiB go to new files of ``folder`` when one is named; they are the caller's from then
    on. Without a folder everything is kept in memory.

    :raises EceRefusal: as :func:`divan_libs.ece.xml_tree.parse`; ``ece.message.root`` when it is another document,
        ``ece.message.too-many`` of receivers, related letters or keywords.
    :raises OSError: when the source cannot be read or a file cannot be written.
    """
    document = parse(source, limits=limits, folder=folder)
    notes = Notes(limits.deviations)
    try:
        message = _message(document, notes, limits)
    except BaseException:
        _remove_files(document.root)
        raise
    return Reading(message=message, deviations=notes.all(), sha256=document.sha256, size=document.size)


def _message(document: Document, notes: Notes, limits: Limits) -> Letter | Receipt:
    root = document.root
    names = {child.name.casefold() for child in root.children}
    is_receipt = bool(names & _OF_RECEIPTS) and not names & _OF_LETTERS
    if root.name.casefold() not in _ROOTS or not names & (_OF_LETTERS | _OF_RECEIPTS | _OF_BOTH):
        raise EceRefusal("ece.message.root", place=root.place, line=root.line)
    _note_preamble(document, notes, is_receipt=is_receipt)
    if root.name.casefold() != "letter":
        notes.add(DeviationCode.ROOT_NAME, root.place, root.line, root.name)
        root.name = "Letter"
    if is_receipt:
        return _receipt(shaped(root, "Letter", RECEIPT_SHAPES, notes), notes)
    return _letter(shaped(root, "Letter", LETTER_SHAPES, notes), notes, limits)


def _note_preamble(document: Document, notes: Notes, *, is_receipt: bool) -> None:
    root = document.root
    if document.single_quotes:
        notes.add(DeviationCode.DECLARATION_QUOTES, "", 1)
    if document.encoding != "utf-8":
        notes.add(DeviationCode.ENCODING, "", 1, document.encoding)
    for line in document.instructions:
        notes.add(DeviationCode.PROCESSING_INSTRUCTION, "", line)
    wanted = "" if is_receipt else NAMESPACE
    if root.namespace != wanted:
        code = DeviationCode.NAMESPACE_OTHER if root.namespace else DeviationCode.NAMESPACE_MISSING
        notes.add(code, root.place, root.line, root.namespace)


def _letter(root: Element, notes: Notes, limits: Limits) -> Letter:
    return Letter(
        protocol_version=fields.read_protocol(root.one("Protocol"), notes),
        software=fields.read_software(root.one("Software"), notes),
        sender=fields.read_party(root.one("Sender"), notes),
        receivers=_receivers(root, notes, limits),
        letter_no=fields.read_text(root.one("LetterNo"), notes),
        written_at=fields.read_date(root.one("LetterDateTime"), notes),
        related=_related(root, notes, limits),
        subject=fields.read_text(root.one("Subject"), notes),
        priority=fields.read_priority(root.one("Priority"), notes),
        classification=fields.read_classification(root.one("Classification"), notes, f"{root.place}/Classification"),
        keywords=_keywords(root, notes, limits),
        origins=_parts(root.listed("Origins", "Origin"), notes),
        attachments=_parts(root.listed("Attachments", "Attachment"), notes),
    )


def _receivers(root: Element, notes: Notes, limits: Limits) -> tuple[Receiver, ...]:
    first = root.children.get("Receiver", [])
    others = root.listed("OtherReceivers", "OtherReceiver")
    _cap("receivers", len(first) + len(others), limits.receivers)
    for extra in first[1:]:
        notes.add(DeviationCode.RECEIVER_REPEATED, extra.place, extra.line)
    usual = [(element, ReceiveType.MAIN) for element in first] + [(element, ReceiveType.COPY) for element in others]
    receivers = []
    for element, receive_type in usual:
        named = fields.party_fields(element, notes)
        receiver = Receiver(**named, receive_type=fields.read_receive_type(element, receive_type, notes))
        if receiver.is_empty:
            notes.add(DeviationCode.RECEIVER_EMPTY, element.place, element.line)
        else:
            receivers.append(receiver)
    return tuple(receivers)


def _related(root: Element, notes: Notes, limits: Limits) -> tuple[RelatedLetter, ...]:
    elements = root.listed("RelatedLetters", "RelatedLetter")
    _cap("related letters", len(elements), limits.related)
    related = []
    for element in elements:
        kind, name, code = fields.read_relation(element.one("RelationType"), notes)
        dated = element.one("RelatedLetterDateTime")
        has_date = dated is not None and bool(dated.text.strip())
        related.append(
            RelatedLetter(
                kind=kind,
                relation_name=name,
                relation_code=code,
                letter_no=fields.read_text(element.one("RelatedLetterNo"), notes),
                dated=fields.read_date(dated, notes) if has_date else None,
                sender=fields.read_party(element.one("RelatedLetterSender"), notes),
            )
        )
    return tuple(related)


def _keywords(root: Element, notes: Notes, limits: Limits) -> tuple[str, ...]:
    elements = root.listed("Keywords", "Keyword")
    _cap("keywords", len(elements), limits.keywords)
    keywords = []
    for element in elements:
        keyword = fields.read_text(element, notes)
        if "Keyword" in element.attributes:
            notes.add(DeviationCode.KEYWORD_ATTRIBUTE, f"{element.place}/@Keyword", element.line)
            keyword = keyword or fields.clean_text(element.attributes["Keyword"])
        if keyword:
            keywords.append(keyword)
    return tuple(keywords)


def _parts(elements: list[Element], notes: Notes) -> tuple[Part, ...]:
    read = (fields.read_part(element, notes) for element in elements)
    return tuple(part for part in read if part is not None)


def _receipt(root: Element, notes: Notes) -> Receipt:
    return Receipt(
        protocol_version=fields.read_protocol(root.one("Protocol"), notes),
        software=fields.read_software(root.one("Software"), notes),
        sent_code=fields.read_text(root.one("SentCode"), notes),
        receiver=fields.read_party(root.one("LetterReceiver"), notes),
        letter_no=fields.read_text(root.one("LetterNo"), notes),
        letter_dated=fields.read_date(root.one("LetterDateTime"), notes, wanted=Calendar.JALALI),
        registration_no=fields.read_text(root.one("RegistrationNo"), notes),
        registered_at=fields.read_date(root.one("RegistrationDateTime"), notes, wanted=Calendar.JALALI),
        description=fields.read_text(root.one("Description"), notes),
    )


def _cap(of: str, count: int, most: int) -> None:
    if count > most:
        raise EceRefusal("ece.message.too-many", of=of, count=count, most=most)


def _remove_files(node: Node) -> None:
    if node.content is not None and isinstance(node.content.kept, Path):
        node.content.kept.unlink(missing_ok=True)
    for child in node.children:
        _remove_files(child)
