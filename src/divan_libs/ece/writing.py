"""Writing letters and receipts strictly as the format has them, straight into a file.

The tree is written once without its files and thrown away, so that whatever cannot be written is refused before the
first byte; only a file that cannot be read any more breaks off what was begun.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, TypeVar
from xml.sax.saxutils import escape, quoteattr

from divan_libs.ece import words
from divan_libs.ece.errors import EceRefusal
from divan_libs.ece.fields import clean_name, clean_text
from divan_libs.ece.limits import DEFAULT_LIMITS, Limits
from divan_libs.ece.moments import FIRST_GREGORIAN_YEAR, jalali_moment_at, moment_at
from divan_libs.ece.shape import NAMESPACE
from divan_libs.ece.sniffing import EXTENSIONS, media_type_of
from divan_libs.ece.values import (
    PROTOCOL_NAME,
    PROTOCOL_VERSION,
    Calendar,
    Letter,
    Moment,
    Part,
    Party,
    Receipt,
    Receiver,
    ReceiveType,
    RelatedLetter,
    Software,
)

Item = TypeVar("Item")

# A whole number of lines of 76 characters.
_CHUNK = 57 * 4096
# What XML 1.0 cannot carry and normalising does not drop.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Written:
    """How long the message became and its SHA-256."""

    sha256: str
    size: int


def letter_bytes(letter: Letter, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return a letter message; see :func:`write_letter`."""
    file = io.BytesIO()
    write_letter(letter, file, limits=limits)
    return file.getvalue()


def write_letter(letter: Letter, file: BinaryIO, *, limits: Limits = DEFAULT_LIMITS) -> Written:
    """Write a letter message: the whole tree in its order, the date Gregorian, names and codes both.

    Texts are written in the stored form of Persian. Parts are read and encoded piece by piece.

    :raises EceRefusal: ``ece.write.incomplete`` when a field that receivers need is missing, ``.too-many``,
        ``.too-long``, ``.too-large``, ``.character``, ``.date``, ``.classification`` (secret letters do not travel
        this way), ``.relation``, ``.part-type`` when a file's type is none that the format knows or not what its
        bytes are.
    :raises OSError: when a part cannot be read or the file cannot be written.
    """
    _check_letter(letter, limits)
    _write_letter(_Tree(io.BytesIO(), limits, with_files=False), letter)
    tree = _Tree(file, limits)
    _write_letter(tree, letter)
    return tree.written()


def _write_letter(tree: _Tree, letter: Letter) -> None:
    with tree.element("Letter", xmlns=NAMESPACE):
        _write_head(tree, letter.software)
        tree.empty("Sender", **_party(letter.sender))
        tree.empty("Receiver", **_receiver(letter.receivers[0]))
        _write_list(tree, "OtherReceivers", letter.receivers[1:], _write_other_receiver)
        tree.text("LetterNo", letter.letter_no)
        _write_moment(tree, "LetterDateTime", letter.written_at)
        _write_list(tree, "RelatedLetters", letter.related, _write_related)
        tree.text("Subject", letter.subject)
        _write_grade(tree, "Priority", words.PRIORITY_WRITTEN[letter.priority.level])
        _write_grade(tree, "Classification", words.CLASSIFICATION_WRITTEN[letter.classification.level])
        _write_list(tree, "Keywords", letter.keywords, _write_keyword)
        with tree.element("Origins"):
            for part in letter.origins:
                tree.part("Origin", part)
        with tree.element("Attachments"):
            for part in letter.attachments:
                tree.part("Attachment", part)


def _write_list(tree: _Tree, name: str, items: Sequence[Item], write: Callable[[_Tree, Item], None]) -> None:
    if items:
        with tree.element(name):
            for item in items:
                write(tree, item)


def _write_other_receiver(tree: _Tree, receiver: Receiver) -> None:
    tree.empty("OtherReceiver", **_receiver(receiver))


def _write_keyword(tree: _Tree, keyword: str) -> None:
    tree.text("Keyword", keyword)


def receipt_bytes(receipt: Receipt, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return a receipt as one program is known to write it: root ``Letter``, no namespace, Jalali dates. Provisional.

    :raises EceRefusal: ``ece.write.incomplete``, ``.too-long``, ``.character``, ``.date``.
    """
    _check_software(receipt.software)
    _require(clean_text(receipt.letter_no), "letter_no")
    _require(clean_text(receipt.registration_no), "registration_no")
    _require(not receipt.receiver.is_empty, "receiver")
    dated, registered = (
        jalali_moment_at(_dated(receipt.letter_dated, "letter_dated")),
        jalali_moment_at(_dated(receipt.registered_at, "registered_at")),
    )
    file = io.BytesIO()
    tree = _Tree(file, limits)
    with tree.element("Letter"):
        _write_head(tree, receipt.software)
        tree.text("SentCode", receipt.sent_code)
        tree.empty("LetterReceiver", **_party(receipt.receiver))
        tree.text("LetterNo", receipt.letter_no)
        tree.text("LetterDateTime", dated.text, ShowAs="jalali")
        tree.text("RegistrationNo", receipt.registration_no)
        tree.text("RegistrationDateTime", registered.text)
        if receipt.description:
            tree.text("Description", receipt.description)
    return file.getvalue()


def _check_letter(letter: Letter, limits: Limits) -> None:
    _check_software(letter.software)
    _require(clean_name(letter.sender.organization), "sender.organization")
    _require(letter.receivers, "receivers")
    _require(letter.receivers[0].receive_type is ReceiveType.MAIN, "receivers[0].receive_type")
    _require(not any(receiver.is_empty for receiver in letter.receivers), "receivers")
    _require(all(clean_text(keyword) for keyword in letter.keywords), "keywords")
    _require(clean_text(letter.letter_no), "letter_no")
    _require(clean_text(letter.subject), "subject")
    _require(letter.origins, "origins")
    _dated(letter.written_at, "written_at")
    if letter.classification.level not in words.CLASSIFICATION_WRITTEN:
        raise EceRefusal("ece.write.classification", level=letter.classification.level.value)
    for related in letter.related:
        _check_related(related)
    _check_amounts(letter, limits)


def _check_amounts(letter: Letter, limits: Limits) -> None:
    parts = (*letter.origins, *letter.attachments)
    for of, count, most in (
        ("receivers", len(letter.receivers), limits.receivers),
        ("related letters", len(letter.related), limits.related),
        ("keywords", len(letter.keywords), limits.keywords),
        ("parts", len(parts), limits.parts),
    ):
        if count > most:
            raise EceRefusal("ece.write.too-many", of=of, count=count, most=most)
    size = sum(part.content.size for part in parts)
    if size > limits.decoded_bytes:
        raise EceRefusal("ece.write.too-large", size=size, most=limits.decoded_bytes)
    for number, part in enumerate(parts, start=1):
        if part.media_type not in EXTENSIONS or media_type_of(part.content) != part.media_type:
            raise EceRefusal("ece.write.part-type", part=number, media_type=part.media_type)


def _check_related(related: RelatedLetter) -> None:
    _require(clean_text(related.letter_no), "related.letter_no")
    if related.dated is not None:
        _dated(related.dated, "related.dated")


def _check_software(software: Software) -> None:
    _require(clean_name(software.developer), "software.developer")
    _require(software.uuid, "software.guid")


def _dated(moment: Moment, field: str = "") -> datetime:
    if moment.at is None or moment.at.tzinfo is None or moment.at.year < FIRST_GREGORIAN_YEAR:
        raise EceRefusal("ece.write.date", field=field)
    return moment.at


def _require(value: object, field: str) -> None:
    if not value:
        raise EceRefusal("ece.write.incomplete", field=field)


def _party(party: Party) -> dict[str, str]:
    return {
        "Organization": clean_name(party.organization),
        "Department": clean_name(party.department),
        "Position": clean_name(party.position),
        "Name": clean_name(party.name),
        "Code": party.code.strip(),
    }


def _receiver(receiver: Receiver) -> dict[str, str]:
    return _party(receiver) | {"ReceiveType": receiver.receive_type.value}


def _write_head(tree: _Tree, software: Software) -> None:
    tree.empty("Protocol", Name=PROTOCOL_NAME, Version=PROTOCOL_VERSION)
    tree.empty(
        "Software",
        SoftwareDeveloper=clean_name(software.developer),
        Version=software.version.strip(),
        GUID=str(software.uuid or ""),
    )


def _write_moment(tree: _Tree, name: str, moment: Moment) -> None:
    tree.text(name, moment_at(_dated(moment)).text, ShowAs=Calendar.GREGORIAN.value)


def _write_related(tree: _Tree, related: RelatedLetter) -> None:
    if related.kind is None:
        raise EceRefusal("ece.write.relation")
    with tree.element("RelatedLetter"):
        _write_grade(tree, "RelationType", words.RELATION_WRITTEN[related.kind])
        tree.text("RelatedLetterNo", related.letter_no)
        if related.dated is not None:
            _write_moment(tree, "RelatedLetterDateTime", related.dated)
        tree.empty("RelatedLetterSender", **_party(related.sender))


def _write_grade(tree: _Tree, name: str, written: tuple[str, str]) -> None:
    tree.empty(name, Name=written[0], Code=written[1])


class _Tree:
    """Writes elements, indented, into a file, and counts."""

    def __init__(self, file: BinaryIO, limits: Limits, *, with_files: bool = True) -> None:
        self._file, self._limits, self._with_files = file, limits, with_files
        self._hash, self._size, self._depth = hashlib.sha256(), 0, 0
        self._put('<?xml version="1.0" encoding="UTF-8"?>\n')

    def written(self) -> Written:
        """Return what was written."""
        return Written(self._hash.hexdigest(), self._size)

    @contextmanager
    def element(self, name: str, **attributes: str) -> Iterator[None]:
        """Write an element around others."""
        self._line(f"<{name}{self._attributes(name, attributes)}>")
        self._depth += 1
        yield
        self._depth -= 1
        self._line(f"</{name}>")

    def empty(self, name: str, **attributes: str) -> None:
        """Write an element that has only attributes."""
        self._line(f"<{name}{self._attributes(name, attributes)}/>")

    def text(self, name: str, text: str, **attributes: str) -> None:
        """Write an element with text, in the stored form of Persian."""
        normal = self._writable(name, clean_text(text), self._limits.text_chars)
        self._line(f"<{name}{self._attributes(name, attributes)}>{escape(normal)}</{name}>")

    def part(self, name: str, part: Part) -> None:
        """Write a file: its type, the extension of that type, base64 in lines of 76 characters."""
        attributes = {
            "ContentType": part.media_type,
            "Extension": EXTENSIONS[part.media_type][0],
            "Description": clean_text(part.description),
        }
        self._put(f"{' ' * self._depth}<{name}{self._attributes(name, attributes)}>\n")
        if not self._with_files:
            return
        with part.content.open() as content:
            while chunk := content.read(_CHUNK):
                self._put_bytes(base64.encodebytes(chunk))
        self._put(f"</{name}>\n")

    def _attributes(self, name: str, attributes: dict[str, str]) -> str:
        return "".join(
            f" {key}={quoteattr(self._writable(f'{name}/@{key}', value, self._limits.attribute_chars))}"
            for key, value in attributes.items()
        )

    def _writable(self, place: str, text: str, most: int) -> str:
        if len(text) > most:
            raise EceRefusal("ece.write.too-long", place=place, most=most)
        if _UNWRITABLE.search(text):
            raise EceRefusal("ece.write.character", place=place)
        return text

    def _line(self, text: str) -> None:
        self._put(f"{' ' * self._depth}{text}\n")

    def _put(self, text: str) -> None:
        self._put_bytes(text.encode())

    def _put_bytes(self, data: bytes) -> None:
        self._hash.update(data)
        self._size += len(data)
        self._file.write(data)
