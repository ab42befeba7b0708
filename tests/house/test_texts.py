"""What people read stands in the message catalogues or in service packages, complete in Persian and English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib

from .source_tree import SOURCE, files, modules, named, tree_of
from .template_texts import message_ids, untranslated

LOCALE = SOURCE / "divan" / "project" / "locale"
ARABIC_SCRIPT = re.compile(r"[\u0600-\u06ff]{2,}")

PERSIAN_LITERALS_ALLOWED = {
    "divan_libs/persian": "the tables of the Persian language itself",
    "divan_libs/servicepack": "what the package language says and looks for: yes, no, a list's comma, a photocopy",
    "divan_libs/ece": "the words of the letter format that mean urgency, secrecy and relation",
    "divan_libs/directory": "what is said of a directory's answer, in both languages",
    "divan_libs/orgchart": "the headings, words and remarks of an organisation chart in a workbook",
    "divan_libs/richtext": "the numbers and letters that word processors set before the lines of a list",
    "divan/project/demo": "invented people and letters of the demonstration",
    "divan/project/rehearsal": "what the played outside world says",
    "divan/project/journey": "what the invented people type",
}
TRANSLATORS = {"gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "_"}
SPEAKING_CALLS = {"success": 1, "info": 1, "warning": 1, "error": 1, "add_error": 1, "ValidationError": 0}


def templates() -> list[Path]:
    return [
        path for path in files(".html", ".txt", below=SOURCE) if "templates" in path.parts and "tests" not in path.parts
    ]


def test_templates_say_nothing_outside_translation_tags():
    faults = [
        f"{named(path)}: {text}" for path in templates() for text in untranslated(path.read_text(encoding="utf-8"))
    ]

    assert faults == []


def test_words_outside_translation_tags_are_found():
    template = """{% extends "ui/page.html" %}{% load i18n %}
    <h1>{% translate "Cases" %}</h1><p class="lead big">Hello {{ name }}</p>
    <img alt="A picture"><input type="submit" value="{% translate 'Send' %}"><code dir="ltr">verbatim</code>
    {% blocktranslate %}You have {{ n }} letters{% endblocktranslate %}{% comment %}none of this{% endcomment %}
    {% empty_state title=_("No cases yet") text="Nothing to see" %}{{ "سلام" }}
    """

    assert sorted(untranslated(template)) == ["A picture", "Hello", "Nothing to see", "سلام"]


def docstrings_of(tree: ast.Module) -> set[ast.Constant]:
    scopes = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, scopes)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }


def persian_literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    explanations = docstrings_of(tree) | {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in explanations and is_persian(node.value):
            yield node.lineno, str(node.value)


def is_persian(value: object) -> bool:
    return isinstance(value, str) and ARABIC_SCRIPT.search(value) is not None


def test_code_holds_no_persian_text():
    faults = [
        f"{named(path)}:{line} {text[:40]}"
        for path in modules()
        if not path.relative_to(SOURCE).as_posix().startswith(tuple(PERSIAN_LITERALS_ALLOWED))
        for line, text in persian_literals(tree_of(path))
    ]

    assert faults == []


def untranslated_calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield literals that a face hands to people without a translator around them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            place = SPEAKING_CALLS.get(name)
            said = node.args[place] if place is not None and len(node.args) > place else None
            logged = ast.unparse(node.func).startswith(("logger.", "logging."))
            if isinstance(said, ast.Constant) and isinstance(said.value, str) and not logged and " " in said.value:
                yield said.lineno, said.value


def test_faces_hand_no_untranslated_text_to_people():
    faces = [path for path in modules(SOURCE / "divan") if {"views", "front", "ui"} & set(path.with_suffix("").parts)]
    faults = [f"{named(path)}:{line} {text}" for path in faces for line, text in untranslated_calls(tree_of(path))]

    assert faults == []


def message_ids_of_code(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in TRANSLATORS:
            literals = [
                part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            contextual = "pgettext" in ast.unparse(node.func)
            if len(literals) > contextual:
                yield (literals[0], literals[1]) if contextual else ("", literals[0])


def used_messages() -> dict[tuple[str, str], str]:
    used: dict[tuple[str, str], str] = {}
    for path in templates():
        for message in message_ids(path.read_text(encoding="utf-8")):
            used.setdefault(message, named(path))
    for path in modules(SOURCE / "divan"):
        for message in message_ids_of_code(tree_of(path)):
            used.setdefault(message, named(path))
    return used


def translated(language: str) -> dict[tuple[str, str], str]:
    catalogue = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))
    return {
        (entry.msgctxt or "", entry.msgid): entry.msgstr or "\n".join(entry.msgstr_plural.values())
        for entry in catalogue
        if not entry.obsolete and not entry.fuzzy and entry.translated()
    }


def test_every_message_is_translated_into_persian():
    known = translated("fa")

    assert sorted(f"{place}: {message[1]}" for message, place in used_messages().items() if message not in known) == []


def test_the_persian_catalogue_holds_no_message_that_nobody_says():
    assert sorted(message for _, message in set(translated("fa")) - set(used_messages())) == []


def test_translations_keep_their_placeholders():
    placeholder = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
    faults = [
        message
        for (_, message), text in translated("fa").items()
        if not set(placeholder.findall(text)) <= set(placeholder.findall(message))
        or ("\n" not in text and set(placeholder.findall(text)) != set(placeholder.findall(message)))
    ]

    assert faults == []


def test_message_ids_of_templates_are_read_with_context_and_plural():
    template = (
        '{% load i18n %}{% translate "Send" %}{% translate "May" context "month" %}{{ _("Back") }}'
        "{% blocktranslate count n=letters|length %}One letter{% plural %}{{ n }} letters{% endblocktranslate %}"
    )

    assert set(message_ids(template)) == {("", "Send"), ("month", "May"), ("", "Back"), ("", "One letter")}
