"""XML from strangers as a small tree: no document type, no entities, everything counted, files decoded on the way.

Expat parses; what could make it work or remember without bound is refused before it does. Nothing outside the given
bytes is ever looked up.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from divan_libs.ece.base64_parts import PartDecoder
from divan_libs.ece.contents import Content
from divan_libs.ece.errors import EceRefusal
from divan_libs.ece.limits import Limits

_CHUNK = 64 * 1024
_LONGEST_NAME = 100
_BASE64_OF = {("origins", "origin"), ("attachments", "attachment")}
_SEPARATOR = " "
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class Node:
    """An element with its own text; ``content`` is the decoded file of a part."""

    name: str
    namespace: str
    place: str
    line: int
    attributes: list[tuple[str, str]]
    children: list[Node] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    content: Content | None = None
    unbroken: bool = False
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The element's text, without what stands in its children."""
        return "".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Document:
    """What was parsed, and what was odd before its root."""

    root: Node
    sha256: str
    size: int
    encoding: str
    single_quotes: bool
    instructions: tuple[int, ...]
    """The lines of processing instructions, which are not followed."""


def parse(source: bytes | BinaryIO, *, limits: Limits, folder: Path | None) -> Document:
    """Read XML into a tree; large parts go to files of ``folder``, which are removed again when it is refused.

    :raises EceRefusal: ``ece.xml.empty``, ``.doctype``, ``.entity``, ``.encoding``, ``.not-well-formed``,
        ``.too-deep``, ``.too-many-elements``, ``.too-many-attributes``, ``.too-long``; ``ece.message.too-large``,
        ``.decoded-too-large``, ``.too-many-parts``; ``ece.part.base64``.
    :raises OSError: when the source cannot be read or a file cannot be written.
    """
    builder = _Builder(limits, folder)
    try:
        return _fed(builder, io.BytesIO(source) if isinstance(source, bytes) else source, limits)
    except BaseException:
        builder.discard()
        raise


def _fed(builder: _Builder, source: BinaryIO, limits: Limits) -> Document:
    parser = builder.parser
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            head = head or chunk[:200]
            if size > limits.message_bytes:
                raise EceRefusal("ece.message.too-large", most=limits.message_bytes)
            parser.Parse(chunk, False)
            # What the parser holds back is one unfinished token: it starts over on it with every chunk.
            if size - max(parser.CurrentByteIndex, 0) > limits.token_bytes:
                raise EceRefusal("ece.xml.too-long", line=parser.CurrentLineNumber, most=limits.token_bytes)
        if not size:
            raise EceRefusal("ece.xml.empty")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _malformed(error) from None
    except (LookupError, ValueError) as unknown:
        if isinstance(unknown, EceRefusal):
            raise
        # Expat asks Python for encodings it does not know; this is Python's answer.
        raise EceRefusal("ece.xml.encoding", line=1, declared=builder.encoding[:40]) from None
    if builder.root is None:
        raise EceRefusal("ece.xml.empty")
    encoding = "utf-16" if head.startswith(_UTF_16_MARKS) else builder.encoding.lower() or "utf-8"
    quoted = head.split(b"?>")[0]
    return Document(
        root=builder.root,
        sha256=digest.hexdigest(),
        size=size,
        encoding=encoding,
        single_quotes=quoted.startswith(b"<?xml") and b"'" in quoted,
        instructions=tuple(builder.instructions),
    )


def _malformed(error: expat.ExpatError) -> EceRefusal:
    numbers = expat.errors.codes
    if error.code == numbers[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
        return EceRefusal("ece.xml.entity", line=error.lineno)
    if error.code in {
        numbers[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
        numbers[expat.errors.XML_ERROR_INCORRECT_ENCODING],
    }:
        return EceRefusal("ece.xml.encoding", line=error.lineno)
    return EceRefusal(
        "ece.xml.not-well-formed", line=error.lineno, column=error.offset, reason=expat.ErrorString(error.code)
    )


class _Builder:
    """Makes nodes of what the parser sees, counting."""

    def __init__(self, limits: Limits, folder: Path | None) -> None:
        self.root: Node | None = None
        self.encoding = ""
        self.instructions: list[int] = []
        self._limits, self._folder = limits, folder
        self._open: list[Node] = []
        self._part: Node | None = None
        self._decoder: PartDecoder | None = None
        self._decoders: list[PartDecoder] = []
        self._elements = self._texts = self._decoded = self._own_text = 0
        self.parser = parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        parser.buffer_text = True
        parser.buffer_size = _CHUNK
        parser.ordered_attributes = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def discard(self) -> None:
        """Remove the files that were made."""
        for decoder in self._decoders:
            decoder.discard()

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.encoding = encoding or ""

    def _doctype(self, *_of: object) -> None:
        raise EceRefusal("ece.xml.doctype", line=self.parser.CurrentLineNumber)

    def _instruction(self, _target: str, _text: str) -> None:
        self._count_element()
        self.instructions.append(self.parser.CurrentLineNumber)

    def _start(self, name: str, attributes: list[str]) -> None:
        line = self.parser.CurrentLineNumber
        self._count_element()
        namespace, _, local = name.rpartition(_SEPARATOR)
        pairs = [
            (key.rpartition(_SEPARATOR)[2], value) for key, value in zip(attributes[::2], attributes[1::2], strict=True)
        ]
        above = self._open[-1] if self._open else None
        place = _place(above, local[:_LONGEST_NAME])
        if len(self._open) >= self._limits.depth:
            raise EceRefusal("ece.xml.too-deep", line=line, most=self._limits.depth)
        self._check_size(local, pairs, place, line)
        node = Node(local, namespace, place, line, pairs)
        if above is None:
            self.root = node
        else:
            above.children.append(node)
            if self._part is None and (above.name.casefold(), local.casefold()) in _BASE64_OF:
                self._begin_part(node)
        self._open.append(node)
        self._own_text = 0

    def _check_size(self, local: str, pairs: list[tuple[str, str]], place: str, line: int) -> None:
        limits = self._limits
        if len(pairs) > limits.attributes:
            raise EceRefusal("ece.xml.too-many-attributes", place=place, line=line, most=limits.attributes)
        longest_name = max([len(local), *(len(name) for name, _ in pairs)])
        longest_value = max((len(value) for _, value in pairs), default=0)
        if longest_name > _LONGEST_NAME or longest_value > limits.attribute_chars:
            raise EceRefusal("ece.xml.too-long", place=place, line=line, most=limits.attribute_chars)
        self._count_text(sum(len(name) + len(value) for name, value in pairs))

    def _begin_part(self, node: Node) -> None:
        limits = self._limits
        if len(self._decoders) >= limits.parts:
            raise EceRefusal("ece.message.too-many-parts", place=node.place, line=node.line, most=limits.parts)
        self._decoder = PartDecoder(
            place=node.place, line=node.line, most=limits.decoded_bytes - self._decoded, folder=self._folder
        )
        self._decoders.append(self._decoder)
        self._part = node

    def _end(self, _name: str) -> None:
        node = self._open.pop()
        if self._decoder is not None and node is self._part:
            node.content, node.unbroken = self._decoder.finish(), self._decoder.unbroken
            self._decoded += self._decoder.size
            self._part = self._decoder = None
        self._own_text = 0

    def _text(self, text: str) -> None:
        node = self._open[-1]
        if self._decoder is not None and node is self._part:
            self._decoder.feed(text)
            return
        self._count_text(len(text))
        self._own_text += len(text)
        if self._own_text > self._limits.text_chars:
            raise EceRefusal(
                "ece.xml.too-long", place=node.place, line=self.parser.CurrentLineNumber, most=self._limits.text_chars
            )
        if node.pieces or not text.isspace():
            node.pieces.append(text)

    def _count_element(self) -> None:
        self._elements += 1
        if self._elements > self._limits.elements:
            raise EceRefusal(
                "ece.xml.too-many-elements", line=self.parser.CurrentLineNumber, most=self._limits.elements
            )

    def _count_text(self, chars: int) -> None:
        self._texts += chars
        if self._texts > self._limits.all_text_chars:
            raise EceRefusal("ece.xml.too-long", line=self.parser.CurrentLineNumber, most=self._limits.all_text_chars)


def _place(above: Node | None, name: str) -> str:
    if above is None:
        return name
    number = above.numbers[name] = above.numbers.get(name, 0) + 1
    # The second of a name is where numbers begin to be needed.
    return f"{above.place}/{name}" if number == 1 else f"{above.place}/{name}[{number}]"
