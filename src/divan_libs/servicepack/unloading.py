"""A stored package written back as the folder that an author edits: reading it again gives the same package."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from divan_libs.servicepack.faults import FolderExists
from divan_libs.servicepack.loading import PARTS, model_default, name_of_part
from divan_libs.servicepack.models import Package


class _PlainDumper(yaml.SafeDumper):
    """Writes no anchors: the reader refuses them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (the signature is PyYAML's)
        return True


def files_of(package: Package) -> dict[str, str]:
    """Return the files of a package's folder by name; parts that say nothing are left out."""
    files: dict[str, str] = {}
    for file in PARTS:
        part = getattr(package, name_of_part(file))
        if part == model_default(file):
            continue
        value = part.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        if file.startswith("outputs"):
            for document in value.get("documents", []):
                files[f"outputs/{document['template']}"] = document.pop("source", "")
        files[file] = _written(_keyed(_discriminated(value, part)))
    for language, texts in package.texts.items():
        files[f"texts/{language}.yaml"] = _written(_nested(texts))
    for example in package.examples:
        told = example.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        files[f"examples/{told.pop('code')}.yaml"] = _written(told)
    return files


def unload_package(package: Package, directory: Path) -> Path:
    """Write a package into ``directory/<code>`` and return that folder; ``load_package`` reads the same digest from it.

    :raises FolderExists: if something stands there.
    """
    folder = directory / package.code
    if folder.exists() and any(folder.iterdir()):
        raise FolderExists(folder)
    for name, text in files_of(package).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    return folder


def _written(value: Any) -> str:
    return yaml.dump(value, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False, width=110)


def _discriminated(value: Any, part: Any) -> Any:
    """Put back what tells the kinds apart: a literal with a default counts as unset, but the reader needs it."""
    part = getattr(part, "root", part)
    if isinstance(value, list):
        return [_discriminated(one, two) for one, two in zip(value, part, strict=True)]
    if not isinstance(value, dict):
        return value
    found = {key: _discriminated(inner, _below(part, key)) for key, inner in value.items()}
    marks = {mark: getattr(part, mark) for mark in ("kind", "type") if isinstance(getattr(part, mark, None), str)}
    code = {"code": found.pop("code")} if "code" in found else {}
    return {**code, **{mark: str(word) for mark, word in marks.items()}, **found}


def _below(part: Any, key: str) -> Any:
    return part.get(key) if isinstance(part, Mapping) else getattr(part, key, None)


def _keyed(value: Any) -> Any:
    """Write lists of coded entries as mappings by code, as authors do."""
    if isinstance(value, dict):
        return {key: _keyed(inner) for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    if value and all(isinstance(one, dict) and "code" in one for one in value):
        return {one["code"]: {key: _keyed(inner) for key, inner in one.items() if key != "code"} for one in value}
    return [_keyed(one) for one in value]


def _nested(texts: Mapping[str, str]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for key, text in texts.items():
        *above, last = key.split(".")
        place = whole
        for part in above:
            place = place.setdefault(part, {})
        place[last] = text
    return whole
