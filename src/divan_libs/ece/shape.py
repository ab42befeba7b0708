"""The tree of a message as the format has it, and how an element from elsewhere is brought into it.

Names are compared without namespace and without case. What is unknown is left out and reported; of what may stand once
the first is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from divan_libs.ece.contents import Content
from divan_libs.ece.values import Deviation, DeviationCode
from divan_libs.ece.xml_tree import Node

NAMESPACE = "http://www.irica.com/ECE/1383-12/SendSchema"

PARTY_ATTRIBUTES = ("Organization", "Department", "Position", "Name", "Code")
_LONGEST_READ = 120


@dataclass(frozen=True, slots=True)
class Shape:
    """What an element holds: attributes that are always written, children in their order, text."""

    attributes: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()
    many: frozenset[str] = frozenset()
    has_text: bool = False
    tolerated: tuple[str, ...] = ()
    """Attributes that some programs write and that are read without being wanted."""


_TEXT = Shape(has_text=True)
_DATE = Shape(("ShowAs",), has_text=True)
_GRADE = Shape(("Name", "Code"))
_FILE = Shape(("ContentType", "Extension", "Description"), has_text=True)


def _list_of(child: str) -> Shape:
    return Shape(children=(child,), many=frozenset({child}))


_BOTH: dict[str, Shape] = {
    "Protocol": Shape(("Name", "Version")),
    "Software": Shape(("SoftwareDeveloper", "Version", "GUID"), has_text=True),
    "LetterNo": _TEXT,
    "LetterDateTime": _DATE,
}
_LETTER_CHILDREN = (
    "Protocol",
    "Software",
    "Sender",
    "Receiver",
    "OtherReceivers",
    "LetterNo",
    "LetterDateTime",
    "RelatedLetters",
    "Subject",
    "Priority",
    "Classification",
    "Keywords",
    "Origins",
    "Attachments",
)
LETTER_SHAPES: Mapping[str, Shape] = _BOTH | {
    "Letter": Shape(
        children=_LETTER_CHILDREN,
        required=frozenset(_LETTER_CHILDREN) - {"OtherReceivers", "RelatedLetters", "Keywords", "Attachments"},
        many=frozenset({"Receiver"}),
    ),
    "Sender": Shape(PARTY_ATTRIBUTES),
    "Receiver": Shape((*PARTY_ATTRIBUTES, "ReceiveType")),
    "OtherReceivers": _list_of("OtherReceiver"),
    "OtherReceiver": Shape((*PARTY_ATTRIBUTES, "ReceiveType")),
    "RelatedLetters": _list_of("RelatedLetter"),
    "RelatedLetter": Shape(
        children=("RelationType", "RelatedLetterNo", "RelatedLetterDateTime", "RelatedLetterSender"),
        required=frozenset({"RelationType", "RelatedLetterNo"}),
    ),
    "RelationType": _GRADE,
    "RelatedLetterNo": _TEXT,
    "RelatedLetterDateTime": _DATE,
    "RelatedLetterSender": Shape(PARTY_ATTRIBUTES),
    "Subject": _TEXT,
    "Priority": _GRADE,
    "Classification": _GRADE,
    "Keywords": _list_of("Keyword"),
    "Keyword": Shape(has_text=True, tolerated=("Keyword",)),
    "Origins": _list_of("Origin"),
    "Origin": _FILE,
    "Attachments": _list_of("Attachment"),
    "Attachment": _FILE,
}
_RECEIPT_CHILDREN = (
    "Protocol",
    "Software",
    "SentCode",
    "LetterReceiver",
    "LetterNo",
    "LetterDateTime",
    "RegistrationNo",
    "RegistrationDateTime",
    "Description",
)
RECEIPT_SHAPES: Mapping[str, Shape] = _BOTH | {
    "Letter": Shape(children=_RECEIPT_CHILDREN, required=frozenset(_RECEIPT_CHILDREN) - {"Description"}),
    "SentCode": _TEXT,
    "LetterReceiver": Shape(PARTY_ATTRIBUTES),
    "RegistrationNo": _TEXT,
    "RegistrationDateTime": Shape(has_text=True, tolerated=("ShowAs",)),
    "Description": _TEXT,
}


class Notes:
    """Collects deviations, up to a number."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._noted: list[Deviation] = []

    def add(self, code: DeviationCode, place: str, line: int, read: str = "") -> None:
        """Note an oddity; of many only that there were more."""
        if len(self._noted) < self._most:
            self._noted.append(Deviation(code, place, line, read[:_LONGEST_READ]))
        elif self._noted[-1].code is not DeviationCode.MORE:
            self._noted.append(Deviation(DeviationCode.MORE, place, line, str(self._most)))

    def all(self) -> tuple[Deviation, ...]:
        """Return them in the order in which they were noted."""
        return tuple(self._noted)


@dataclass(slots=True)
class Element:
    """A known element under the names of the format."""

    name: str
    place: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: dict[str, list[Element]] = field(default_factory=dict)
    text: str = ""
    content: Content | None = None
    unbroken: bool = False

    def one(self, name: str) -> Element | None:
        """Return the first child of that name, or None."""
        return next(iter(self.children.get(name, ())), None)

    def listed(self, container: str, name: str) -> list[Element]:
        """Return the children of a list element."""
        found = self.one(container)
        return found.children.get(name, []) if found else []


def shaped(node: Node, name: str, shapes: Mapping[str, Shape], notes: Notes) -> Element:
    """Bring a node, which stands for the element ``name``, into the shape of the format, with everything below it."""
    shape = shapes[name]
    element = Element(name, node.place, node.line, content=node.content, unbroken=node.unbroken)
    if node.name != name:
        notes.add(DeviationCode.ELEMENT_CASE, node.place, node.line, node.name)
    _read_attributes(node, shape, element, notes)
    if shape.has_text:
        element.text = node.text
    elif node.text.strip():
        notes.add(DeviationCode.TEXT_UNEXPECTED, node.place, node.line, node.text.strip())
    _read_children(node, shape, element, shapes, notes)
    return element


def _read_attributes(node: Node, shape: Shape, element: Element, notes: Notes) -> None:
    known = {name.casefold(): name for name in (*shape.attributes, *shape.tolerated)}
    exact = {name for name, _ in node.attributes}
    for name, value in node.attributes:
        meant = known.get(name.casefold())
        place = f"{node.place}/@{name}"
        if meant is None:
            notes.add(DeviationCode.ATTRIBUTE_UNKNOWN, place, node.line, value)
        elif meant in element.attributes or (name != meant and meant in exact):
            notes.add(DeviationCode.ATTRIBUTE_REPEATED, place, node.line, value)
        else:
            element.attributes[meant] = value
            if name != meant:
                notes.add(DeviationCode.ATTRIBUTE_CASE, place, node.line, meant)
    for name in shape.attributes:
        if name not in element.attributes:
            notes.add(DeviationCode.ATTRIBUTE_MISSING, f"{node.place}/@{name}", node.line)


def _read_children(node: Node, shape: Shape, element: Element, shapes: Mapping[str, Shape], notes: Notes) -> None:
    known = {name.casefold(): name for name in shape.children}
    furthest, in_order = 0, True
    for child in node.children:
        name = known.get(child.name.casefold())
        if name is None:
            notes.add(DeviationCode.ELEMENT_UNKNOWN, child.place, child.line)
            continue
        if name in element.children and name not in shape.many:
            notes.add(DeviationCode.ELEMENT_REPEATED, child.place, child.line)
            continue
        position = shape.children.index(name)
        if position < furthest and in_order:
            in_order = False
            notes.add(DeviationCode.ELEMENT_ORDER, child.place, child.line)
        furthest = max(furthest, position)
        element.children.setdefault(name, []).append(shaped(child, name, shapes, notes))
    for name in shape.children:
        if name in shape.required and name not in element.children:
            notes.add(DeviationCode.ELEMENT_MISSING, f"{node.place}/{name}", node.line)
