"""Whose data a message asks for: where a service says the person stands, and the keyed hash that evidence keeps.

The hash lets the holder of the key list who looked at one person's data; without the key nobody can tell whose data
a record is about, although national codes are few enough to be tried out one by one.
"""

from __future__ import annotations

import hmac
import json
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from divan_libs.envelope.errors import EnvelopeError


class SubjectIn(StrEnum):
    """Which part of a request names the person."""

    PATH_SEGMENT = "path-segment"
    QUERY_PARAMETER = "query-parameter"
    JSON_POINTER = "json-pointer"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPlace:
    """Where in the request the person stands.

    ``at`` is the number of the path segment after the service code, counted from 0 (``/persons/0012345679``: 1), the
    name of a query parameter, or an RFC 6901 pointer into the JSON body (``/person/national_code``). With ``required``
    a request that names nobody there is refused, so that nobody can look without the person learning of it.
    """

    where: SubjectIn
    at: str
    required: bool = True

    def __post_init__(self) -> None:
        if self.where is SubjectIn.PATH_SEGMENT:
            valid = self.at.isascii() and self.at.isdigit()
        elif self.where is SubjectIn.QUERY_PARAMETER:
            valid = self.at.isascii() and self.at.replace("_", "").replace("-", "").isalnum()
        else:
            valid = self.at.startswith("/")
        if not valid:
            raise EnvelopeError("exchange.subject.place", where=self.where.value, at=self.at)

    def find(self, normalised_path: str, body: bytes, query: str | None = None) -> str | None:
        """Return the identifier that stands there, or None.

        The path is the normalised one, so that dot segments cannot show one person to the evidence and another to the
        provider; ``query`` is the raw one. A body or a query that names it twice is not read, because readers differ in
        which one they take; of a query, in whatever letter case.
        """
        if self.where is SubjectIn.PATH_SEGMENT:
            segments = normalised_path.split("/")[1:]
            place = int(self.at)
            return (segments[place] or None) if place < len(segments) else None
        if self.where is SubjectIn.QUERY_PARAMETER:
            return self._in_query(query or "")
        try:
            document = json.loads(body, object_pairs_hook=_without_repetition)
        except (ValueError, RecursionError):
            return None
        return _scalar(_resolve(document, self.at))

    def _in_query(self, query: str) -> str | None:
        # Some servers part at the semicolon as well, so that one hides a second parameter from us and not from them.
        if ";" in query:
            return None
        try:
            pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=200)
        except ValueError:
            return None
        found = [(name, value) for name, value in pairs if name.lower().rstrip("[]") == self.at.lower()]
        return found[0][1] or None if len(found) == 1 and found[0][0] == self.at else None

    def mask(self, normalised_path: str) -> str:
        """Return the path with the person's segment replaced by ``{subject}``."""
        if self.where is not SubjectIn.PATH_SEGMENT:
            return normalised_path
        segments = normalised_path.split("/")
        place = int(self.at) + 1
        if place < len(segments):
            segments[place] = "{subject}"
        return "/".join(segments)


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a key stands twice")
    return document


def _resolve(document: object, pointer: str) -> object:
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(key)
        elif isinstance(document, list) and key.isascii() and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        else:
            return None
    return document


def _scalar(value: object) -> str | None:
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def canonical_subject(identifier: str) -> str:
    """Return the one spelling of an identifier: digits of any script in ASCII, without spaces, dashes and marks."""
    if identifier.isascii() and identifier.isalnum():
        return identifier.upper()
    letters = (str(unicodedata.decimal(letter, letter)) for letter in unicodedata.normalize("NFKC", identifier))
    return "".join(letter for letter in letters if letter.isalnum()).upper()


def keyed_hash(key: bytes, kind: str, text: str) -> str:
    """Return the hex HMAC-SHA-256 of a text; ``kind`` keeps hashes of different things apart."""
    return hmac.digest(key, f"{kind}\x00{text}".encode("utf-8", "surrogateescape"), "sha256").hex()


def subject_hash(key: bytes, identifier: str) -> str:
    """Return the keyed hash of a person's identifier, however it is spelled, as evidence records keep it."""
    return keyed_hash(key, "subject", canonical_subject(identifier))
