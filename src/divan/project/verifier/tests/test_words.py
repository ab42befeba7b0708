"""Every judgement can be said, in Persian and in English."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polib
import pytest

from divan.project.verifier import judgement as judging
from divan.project.verifier import words
from divan.project.verifier.judgement import Coded, FileKind, Judgement, Line, Outcome
from divan_libs.envelope.evidence.records import Outcome as MessageOutcome
from divan_libs.pki.verification import PdfProblem
from divan_libs.tlog.following import Observation

from .specimens import at

ARABIC = re.compile("[\u0600-\u06ff]")


@pytest.fixture(autouse=True)
def catalogues(tmp_path, monkeypatch):
    """Compile the catalogues as they are in the sources, wherever the tests run."""
    for language in ("fa", "en"):
        folder = tmp_path / "locale" / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        source = words.LOCALE / language / "LC_MESSAGES" / "django.po"
        polib.pofile(str(source)).save_as_mofile(str(folder / "django.mo"))
    monkeypatch.setattr(words, "LOCALE", tmp_path / "locale")


@pytest.mark.parametrize("language", ["fa", "en"])
def test_every_sentence_label_and_problem_is_there_in_both_languages(language):
    _ = words.translator(language)
    tables = (words.verdicts, words.problems, words.limits, words.observations, words.labels)
    said = [text for table in tables for text in table(_).values()]

    assert all(bool(ARABIC.search(text)) is (language == "fa") for text in said)


def test_every_limit_and_every_observation_has_a_sentence():
    assert words.limits(str).keys() == set(judging.Limit)
    assert words.observations(str).keys() == set(Observation)


def test_every_problem_of_a_pdf_has_a_sentence():
    assert {str(problem) for problem in PdfProblem} <= words.problems(str).keys()


def test_every_outcome_of_each_kind_of_file_has_a_sentence():
    possible = {(kind, outcome) for kind in FileKind for outcome in Outcome if kind is not FileKind.UNKNOWN}

    assert words.verdicts(str).keys() == possible | {(FileKind.UNKNOWN, Outcome.UNREADABLE)}


def test_every_label_that_is_used_has_words():
    tree = ast.parse(Path(judging.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Line"]
    used = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    pairs = [node for node in ast.walk(tree) if isinstance(node, ast.Tuple) and len(node.elts) == 2]
    in_tables = {pair.elts[0].value for pair in pairs if isinstance(pair.elts[0], ast.Constant)}

    assert used | {label for label in in_tables if isinstance(label, str)} <= words.labels(str).keys()
    assert {"who.uuid", "who.post", "who.on_behalf_of"} <= words.labels(str).keys()


def test_every_end_of_a_message_has_words():
    said = [
        Judgement(
            kind=FileKind.EVIDENCE, outcome=Outcome.GENUINE, lines=(Line("message.outcome", Coded("message", end)),)
        )
        for end in MessageOutcome
    ]

    assert all(
        str(end) not in list(words.sentences(one, "fa"))[1] for end, one in zip(MessageOutcome, said, strict=True)
    )


def test_moments_and_numbers_are_said_as_people_write_them():
    lines = (Line("when", at("2026-11-22T20:45:10")), Line("position", 1402), Line("who", Coded("actor", "staff")))
    judgement = Judgement(kind=FileKind.RECEIPT, outcome=Outcome.GENUINE, lines=lines)

    assert list(words.sentences(judgement, "fa"))[1:] == [
        "  چه زمانی: ۲ آذر ۱۴۰۵، ۰۰:۱۵:۱۰",
        "  جایگاه در دفتر: ۱۴۰۲",
        "  چه کسی: کارمند دستگاه",
    ]
    assert list(words.sentences(judgement, "en"))[1:] == [
        "  When: 23 November 2026 (2 Azar 1405), 00:15:10 (Tehran)",
        "  Place in the log: 1402",
        "  Who: an officer",
    ]


def test_what_is_not_proved_is_said_to_be_unproved_and_nothing_steers_the_terminal():
    lines = (Line("signer", "Sara\x1b[2J\u202eAhmadi"),)
    judgement = Judgement(kind=FileKind.PDF, outcome=Outcome.ALTERED, problems=("pki.pdf.altered", "x.y"), lines=lines)

    assert list(words.sentences(judgement, "en")) == [
        "This document was altered; it is not what was signed.",
        "  ✗ The content is not what was signed. [pki.pdf.altered]",
        "  ✗ For the reason with this code: [x.y]",
        "  The file says the following; it is not proved:",
        "  Signed by: Sara�[2J�Ahmadi",
    ]
