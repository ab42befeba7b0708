"""Entries out of the attributes of a directory: what stands in them is text of strangers, and is weighed as such."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from divan_libs.directory.values import Entry, Finding, Weight
from divan_libs.persian.identifiers import InvalidIdentifier, parse_email, parse_mobile, parse_national_code
from divan_libs.persian.text import latin_digits, normalize

Raw = Mapping[str, Sequence[bytes]]

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,79}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,79}", re.ASCII)
_LONGEST = {"first_name": 80, "last_name": 120, "mail": 254}
_NEEDED = ("national_code", "first_name", "last_name")
_JOINERS = frozenset("\u200c\u200d")

ACCOUNT_DISABLED = 0x2
"""The bit of ``userAccountControl`` that shuts an account of Active Directory."""

_NEVER = frozenset({0, 0x7FFF_FFFF_FFFF_FFFF})
_FILETIME_BEGAN = datetime(1601, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """Under which attributes a directory keeps what, and what in one of them says that somebody has left.

    ``is_guid`` says that the identifier is Active Directory's binary one. ``disabled_values`` empty means that any
    value of ``disabled`` says so. ``flags`` and ``expires`` name ``userAccountControl`` and ``accountExpires``.
    """

    attributes: Mapping[str, str]
    is_guid: bool = False
    disabled: str = ""
    disabled_values: frozenset[str] = frozenset()
    flags: str = ""
    expires: str = ""

    @property
    def asked(self) -> list[str]:
        """The attributes that are asked for, each once."""
        wanted = [*self.attributes.values(), self.disabled, self.flags, self.expires]
        return [name for name in dict.fromkeys(wanted) if name]


@dataclass(frozen=True, slots=True)
class Told:
    """What a directory told: its entries, and what was found while reading them."""

    entries: tuple[Entry, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_entries(raws: Iterable[Raw], mapped: Mapped, now: datetime) -> Told:
    """Read entries; what is wrong with one is a finding, and without an identifier nothing can be relied on."""
    entries: dict[str, Entry] = {}
    findings: list[Finding] = []
    for raw in raws:
        reader = _EntryReader(raw, mapped, now)
        entry = reader.read()
        findings += reader.findings
        if entry is None:
            continue
        if entry.directory_id in entries:
            findings.append(Finding(entry.label, "id", "directory.id-duplicate", Weight.ALL))
        entries[entry.directory_id] = entry
    return Told(*_without_doubles(entries.values(), findings))


def _without_doubles(
    entries: Iterable[Entry], findings: list[Finding]
) -> tuple[tuple[Entry, ...], tuple[Finding, ...]]:
    """Leave alone those who share a national code; a disabled entry beside one that is enabled is a former account."""
    by_code: dict[str, list[Entry]] = {}
    for entry in entries:
        by_code.setdefault(entry.national_code, []).append(entry)
    kept: list[Entry] = []
    for code, alike in by_code.items():
        enabled = [one for one in alike if one.is_enabled]
        if not code or len(alike) == 1:
            kept += alike
        elif len(enabled) == 1:
            former = [one for one in alike if not one.is_enabled]
            findings += [Finding(one.label, "national_code", "directory.former-entry", Weight.NOTICE) for one in former]
            kept += enabled + [replace(one, is_left_alone=True) for one in former]
        else:
            findings += [Finding(one.label, "national_code", "directory.code-duplicate", Weight.ENTRY) for one in alike]
            kept += [replace(one, is_left_alone=True) for one in alike]
    return tuple(kept), tuple(findings)


@dataclass(slots=True)
class _EntryReader:
    """Reads the attributes of one entry."""

    raw: Raw
    mapped: Mapped
    now: datetime
    findings: list[Finding] = field(default_factory=list)
    label: str = "?"
    is_left_alone: bool = False

    def read(self) -> Entry | None:
        """Return the entry, or None where nothing identifies it."""
        directory_id = self._identifier()
        self.label = directory_id or "?"
        if not directory_id:
            self._find("id", "directory.id-missing", Weight.ALL)
            return None
        username = self._username()
        self.label = username or directory_id
        said = {
            "national_code": self._parsed("national_code", parse_national_code, Weight.ENTRY),
            "first_name": self._text("first_name"),
            "last_name": self._text("last_name"),
            "mobile": self._parsed("mobile", parse_mobile, Weight.NOTICE),
            "mail": self._parsed("mail", parse_email, Weight.NOTICE),
            "post": self._code("post"),
            "unit": self._code("unit"),
        }
        is_enabled = self._is_enabled()
        for name in _NEEDED:
            if not said[name] and not any(one.field == name for one in self.findings) and is_enabled:
                self._find(name, "directory.missing", Weight.ENTRY)
        return Entry(
            directory_id=directory_id,
            username=username,
            is_enabled=is_enabled,
            is_left_alone=self.is_left_alone,
            **said,
        )

    def _find(self, name: str, code: str, weight: Weight, value: str = "") -> None:
        self.findings.append(Finding(self.label, name, code, weight, value[:80]))
        self.is_left_alone = self.is_left_alone or weight is Weight.ENTRY

    def _values(self, attribute: str) -> list[bytes]:
        return [value for value in self.raw.get(attribute, ()) if value] if attribute else []

    def _identifier(self) -> str:
        values = self._values(self.mapped.attributes["id"])
        if len(values) != 1:
            return ""
        try:
            if self.mapped.is_guid:
                return str(UUID(bytes_le=values[0]))
            return str(UUID(values[0].decode("ascii")))
        except ValueError:
            return ""

    def _text(self, name: str) -> str:
        """Return the first value of an attribute in its normal form; marks that nobody sees are dropped and told."""
        values = self._values(self.mapped.attributes.get(name, ""))
        weight = Weight.ENTRY if name in _NEEDED else Weight.NOTICE
        if not values:
            return ""
        try:
            text = values[0].decode("utf-8")
        except UnicodeDecodeError:
            self._find(name, "directory.not-text", weight)
            return ""
        if any(unicodedata.category(sign) in {"Cc", "Cf", "Co"} and sign not in _JOINERS for sign in text):
            self._find(name, "directory.hidden-signs", Weight.NOTICE)
        text = " ".join(normalize(text).split())
        if len(text) > _LONGEST.get(name, 200):
            self._find(name, "directory.too-long", weight)
            return ""
        return text

    def _username(self) -> str:
        text = self._text("username").lower()
        if text and not USERNAME.fullmatch(text):
            self._find("username", "directory.username-unfit", Weight.NOTICE, text)
            return ""
        return text

    def _code(self, name: str) -> str:
        text = latin_digits(self._text(name))
        if text and not _CODE.fullmatch(text):
            self._find(name, f"directory.{name}-unknown", Weight.NOTICE, text)
            return ""
        return text

    def _parsed(self, name: str, parse: Callable[[str], str], weight: Weight) -> str:
        """Return an identifier in its one form; several different national codes say nothing of whose entry it is."""
        if name == "national_code" and len(set(self._values(self.mapped.attributes.get(name, "")))) > 1:
            self._find(name, "directory.several-values", weight)
            return ""
        text = self._text(name)
        if not text:
            return ""
        try:
            return parse(text)
        except InvalidIdentifier:
            self._find(name, f"directory.{name.replace('_', '-')}-invalid", weight)
            return ""

    def _is_enabled(self) -> bool:
        mapped = self.mapped
        said = {value.decode("utf-8", "replace") for value in self._values(mapped.disabled)}
        if said and (not mapped.disabled_values or said & mapped.disabled_values):
            return False
        flags, expires = self._number(mapped.flags), self._number(mapped.expires)
        if flags is not None and flags & ACCOUNT_DISABLED:
            return False
        return expires is None or expires in _NEVER or not self._is_past(expires)

    def _is_past(self, filetime: int) -> bool:
        try:
            return _FILETIME_BEGAN + timedelta(microseconds=filetime // 10) <= self.now
        except OverflowError:
            return False

    def _number(self, attribute: str) -> int | None:
        values = self._values(attribute)
        if not values:
            return None
        try:
            return int(values[0].decode("ascii"))
        except ValueError:
            self._find("state", "directory.state-unreadable", Weight.ENTRY)
            return None
