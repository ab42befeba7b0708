"""Folders of services for tests: the one with everything, written out with generated words, whole or changed."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import LANGUAGES
from divan_libs.servicepack.strict_yaml import read_yaml
from divan_libs.servicepack.texts import required_texts

WORKSHOP = Path(__file__).with_name("workshop-permit")

Change = tuple[str, tuple[str | int, ...], Any]
"""A file, a path in it and the value that shall stand there; ``REMOVED`` takes the value away."""

REMOVED = object()


def changed(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """Return a copy of a value in which something else stands at a path; what leads there must exist."""
    whole = copy.deepcopy(value)
    place = whole
    for part in path[:-1]:
        place = place[part]
    if new is REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = new
    return whole


class _PlainDumper(yaml.SafeDumper):
    """Writes no anchors for what stands twice: the reader refuses them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (the signature is PyYAML's)
        return True


def write_yaml(folder: Path, file: str, value: Any) -> None:
    """Write a file of a service."""
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(value, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False, width=10_000)
    (folder / file).write_text(text, "utf-8")


def write_words(folder: Path, keys: Mapping[str, str] | None = None) -> None:
    """Write both files of texts with a word for each text that the service must have."""
    for language in LANGUAGES:
        write_yaml(folder, f"texts/{language}.yaml", {"card": {"title": "عنوان"}})
    words: dict[str, Any] = {}
    for key in required_texts(load_package(folder)):
        *above, last = key.split(".")
        place = words
        for part in above:
            place = place.setdefault(part, {})
        place[last] = "{number}" if key.startswith("messages.") else (keys or {}).get(key, f"متن {last}")
    for language in LANGUAGES:
        write_yaml(folder, f"texts/{language}.yaml", words)


def workshop(where: Path, *changes: Change) -> Path:
    """Write the service with everything, in its words, then change it; return its folder."""
    folder = where / WORKSHOP.name
    shutil.copytree(WORKSHOP, folder)
    write_words(folder)
    for file, path, new in changes:
        value = read_yaml((folder / file).read_text("utf-8"), file)[0].value
        write_yaml(folder, file, changed(value, path, new))
    return folder
