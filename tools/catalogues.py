"""Gather the texts of the faces, keep the Persian and English catalogues complete, and compile them.

Without options: read every text marked for translation, add what is new to the catalogues, sort them, compile them,
and report what is not translated. ``--check`` writes no catalogue (what CI runs), ``--compile`` only compiles,
``--prune`` also drops entries that nothing uses any more. Needs neither a database nor the programs of GNU gettext.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import django.conf
import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "divan"
LOCALE = SOURCE / "project" / "locale"
LANGUAGES = ("fa", "en")
HEADERS = {"fa": "nplurals=2; plural=(n > 1);", "en": "nplurals=2; plural=(n != 1);"}

# Where the arguments of each marking function stand: context, text, plural.
_MARKS: dict[str, tuple[int | None, int, int | None]] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
_LITERAL = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_CALL = re.compile(rf"\b(?P<mark>n?p?gettext|_)\(\s*(?P<arguments>{_LITERAL}(?:\s*,\s*{_LITERAL})*)", re.DOTALL)
_PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!%)(?:%%)*%([sd])|\{(\w*)\}")


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A text marked for translation; two are the same when all three parts are."""

    msgid: str
    plural: str = ""
    context: str = ""


def texts_of_python(source: str) -> Iterator[Text]:
    """Yield the texts that a Python module marks; a mark on something computed is passed over."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in _MARKS:
            arguments = [one.value if isinstance(one, ast.Constant) else None for one in node.args]
            yield from _text(name, arguments)


def texts_of_template(source: str, origin: str) -> Iterator[Text]:
    """Yield the texts that a template marks.

    :raises SyntaxError: for a template that cannot be read.
    """
    for found in _CALL.finditer(templatize(source, origin=origin)):
        arguments = [ast.literal_eval(one) for one in re.findall(_LITERAL, found["arguments"])]
        yield from _text(found["mark"], arguments)


def _text(mark: str, arguments: Sequence[object]) -> Iterator[Text]:
    context, msgid, plural = (
        arguments[place] if place is not None and place < len(arguments) else "" for place in _MARKS[mark]
    )
    if isinstance(msgid, str) and msgid and isinstance(plural, str) and isinstance(context, str):
        yield Text(msgid, plural, context)


def gather() -> dict[Text, list[str]]:
    """Return every text with the files it stands in."""
    found: dict[Text, list[str]] = {}
    for path in sorted(SOURCE.rglob("*")):
        if "tests" in path.parts or path.suffix not in {".py", ".html", ".txt"} or "dist" in path.parts:
            continue
        if path.suffix != ".py" and "templates" not in path.parts:
            continue
        place = str(path.relative_to(ROOT))
        content = path.read_text(encoding="utf-8")
        for text in texts_of_python(content) if path.suffix == ".py" else texts_of_template(content, place):
            places = found.setdefault(text, [])
            if place not in places:
                places.append(place)
    return found


def read_catalogue(language: str) -> polib.POFile:
    """Return the catalogue of a language, or an empty one."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    catalogue = (
        polib.pofile(str(path), encoding="utf-8", wrapwidth=120) if path.exists() else polib.POFile(wrapwidth=120)
    )
    catalogue.metadata = {
        "Project-Id-Version": "Divan",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": HEADERS[language],
    }
    return catalogue


def merge(catalogue: polib.POFile, language: str, found: dict[Text, list[str]], *, prune: bool) -> None:
    """Bring a catalogue to what the sources hold: new entries added, places renewed, sorted; English fills itself."""
    known = {_key(entry): entry for entry in catalogue}
    for text, places in found.items():
        entry = known.setdefault(text, _new_entry(text))
        entry.occurrences = [(place, "") for place in places]
        entry.flags = ["python-format"] if "%(" in text.msgid + text.plural else []
        if language == "en":
            _say_as_written(entry)
    kept = [entry for key, entry in known.items() if key in found or not prune]
    for entry in kept:
        if _key(entry) not in found:
            entry.occurrences = []
    catalogue[:] = sorted(kept, key=lambda entry: (entry.msgid.casefold(), entry.msgid, entry.msgctxt or ""))


def _key(entry: polib.POEntry) -> Text:
    return Text(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def _new_entry(text: Text) -> polib.POEntry:
    entry = polib.POEntry(msgid=text.msgid, msgctxt=text.context or None)
    if text.plural:
        entry.msgid_plural = text.plural
        entry.msgstr_plural = {0: "", 1: ""}
    return entry


def _say_as_written(entry: polib.POEntry) -> None:
    if entry.msgid_plural:
        spoken = entry.msgstr_plural or {}
        entry.msgstr_plural = {0: spoken.get(0) or entry.msgid, 1: spoken.get(1) or entry.msgid_plural}
    elif not entry.msgstr:
        entry.msgstr = entry.msgid


def faults(catalogue: polib.POFile, language: str, found: dict[Text, list[str]]) -> Iterator[str]:
    """Yield a line for each text that lacks a translation, is fuzzy, or whose placeholders differ."""
    known = {_key(entry): entry for entry in catalogue}
    for text, places in sorted(found.items()):
        entry = known.get(text)
        spoken = [] if entry is None else list((entry.msgstr_plural or {0: entry.msgstr}).values())
        where = f"{language}: {text.msgid!r} ({places[0]})"
        if entry is None or not spoken or not all(spoken):
            yield f"not translated  {where}"
        elif "fuzzy" in entry.flags:
            yield f"fuzzy           {where}"
        elif _placeholders(spoken[-1]) != _placeholders(text.plural or text.msgid):
            yield f"placeholders    {where}"


def _placeholders(text: str) -> list[str]:
    return sorted("".join(one) for one in _PLACEHOLDER.findall(text))


def write(catalogue: polib.POFile, language: str) -> None:
    """Put a catalogue in its place in one step; an unchanged one is not touched."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = str(catalogue) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != content:
        growing = path.with_suffix(f".po.{os.getpid()}")
        growing.write_text(content, encoding="utf-8")
        growing.replace(path)


def compile_catalogue(catalogue: polib.POFile, language: str) -> None:
    """Write what Django reads, in one step; a running process never sees half a file."""
    path = LOCALE / language / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    growing = path.with_suffix(f".mo.{os.getpid()}")
    catalogue.save_as_mofile(str(growing))
    growing.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Do what the options say; return 1 when a text is not translated."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write no catalogue, only report and compile")
    parser.add_argument("--compile", action="store_true", help="only compile what the catalogues hold")
    parser.add_argument("--prune", action="store_true", help="drop entries that nothing uses")
    given = parser.parse_args(arguments)
    if not django.conf.settings.configured:
        django.conf.settings.configure()
    found = {} if given.compile else gather()
    wrong: list[str] = []
    for language in LANGUAGES:
        catalogue = read_catalogue(language)
        unused = [entry.msgid for entry in catalogue if _key(entry) not in found]
        if not given.compile:
            if not given.check:
                merge(catalogue, language, found, prune=given.prune)
                write(catalogue, language)
            wrong += faults(catalogue, language, found)
            sys.stdout.write(f"{language}: {len(found)} texts, {len(unused)} entries unused\n")
        compile_catalogue(catalogue, language)
    for line in wrong:
        sys.stdout.write(line + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
