"""A whole package: frozen, serialised to canonical JSON (RFC 8785) and named by its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import Field, ValidationError

from divan_libs.servicepack.models.card import Card
from divan_libs.servicepack.models.determinants import Determinants
from divan_libs.servicepack.models.examples import Example
from divan_libs.servicepack.models.fees import Fees
from divan_libs.servicepack.models.flow import Flow
from divan_libs.servicepack.models.form import Form
from divan_libs.servicepack.models.needs import Needs
from divan_libs.servicepack.models.notation import Coded, FrozenMapping, Part, Slug
from divan_libs.servicepack.models.outputs import Outputs
from divan_libs.servicepack.models.tables import Tables
from divan_libs.servicepack.models.upgrades import hear_objections_in_steps

SCHEMA_VERSION = 2
DEFAULT_LANGUAGE = "fa"
LANGUAGES = ("fa", "en")

Upgrader = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns a stored package of one schema version into the next one's shape; it must not need anything but the package."""

UPGRADERS: Mapping[int, Upgrader] = MappingProxyType({1: hear_objections_in_steps})
"""Upgraders by the version they start from. Version 1 was the draft of the language, version 2 is language 1.0."""


class StoredPackageUnreadable(Exception):
    """A stored package is not JSON, is of an unknown schema version, or does not fit its schema.

    ``code`` says which: ``package.stored.json``, ``package.stored.version`` or ``package.stored.shape``.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} {facts}")


class TextMissing(Exception):
    """A package has no such text in any language."""

    code = "package.text-missing"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


class Package(Part):
    """A service declared as data; equal digests mean equal packages."""

    schema_version: Literal[2] = 2
    code: Slug
    edition: Slug
    card: Card
    needs: Needs
    form: Form
    flow: Flow
    fees: Fees
    outputs: Outputs
    determinants: Annotated[Determinants, Field(default_factory=Determinants)]
    tables: Annotated[Tables, Field(default_factory=Tables)]
    texts: FrozenMapping[FrozenMapping[str]]
    examples: Annotated[Coded[Example], Field(default_factory=tuple)]

    @cached_property
    def stored_form(self) -> bytes:
        """The canonical JSON, made once; ``canonical()`` is the public way to it."""
        return rfc8785.dumps(self.model_dump(mode="json", exclude_none=True))

    def canonical(self) -> bytes:
        """Return the package as canonical JSON (RFC 8785), the form that is stored and hashed."""
        return self.stored_form

    def digest(self) -> str:
        """Return the SHA-256 of the canonical form, in hexadecimal."""
        return hashlib.sha256(self.stored_form).hexdigest()

    def text(self, key: str, language: str = DEFAULT_LANGUAGE) -> str:
        """Return a text in a language, falling back to Persian.

        :raises TextMissing: if neither has it.
        """
        for candidate in (language, DEFAULT_LANGUAGE):
            found = self.texts.get(candidate, {}).get(key)
            if found is not None:
                return found
        raise TextMissing(key)

    def find_text(self, key: str, language: str = DEFAULT_LANGUAGE) -> str | None:
        """Return a text, or None where the package has none (hints and leads are optional)."""
        try:
            return self.text(key, language)
        except TextMissing:
            return None

    @classmethod
    def from_canonical(cls, stored: bytes, upgraders: Mapping[int, Upgrader] = UPGRADERS) -> Package:
        """Read a stored package, lifting older schema versions step by step.

        The digest of an upgraded package differs from the stored one's; the stored bytes stay the record.

        :raises StoredPackageUnreadable: if it cannot be read.
        """
        try:
            data = json.loads(stored)
        except ValueError as problem:
            raise StoredPackageUnreadable("package.stored.json") from problem
        version = data.get("schema_version") if isinstance(data, dict) else None
        while isinstance(version, int) and version < SCHEMA_VERSION and version in upgraders:
            try:
                data = upgraders[version](data)
            except (KeyError, TypeError, AttributeError) as problem:
                raise StoredPackageUnreadable("package.stored.shape", version=version) from problem
            version = data.get("schema_version")
        if version != SCHEMA_VERSION:
            raise StoredPackageUnreadable("package.stored.version", version=version)
        try:
            return cls.model_validate(data)
        except ValidationError as problem:
            raise StoredPackageUnreadable("package.stored.shape", errors=problem.error_count()) from problem


def package_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the canonical form, for editors and foreign tools."""
    return Package.model_json_schema(mode="validation")
