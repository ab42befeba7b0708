"""Bundles: one life event gathers several services, and asks once what several of them ask.

A bundle is one file, ``bundles/<code>.yaml`` beside the folders of the services it names. It gives no new service and
needs no law of its own: what is asked, decided and charged is said by the packages.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

import rfc8785
from pydantic import Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from divan_libs.servicepack.faults import Fault, PackageFaults
from divan_libs.servicepack.models import LANGUAGES, Package, Question
from divan_libs.servicepack.models.card import LifeEvent
from divan_libs.servicepack.models.notation import Coded, FrozenMapping, Name, Part, Slug
from divan_libs.servicepack.models.package import DEFAULT_LANGUAGE, TextMissing
from divan_libs.servicepack.strict_yaml import MAX_BYTES, Document, read_yaml

MAX_SERVICES = 20
SHARED_ONCE = frozenset({"information", "file", "consent", "signature"})
"""Types that are never shared: what is read, given as a file, declared or signed belongs to one application."""

_ONE_MEANING = {"place": "level", "choice": "options", "choices": "options"}
"""What else must agree, by type, for an answer to one question to be an answer to another."""

Mapped = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*$", max_length=101)]
"""A question of a service: ``birth-registration.contact_mobile``."""


class BundledService(Part):
    """A service of a bundle; with ``when`` only for whom this question of the bundle is answered with yes."""

    code: Slug
    when: Name | None = None


class BundleQuestion(Part):
    """A yes-no question that decides which services somebody needs."""

    code: Name


class Bundle(Part):
    """A life event with its services, its questions, and what is asked once for several of them.

    ``shared`` maps a name to the questions of services that one answer is carried to; the first of them is asked.
    """

    code: Slug
    life_event: LifeEvent
    services: Annotated[Coded[BundledService], Field(min_length=2, max_length=MAX_SERVICES)]
    questions: Annotated[Coded[BundleQuestion], Field(max_length=MAX_SERVICES)] = ()
    shared: FrozenMapping[Annotated[tuple[Mapped, ...], Field(min_length=2, max_length=MAX_SERVICES)]] = Field(
        default_factory=dict
    )
    texts: FrozenMapping[FrozenMapping[str]]

    @model_validator(mode="after")
    def _names_stand(self) -> Self:
        asked = {question.code for question in self.questions}
        used = {service.when for service in self.services if service.when}
        if unknown := sorted(used - asked):
            raise PydanticCustomError("bundle.unknown-question", "no such question", {"questions": unknown})
        if idle := sorted(asked - used):
            raise PydanticCustomError("bundle.idle-question", "decides nothing", {"questions": idle})
        listed = {service.code for service in self.services}
        if strange := sorted({of for of, _ in self.mapped() if of not in listed}):
            raise PydanticCustomError("bundle.strange-service", "not in the bundle", {"services": strange})
        targets = list(self.mapped())
        if len(targets) != len(set(targets)):
            raise PydanticCustomError("bundle.mapped-twice", "a question gets its answer from two", {})
        return self

    def mapped(self) -> Iterator[tuple[str, str]]:
        """Yield (service, question) of everything that gets a shared answer."""
        for targets in self.shared.values():
            for target in targets:
                yield _parted(target)

    def targets(self, name: str) -> list[tuple[str, str]]:
        """Return (service, question) to which a shared answer is carried, the one that is asked first."""
        return [_parted(target) for target in self.shared[name]]

    def chosen(self, answers: Mapping[str, bool]) -> tuple[str, ...]:
        """Return the services that somebody needs who answered the bundle's questions so."""
        return tuple(one.code for one in self.services if one.when is None or answers.get(one.when, False))

    @cached_property
    def stored_form(self) -> bytes:
        """The canonical JSON (RFC 8785), the form that is stored and hashed."""
        return rfc8785.dumps(self.model_dump(mode="json", exclude_none=True))

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

    def find_text(self, key: str, language: str = DEFAULT_LANGUAGE) -> str:
        """Return a text, or nothing where the bundle has none (hints)."""
        try:
            return self.text(key, language)
        except TextMissing:
            return ""


def _parted(target: str) -> tuple[str, str]:
    service, _dot, question = target.partition(".")
    return service, question


def bundle_from(stored: bytes) -> Bundle:
    """Return a bundle from its canonical form."""
    return Bundle.model_validate_json(stored)


def load_bundle(path: Path) -> tuple[Bundle, Document]:
    """Read a bundle from its file, with the lines of its values.

    :raises PackageFaults: with all faults, if there is one.
    """
    file = f"bundles/{path.name}"
    if path.is_symlink() or not path.is_file():
        raise PackageFaults([Fault("package.missing-file", file)])
    if path.stat().st_size > MAX_BYTES:
        raise PackageFaults([Fault("yaml.too-large", file, 0, {"limit": MAX_BYTES})])
    try:
        written = path.read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = path.read_bytes()[: problem.start].count(b"\n") + 1
        raise PackageFaults([Fault("package.not-utf-8", file, line)]) from problem
    document, faults = read_yaml(written, file)
    if faults:
        raise PackageFaults(faults)
    bundle = _validated(document)
    faults = (
        []
        if bundle.code == path.stem
        else [
            Fault("package.folder-name", file, document.line_of(("code",)), {"folder": path.stem, "code": bundle.code})
        ]
    )
    if faults:
        raise PackageFaults(faults)
    return bundle, document


def _validated(document: Document) -> Bundle:
    value = document.value if isinstance(document.value, dict) else {}
    texts = value.get("texts")
    flat = {language: dict(_flat(told)) for language, told in texts.items()} if isinstance(texts, dict) else texts
    try:
        return Bundle.model_validate({**value, "texts": flat})
    except ValidationError as problem:
        raise PackageFaults(
            Fault(
                _code_of(error["type"]),
                document.file,
                document.line_of(error["loc"]),
                {"path": ".".join(str(part) for part in error["loc"]), "expected": error["msg"]},
            )
            for error in problem.errors(include_url=False, include_input=False)
        ) from problem


def _code_of(kind: str) -> str:
    if "." in kind:
        return kind
    return {"extra_forbidden": "package.unknown-key", "missing": "package.missing-key"}.get(kind, "package.wrong-value")


def _flat(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, (*path, key))
    else:
        yield ".".join(path), value.strip() if isinstance(value, str) else value


def required_texts_of(bundle: Bundle) -> list[str]:
    """Return the keys that must stand in every language."""
    return ["title", "description", *(f"questions.{question.code}.label" for question in bundle.questions)]


def optional_texts_of(bundle: Bundle) -> list[str]:
    """Return the keys that may stand besides: hints of questions, and why a service belongs here."""
    hints = [f"questions.{question.code}.hint" for question in bundle.questions]
    return [*hints, *(f"services.{service.code}.why" for service in bundle.services)]


def lint_bundle(bundle: Bundle, packages: Mapping[str, Package], document: Document | None = None) -> list[Fault]:
    """Return what keeps a bundle from being published beside these packages.

    Each service must be there, at least one of them to be applied for here; mapped questions must exist, be of one type
    and mean the same; each text must stand in both languages.
    """
    file = f"bundles/{bundle.code}.yaml"

    def fault(code: str, *path: int | str, **facts: object) -> Fault:
        return Fault(code, file, document.line_of(path) if document else 0, facts)

    faults = [
        fault("bundle.no-such-service", "services", one.code, service=one.code)
        for one in bundle.services
        if one.code not in packages
    ]
    if not any(is_applied_for(packages[one.code]) for one in bundle.services if one.code in packages):
        faults.append(fault("bundle.nothing-to-apply-for", "services"))
    for name in bundle.shared:
        faults += [
            fault(code, "shared", name, name=name, question=target)
            for code, target in _wrongly_mapped(bundle, name, packages)
        ]
    needed, allowed = required_texts_of(bundle), {*required_texts_of(bundle), *optional_texts_of(bundle)}
    for language in LANGUAGES:
        told = bundle.texts.get(language, {})
        faults += [
            fault("texts.missing", "texts", language, key=key, language=language) for key in needed if not told.get(key)
        ]
        faults += [
            fault("texts.unknown-key", "texts", language, key=key, language=language)
            for key in sorted(set(told) - allowed)
        ]
    return faults


def is_applied_for(package: Package) -> bool:
    """Whether somebody applies for the service here: it has a form and a flow, of its own or to hand over."""
    return bool(package.form.pages and package.flow.steps)


def _wrongly_mapped(bundle: Bundle, name: str, packages: Mapping[str, Package]) -> Iterator[tuple[str, str]]:
    first: Question | None = None
    for service, code in bundle.targets(name):
        if service not in packages:
            continue
        question = packages[service].form.question(code)
        if question is None:
            yield "bundle.no-such-question", f"{service}.{code}"
        elif question.type in SHARED_ONCE:
            yield "bundle.never-shared", f"{service}.{code}"
        elif first is None:
            first = question
        elif not is_same_kind(first, question):
            yield "bundle.other-type", f"{service}.{code}"


def is_same_kind(one: Question, other: Question) -> bool:
    """Whether an answer to one question is of the kind that the other asks for."""
    if one.type != other.type or one.type in {"group", "table"}:
        return False
    aspect = _ONE_MEANING.get(one.type)
    return aspect is None or getattr(one, aspect) == getattr(other, aspect)


def bundle_files(services: Path) -> list[Path]:
    """Return the files of the bundles beside the folders of services, in order."""
    return sorted(path for path in (services / "bundles").glob("*.yaml") if re.fullmatch(r"[a-z][a-z0-9-]*", path.stem))
