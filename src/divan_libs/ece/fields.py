"""Single fields of a message, understood leniently: texts, parties, dates, grades, files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from divan_libs.ece import words
from divan_libs.ece.moments import calendar_of, is_iso, read_moment
from divan_libs.ece.shape import Element, Notes
from divan_libs.ece.sniffing import UNKNOWN, extension_agrees, media_type_of, type_agrees
from divan_libs.ece.values import (
    PROTOCOL_NAME,
    PROTOCOL_VERSION,
    Calendar,
    Classification,
    ClassificationLevel,
    DeviationCode,
    Moment,
    Part,
    Party,
    Priority,
    PriorityLevel,
    ReceiveType,
    RelationKind,
    Software,
)
from divan_libs.persian.text import normalize

Level = TypeVar("Level")

UNKNOWN_CLASSIFICATION = ClassificationLevel.HIGHLY_CONFIDENTIAL
"""Taken when nothing tells how secret a letter is: the strictest that travels in this exchange."""
_STRICTNESS = list(ClassificationLevel)


def clean_text(raw: str) -> str:
    """Return a text in the stored form of Persian; lines stay."""
    return normalize(raw)


def clean_name(raw: str) -> str:
    """Return a name without the semicolons and spaces that lists leave behind."""
    return normalize(raw).rstrip("; ")


def read_text(element: Element | None, notes: Notes) -> str:
    """Return the element's text in the stored form."""
    return _normal(element.text, element.place, element.line, notes) if element else ""


def _normal(raw: str, place: str, line: int, notes: Notes) -> str:
    normal = clean_text(raw)
    if normal != "\n".join(" ".join(part.split()) for part in raw.splitlines()).strip("\n"):
        notes.add(DeviationCode.LETTERS_FOREIGN, place, line, normal)
    return normal


def _name(element: Element, attribute: str, notes: Notes) -> str:
    raw, place = element.attributes.get(attribute, ""), f"{element.place}/@{attribute}"
    normal = _normal(raw, place, element.line, notes)
    name = clean_name(normal)
    if name != normal or raw != raw.strip():
        notes.add(DeviationCode.NAMES_TRAILING, place, element.line, name)
    return name


def read_party(element: Element | None, notes: Notes) -> Party:
    """Return who is meant; the code is kept as it stands."""
    return Party(**party_fields(element, notes))


def party_fields(element: Element | None, notes: Notes) -> dict[str, str]:
    """Return the fields of a party by name."""
    if element is None:
        return {}
    names = ("Organization", "Department", "Position", "Name")
    fields = {name.lower(): _name(element, name, notes) for name in names}
    return fields | {"code": element.attributes.get("Code", "").strip()}


def read_protocol(element: Element | None, notes: Notes) -> str:
    """Return the version of the protocol as it stands."""
    if element is None:
        return ""
    name, version = (element.attributes.get(one, "").strip() for one in ("Name", "Version"))
    if name != PROTOCOL_NAME:
        notes.add(DeviationCode.PROTOCOL_NAME, f"{element.place}/@Name", element.line, name)
    if version != PROTOCOL_VERSION:
        notes.add(DeviationCode.PROTOCOL_VERSION, f"{element.place}/@Version", element.line, version)
    return version


def read_software(element: Element | None, notes: Notes) -> Software:
    """Return which program wrote the message."""
    if element is None:
        return Software()
    guid = element.attributes.get("GUID", "").strip()
    software = Software(
        developer=_name(element, "SoftwareDeveloper", notes),
        version=element.attributes.get("Version", "").strip(),
        guid=guid,
    )
    if software.uuid is None or guid != str(software.uuid):
        notes.add(DeviationCode.GUID_FORM, f"{element.place}/@GUID", element.line, str(software.uuid or ""))
    return software


def read_date(element: Element | None, notes: Notes, *, wanted: Calendar = Calendar.GREGORIAN) -> Moment:
    """Return a date; disagreement between the calendar said and the one read is noted, and the one read holds."""
    if element is None:
        return Moment(text="", shown_as=None, at=None, has_time=False)
    said = element.attributes.get("ShowAs", "").strip()
    shown_as = next((known for known in Calendar if known.value == said.casefold()), None)
    if "ShowAs" in element.attributes and said != shown_as:
        notes.add(DeviationCode.DATE_SHOWN_AS, f"{element.place}/@ShowAs", element.line, said)
    moment = read_moment(element.text.strip(), shown_as)
    if moment.at is None:
        notes.add(DeviationCode.DATE_UNREADABLE, element.place, element.line, moment.text)
        return moment
    understood = moment.at.isoformat() if moment.has_time else str(moment.at.date())
    if shown_as is not None and shown_as is not calendar_of(moment):
        notes.add(DeviationCode.DATE_CALENDAR, element.place, element.line, understood)
    if wanted is Calendar.GREGORIAN and not is_iso(moment.text):
        notes.add(DeviationCode.DATE_FORM, element.place, element.line, understood)
    return moment


def read_receive_type(element: Element, usual: ReceiveType, notes: Notes) -> ReceiveType:
    """Return for what a receiver gets the letter; ``usual`` when the word is unknown."""
    said = element.attributes.get("ReceiveType", "")
    found = words.RECEIVE_TYPE_BY_NAME.get(words.folded(said))
    place = f"{element.place}/@ReceiveType"
    if found is None:
        if "ReceiveType" in element.attributes:
            notes.add(DeviationCode.RECEIVE_TYPE_UNKNOWN, place, element.line, said)
        return usual
    if said != found:
        notes.add(DeviationCode.RECEIVE_TYPE_WORD, place, element.line, f"{said}: {found.value}")
    return found


def _grade(
    element: Element, by_name: Mapping[str, Level], by_code: Mapping[str, Level], notes: Notes
) -> tuple[str, str, Level | None, Level | None]:
    name, code = _name(element, "Name", notes), element.attributes.get("Code", "").strip()
    return name, code, by_name.get(words.folded(name)), by_code.get(code)


def read_priority(element: Element | None, notes: Notes) -> Priority:
    """Return the urgency: by name; by code only when there is no name, for codes are each program's own."""
    if element is None:
        return Priority()
    name, code, named, coded = _grade(element, words.PRIORITY_BY_NAME, words.PRIORITY_BY_CODE, notes)
    level = named if name else coded
    if level is None:
        notes.add(DeviationCode.PRIORITY_UNKNOWN, element.place, element.line, name or code)
        level = PriorityLevel.NORMAL
    elif named is not coded:
        notes.add(DeviationCode.PRIORITY_CODE, element.place, element.line, f"{name}, {code}: {level.value}")
    return Priority(level=level, name=name, code=code)


def read_classification(element: Element | None, notes: Notes, place: str) -> Classification:
    """Return the classification: of what name and code say the stricter, of nothing known the strictest usual one."""
    if element is None:
        notes.add(DeviationCode.CLASSIFICATION_UNKNOWN, place, 1, UNKNOWN_CLASSIFICATION.value)
        return Classification(level=UNKNOWN_CLASSIFICATION)
    name, code, named, coded = _grade(element, words.CLASSIFICATION_BY_NAME, words.CLASSIFICATION_BY_CODE, notes)
    known = [level for level in (named, coded) if level is not None]
    if not known or (name and named is None):
        level = max([*known, UNKNOWN_CLASSIFICATION], key=_STRICTNESS.index)
        notes.add(DeviationCode.CLASSIFICATION_UNKNOWN, element.place, element.line, f"{name}, {code}: {level.value}")
        return Classification(level=level, name=name, code=code)
    level = max(known, key=_STRICTNESS.index)
    if named is not coded:
        notes.add(DeviationCode.CLASSIFICATION_CODE, element.place, element.line, f"{name}, {code}: {level.value}")
    return Classification(level=level, name=name, code=code)


def read_relation(element: Element | None, notes: Notes) -> tuple[RelationKind | None, str, str]:
    """Return how a letter refers to another, with the name and the code that say so."""
    if element is None:
        return None, "", ""
    name, code, named, coded = _grade(element, words.RELATION_BY_NAME, words.RELATION_BY_CODE, notes)
    kind = named if name else coded
    if kind is None:
        notes.add(DeviationCode.RELATION_UNKNOWN, element.place, element.line, name or code)
    elif named is not coded:
        notes.add(DeviationCode.RELATION_CODE, element.place, element.line, f"{name}, {code}: {kind.value}")
    return kind, name, code


def read_part(element: Element, notes: Notes) -> Part | None:
    """Return a file with its real type, or None when it is empty; what its type and extension claim is noted."""
    content = element.content
    if content is None or not content.size:
        notes.add(DeviationCode.PART_EMPTY, element.place, element.line)
        return None
    real = media_type_of(content)
    declared_type, extension = (element.attributes.get(one, "").strip() for one in ("ContentType", "Extension"))
    description = _normal(
        element.attributes.get("Description", ""), f"{element.place}/@Description", element.line, notes
    )
    is_placeholder = words.is_empty_page(description)
    if element.unbroken:
        notes.add(DeviationCode.BASE64_UNBROKEN, element.place, element.line)
    if is_placeholder:
        notes.add(DeviationCode.PART_PLACEHOLDER, element.place, element.line, description)
    _compare_claims(element, real, declared_type, extension, notes)
    return Part(
        content=content,
        media_type=real,
        description=description,
        declared_type=declared_type,
        declared_extension=extension,
        is_placeholder=is_placeholder,
    )


def _compare_claims(element: Element, real: str, declared_type: str, extension: str, notes: Notes) -> None:
    place, line = element.place, element.line
    bare = extension.removeprefix(".")
    if bare != extension:
        notes.add(DeviationCode.EXTENSION_DOT, f"{place}/@Extension", line, extension)
    if bare != bare.lower():
        notes.add(DeviationCode.EXTENSION_CASE, f"{place}/@Extension", line, extension)
    if declared_type != declared_type.lower():
        notes.add(DeviationCode.CONTENT_TYPE_CASE, f"{place}/@ContentType", line, declared_type)
    if real == UNKNOWN:
        notes.add(DeviationCode.TYPE_UNKNOWN, place, line, declared_type)
        return
    if declared_type and not type_agrees(declared_type, real):
        notes.add(DeviationCode.CONTENT_TYPE_DIFFERS, f"{place}/@ContentType", line, f"{declared_type}: {real}")
    if bare and not extension_agrees(bare.lower(), real):
        notes.add(DeviationCode.EXTENSION_DIFFERS, f"{place}/@Extension", line, f"{extension}: {real}")
