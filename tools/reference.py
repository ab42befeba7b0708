"""Writes the reference pages from the code: facts, settings, errors, personal data, routes, OpenAPI,
the package language with its schemas (`make docs`).

With ``--check`` nothing is written; the program names each page that differs from the code and ends with 1.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from package_reference import package_page, package_schema_file, schema_files

REPOSITORY = Path(__file__).resolve().parents[1]
PAGES = REPOSITORY / "docs" / "reference"
PACKAGES = REPOSITORY / "docs" / "personal-data-of-packages.yaml"
APART = {"tests", "migrations", "conftest", "__main__", "wsgi"}
NOTICE = "<!-- Made by tools/reference.py from the code; `make docs` writes it anew. -->"


def load_house() -> None:
    """Set Django up and import every module of the house, so that everything that declares itself has done so."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (settings are named first)

    django.setup()
    import divan  # noqa: PLC0415 (models load after the app registry)

    for name in _modules(divan.__path__, "divan."):
        importlib.import_module(name)


def _modules(path: Iterable[str], prefix: str) -> Iterator[str]:
    for module in pkgutil.iter_modules(path, prefix):
        if module.name.rpartition(".")[2] in APART:
            continue
        yield module.name
        if module.ispkg:
            yield from _modules(importlib.import_module(module.name).__path__, module.name + ".")


def facts_page() -> str:
    """Return the page of fact kinds, by context."""
    from divan.foundation.kinds import FACT_KINDS  # noqa: PLC0415 (after the house is loaded)

    rows = [(kind.code, kind.meaning) for _, kind in sorted(FACT_KINDS.items())]
    return _page(
        "Facts",
        "Every kind of fact the house records. Codes are stable: readers and sealed logs rely on them.",
        _by_context(rows),
    )


def settings_page() -> str:
    """Return the page of settings: each field of the configuration with default and meaning."""
    from divan.project.configuration import Configuration  # noqa: PLC0415 (after the house is loaded)

    rows = [
        (
            f"`DIVAN_{known.name.upper()}`",
            f"`{known.default}`" if known.default != "" else "",
            known.metadata["meaning"],
        )
        for known in fields(Configuration)
    ]
    return _page(
        "Settings", "Read from the environment once, at start.", _table(("variable", "default", "meaning"), rows)
    )


def errors_page() -> str:
    """Return the page of error codes: refusals with their HTTP status, troubles with 503."""
    from divan.foundation.errors import REFUSALS, TROUBLES  # noqa: PLC0415 (after the house is loaded)

    rows = [(code, str(error.status), _first_line(error)) for code, error in REFUSALS.items()]
    rows += [(code, "503", _first_line(error)) for code, error in TROUBLES.items()]
    about = (
        "Refusals (4xx) are expected and told to the person; troubles (503) may succeed later. "
        "The code is the `type` of the problem details."
    )
    return _page("Errors", about, _by_context(sorted(rows), "HTTP status"))


def service_faults_page() -> str:
    """Return the page of what is said of a service's files and of the answers to its questions, by code."""
    from divan.front.texts.answers import ANSWER_PROBLEMS  # noqa: PLC0415 (after the house is loaded)
    from divan_libs.servicepack.lint.advice import advice, advised_codes  # noqa: PLC0415 (as above)

    faults = [(f"`{code}`", advice(code, "en"), advice(code, "fa")) for code in advised_codes()]
    answers = [(f"`{code}`", str(said)) for code, said in sorted(ANSWER_PROBLEMS.items())]
    return _page(
        "Faults of services, and of answers",
        "What `divan service lint` and publishing find in the files of a service, and what to change.",
        _table(("code", "what to change", "چه باید کرد"), faults)
        + "\n## Answers\n\nWhy a typed answer cannot stand: on pages, in the interface, in a service's examples.\n\n"
        + _table(("code", "what the person reads"), answers),
    )


def personal_data_page() -> str:
    """Return the page of tables: what of persons each keeps and for how long."""
    from django.apps import apps  # noqa: PLC0415 (after the house is loaded)

    foreign = yaml.safe_load(PACKAGES.read_text(encoding="utf-8"))
    rows = []
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.label):
        if model._meta.auto_created:
            continue
        marks = foreign.get(model._meta.label) or marks_of(model.__dict__.get("__doc__") or "")
        rows.append(
            (f"`{model._meta.label}`", marks.get("pii") or "—", marks.get("retention") or marks.get("no_pii") or "")
        )
    return _page(
        "Personal data",
        "What of persons each table keeps, and for how long.",
        _table(("table", "personal data", "retention"), rows),
    )


def marks_of(docstring: str) -> dict[str, str]:
    """Return the ``.. pii:``, ``.. retention:`` and ``.. no_pii:`` marks of a docstring, with their continued lines."""
    marks: dict[str, str] = {}
    name = ""
    for line in docstring.splitlines():
        text = line.strip()
        if text.startswith(".. ") and ":" in text:
            name, _, rest = text[3:].partition(":")
            marks[name] = rest.strip()
        elif text and name:
            marks[name] = f"{marks[name]} {text}".strip()
        else:
            name = ""
    return {name: text for name, text in marks.items() if name in {"pii", "retention", "no_pii"}}


def routes_page() -> str:
    """Return the page of routes: each with who may enter."""
    from django.urls import get_resolver  # noqa: PLC0415 (after the house is loaded)

    rows = [(f"`/{route}`", name, who) for route, name, who in sorted(routes(get_resolver().url_patterns))]
    return _page(
        "Routes",
        "Every address of the web process and who may enter; a change of this page is a change of access.",
        _table(("address", "name", "who may enter"), rows),
    )


def openapi_page() -> str:
    """Return the description of the interface for machines."""
    from divan.front.api.description import written  # noqa: PLC0415 (after the house is loaded)

    return written()


def deviations_page() -> str:
    """Return the page of what letters of other programs may differ in, by weight."""
    from divan_libs.ece.conformance import MEANINGS, Weight  # noqa: PLC0415 (after the house is loaded)

    parts = []
    for weight in Weight:
        rows = [
            (f"`{code}`", f"{one.met} {one.mend}", f"{one.met_fa} {one.mend_fa}")
            for code, one in sorted(MEANINGS.items())
            if one.weight is weight
        ]
        parts.append(f"## {weight.value.capitalize()}\n\n{_table(('code', 'in English', 'in Persian'), rows)}")
    return _page(
        "Deviations from ECE",
        "What letters, receipts and mails of other programs may differ in, what was made of it, and what their makers "
        "should write. `divan ece check FILE` names each with its place; without `--strict` only those of *meaning* "
        "count. No official text of the format is known: the measure is what independent programs have in common.",
        "\n".join(parts),
    )


def routes(patterns: Iterable[Any], prefix: str = "", space: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield address, name and declared access of every route below some URL patterns; undeclared ones say so."""
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, here, inner)
        else:
            yield here, f"{space}{pattern.name or ''}", "; ".join(sorted(access_names(pattern.callback)))


def access_names(view: Callable[..., Any]) -> set[str]:
    """Return who may enter a view; of an API path whose view says nothing, what each operation says."""
    from divan.foundation.http.access import declared_access  # noqa: PLC0415 (Django is set up by the caller)

    declared = declared_access(view)
    if declared is not None:
        return {declared.name}
    if isinstance(view, partial) and view.func.__module__ == "ninja.openapi.views":
        # django-ninja adds these by itself; whoever wants them open declares access, else the door keeps them shut.
        return {"nobody"}
    found = {declared_access(operation.view_func) for operation in operations_of(view)}
    return {who.name if who else "UNDECLARED" for who in found} or {"UNDECLARED"}


def operations_of(view: Callable[..., Any]) -> list[Any]:
    """Return the operations behind a django-ninja path; its view is a closure over the path object."""
    seen: list[Any] = []
    for cell in getattr(view, "__closure__", None) or ():
        seen.extend(getattr(cell.cell_contents, "operations", ()))
    return seen


def _by_context(rows: Iterable[tuple[str, ...]], *between: str) -> str:
    parts = []
    for context, group in groupby(rows, key=lambda row: row[0].partition(".")[0]):
        table = _table(("code", *between, "meaning"), [(f"`{row[0]}`", *row[1:]) for row in group])
        parts.append(f"## {context}\n\n{table}")
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |\n" for line in lines
    )


def _first_line(declared: type) -> str:
    return (declared.__doc__ or "").strip().partition("\n")[0]


def _page(title: str, about: str, body: str) -> str:
    return f"{NOTICE}\n# {title}\n\n{about}\n\n{body}"


PAGE_MAKERS: dict[str, Callable[[], str]] = {
    "facts.md": facts_page,
    "settings.md": settings_page,
    "errors.md": errors_page,
    "service-faults.md": service_faults_page,
    "personal-data.md": personal_data_page,
    "routes.md": routes_page,
    "ece-deviations.md": deviations_page,
    "openapi.json": openapi_page,
    "service-package.md": lambda: _page("The package language", *package_page()),
    "service-package.schema.json": package_schema_file,
    **schema_files(),
}


def main() -> int:
    """Write the pages, or with ``--check`` compare them; return 0, or 1 when a page differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, name the pages that differ")
    check = parser.parse_args().check
    load_house()
    PAGES.mkdir(parents=True, exist_ok=True)
    stale = []
    for name, make in PAGE_MAKERS.items():
        page, text = PAGES / name, make()
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{'differs from the code, run `make docs`' if check else 'written'}: docs/reference/{name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
