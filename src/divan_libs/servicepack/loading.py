"""Read the folder of a service; every fault of every file is reported at once, with file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from divan_libs.servicepack.faults import Fault, PackageFaults
from divan_libs.servicepack.models import LANGUAGES, Example, Fees, Flow, Form, Needs, Outputs, Package
from divan_libs.servicepack.models.card import Card
from divan_libs.servicepack.models.determinants import Determinants
from divan_libs.servicepack.models.tables import Tables
from divan_libs.servicepack.strict_yaml import MAX_BYTES, Document, read_yaml

PARTS: Mapping[str, type[BaseModel]] = {
    "card.yaml": Card,
    "needs.yaml": Needs,
    "form.yaml": Form,
    "flow.yaml": Flow,
    "fees.yaml": Fees,
    "outputs/documents.yaml": Outputs,
    "determinants.yaml": Determinants,
    "tables.yaml": Tables,
}
OPTIONAL_PARTS = frozenset(
    {"needs.yaml", "form.yaml", "flow.yaml", "fees.yaml", "outputs/documents.yaml", "determinants.yaml", "tables.yaml"}
)
"""Files that a service without a form of its own may leave out: its card and its texts say everything."""

_NAMES = {file: "outputs" if file.startswith("outputs") else file.removesuffix(".yaml") for file in PARTS}
_KNOWN = re.compile(
    r"README\.md|determinants\.yaml|tables\.yaml"
    r"|card\.yaml|needs\.yaml|form\.yaml|flow\.yaml|fees\.yaml|outputs/documents\.yaml"
    r"|outputs/[a-z][a-z0-9-]*\.typ|texts/[a-z]{2}\.yaml|examples/[a-z][a-z0-9-]*\.yaml"
)


def name_of_part(file: str) -> str:
    """Return the name that a file's content has in the package: ``outputs/documents.yaml`` is ``outputs``."""
    return _NAMES[file]


def model_default(file: str) -> BaseModel | None:
    """Return what a file that may be left out stands for, or None for one that may not."""
    return PARTS[file]() if file in OPTIONAL_PARTS else None


@dataclass(slots=True)
class SourceMap:
    """Where each value of a loaded package stands, for faults that are found later."""

    documents: dict[str, Document] = field(default_factory=dict)

    def line(self, file: str, *path: int | str) -> int:
        """Return the line of a value, or 0 where the package has no such file."""
        document = self.documents.get(file)
        return document.line_of(path) if document else 0


def load_package(directory: Path) -> Package:
    """Read a service from its folder.

    :raises PackageFaults: with all faults, if there is one.
    """
    return load_with_sources(directory)[0]


def load_with_sources(directory: Path) -> tuple[Package, SourceMap]:
    """Read a service together with the lines of its values.

    :raises PackageFaults: with all faults, if there is one.
    """
    sources = SourceMap()
    faults = _stray_files(directory)
    parts = {file: _part(directory, file, model, sources, faults) for file, model in PARTS.items()}
    texts = {language: _texts(directory, language, sources, faults) for language in LANGUAGES}
    examples = _examples(directory, sources, faults)
    card = parts["card.yaml"]
    if isinstance(card, Card) and card.code != directory.resolve().name:
        facts = {"folder": directory.resolve().name, "code": card.code}
        faults.append(Fault("package.folder-name", "card.yaml", sources.line("card.yaml", "code"), facts))
    if faults or not isinstance(card, Card):
        raise PackageFaults(faults)
    assembled = {
        "code": card.code,
        "edition": card.edition,
        **{_NAMES[file]: part for file, part in parts.items()},
        "texts": texts,
        "examples": examples,
    }
    return Package.model_validate(assembled), sources


def _stray_files(directory: Path) -> list[Fault]:
    if not directory.is_dir():
        return [Fault("package.no-folder", directory.name)]
    faults = []
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_symlink():
            faults.append(Fault("package.symlink", name))
        elif path.is_file() and not _KNOWN.fullmatch(name):
            faults.append(Fault("package.unknown-file", name))
    return faults


def _read(directory: Path, file: str, faults: list[Fault]) -> str | None:
    path = directory / file
    if path.is_symlink() or not path.is_file():
        return None
    if path.stat().st_size > MAX_BYTES:
        faults.append(Fault("yaml.too-large", file, 0, {"limit": MAX_BYTES}))
        return None
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as problem:
        faults.append(Fault("package.not-utf-8", file, path.read_bytes()[: problem.start].count(b"\n") + 1))
        return None


def _document(directory: Path, file: str, sources: SourceMap, faults: list[Fault]) -> Document | None:
    before = len(faults)
    text = _read(directory, file, faults)
    if text is None:
        return None
    document, found = read_yaml(text, file)
    faults.extend(found)
    sources.documents[file] = document
    return document if len(faults) == before else None


def _part(
    directory: Path, file: str, model: type[BaseModel], sources: SourceMap, faults: list[Fault]
) -> BaseModel | None:
    if not (directory / file).exists():
        if file in OPTIONAL_PARTS:
            return model()
        faults.append(Fault("package.missing-file", file))
        return None
    document = _document(directory, file, sources, faults)
    if document is None:
        return None
    value = document.value if document.value is not None else {}
    if model is Outputs:
        value = _with_templates(directory, value, faults)
    return _validated(model, value, document, faults)


def _with_templates(directory: Path, value: Any, faults: list[Fault]) -> Any:
    """Put each template's text beside its name, so that the frozen version needs no files."""
    documents = value.get("documents") if isinstance(value, dict) else None
    if not isinstance(documents, dict):
        return value
    for entry in documents.values():
        name = entry.get("template") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9-]*\.typ", name):
            continue
        source = _read(directory, f"outputs/{name}", faults)
        if source is None:
            faults.append(Fault("package.missing-file", f"outputs/{name}"))
        else:
            entry["source"] = source
    return value


def _validated(model: type[BaseModel], value: Any, document: Document, faults: list[Fault]) -> BaseModel | None:
    try:
        return model.model_validate(value)
    except ValidationError as problem:
        for error in problem.errors(include_url=False, include_input=False):
            path = error["loc"]
            facts = {"path": ".".join(str(part) for part in path), "expected": error["msg"]}
            faults.append(Fault(_code_of(error["type"]), document.file, document.line_of(path), facts))
        return None


def _code_of(kind: str) -> str:
    if "." in kind:
        return kind
    return {"extra_forbidden": "package.unknown-key", "missing": "package.missing-key"}.get(kind, "package.wrong-value")


def _texts(directory: Path, language: str, sources: SourceMap, faults: list[Fault]) -> dict[str, str]:
    file = f"texts/{language}.yaml"
    if not (directory / file).exists():
        faults.append(Fault("package.missing-file", file))
        return {}
    document = _document(directory, file, sources, faults)
    texts: dict[str, str] = {}
    if document is not None:
        _flatten(document.value, (), document, texts, faults)
    return texts


def _flatten(value: Any, path: tuple[str, ...], document: Document, texts: dict[str, str], faults: list[Fault]) -> None:
    """Turn nested texts into ``questions.village.label`` → wording."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(inner, (*path, key), document, texts, faults)
    elif isinstance(value, str) and value.strip():
        texts[".".join(path)] = value.strip()
    else:
        facts = {"key": ".".join(path)}
        faults.append(Fault("texts.not-a-text", document.file, document.line_of(path), facts))


def _examples(directory: Path, sources: SourceMap, faults: list[Fault]) -> list[Example]:
    examples = []
    for path in sorted((directory / "examples").glob("*.yaml")):
        file = f"examples/{path.name}"
        document = _document(directory, file, sources, faults)
        if document is None:
            continue
        value = {"code": path.stem, **document.value} if isinstance(document.value, dict) else document.value
        example = _validated(Example, value, document, faults)
        if isinstance(example, Example):
            examples.append(example)
    return examples
