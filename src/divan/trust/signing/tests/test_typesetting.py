"""Typesetting: the same letter gives the same file, and a wording can reach nothing, hold nothing up, break nothing."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pypdf
import pytest
from django.apps import apps
from tests.waiting import PATIENCE, wait_for

from divan.trust.signing import rules
from divan.trust.signing.adapters import square_codes
from divan.trust.signing.adapters import typesetting as typesetting_module
from divan.trust.signing.adapters.typesetting import Typesetter
from divan.trust.signing.values import FontsMissing, WordingFault, WordingTooSlow

from .conftest import DIRECTOR, LETTERHEAD, NOW, WORDING

ENGLISH = "#let body(fields) = [Dear #fields.name,\n\n#fields.reply]"


def fonts() -> Path:
    return apps.get_app_config("signing").options.fonts_directory


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    made = Typesetter(fonts(), seconds=2)
    yield made
    made.close()


def page(**changes):
    letter = {
        "uuid": UUID(int=1),
        "code": "7K3M-9QXD-R2TV",
        "title": "پاسخ درخواست",
        "language": "fa",
        "letterhead": LETTERHEAD,
        "number": "ICT/1405/27",
        "dated_on": date(2026, 11, 22),
        "requested_at": NOW,
        "recipient": "مریم رضایی",
        "copies": ("فرمانداری شهرستان",),
        "signer": DIRECTOR,
        "fields": {"reply": "بررسی شد.", "name": "Maryam"},
    }
    return rules.page_data(
        rules.LetterText(**(letter | changes)),
        address="https://divan.example/verify",
        square_code=square_codes.draw("https://divan.example/verify/7K3M-9QXD-R2TV/#AQ"),
        rehearsal=True,
    )


def pages(pdf: bytes) -> list[str]:
    return [found.extract_text() for found in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_the_same_letter_gives_the_same_bytes(typesetter):
    first = typesetter.typeset(page(), WORDING, made_at=NOW)

    assert typesetter.typeset(page(), WORDING, made_at=NOW) == first
    assert typesetter.typeset(page(number="ICT/1405/28"), WORDING, made_at=NOW) != first


def test_the_second_counts_and_not_its_fractions(typesetter):
    first = typesetter.typeset(page(), WORDING, made_at=NOW)

    assert typesetter.typeset(page(), WORDING, made_at=NOW.replace(microsecond=123456)) == first
    assert typesetter.typeset(page(), WORDING, made_at=NOW.replace(second=59)) != first


def test_a_defect_of_the_house_is_not_blamed_on_the_wording(typesetter, monkeypatch):
    monkeypatch.setattr(typesetting_module, "_layout", lambda: {"main.typ": None})

    with pytest.raises(RuntimeError, match="typesetter failed"):
        typesetter.typeset(page(), WORDING, made_at=NOW)


def test_a_letter_is_an_archive_and_accessible_file_in_its_language(typesetter):
    made = typesetter.typeset(page(), WORDING, made_at=NOW)
    reader = pypdf.PdfReader(io.BytesIO(made))
    metadata = reader.root_object["/Metadata"].get_object().get_data().decode()

    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert reader.root_object["/Lang"] == "fa-IR"
    assert reader.metadata["/Title"] == "پاسخ درخواست"
    assert reader.metadata["/Author"] == f"{DIRECTOR.name}، {DIRECTOR.organization}"
    box = reader.pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == (210, 297)


def test_a_letter_carries_number_day_and_code_on_its_page(typesetter):
    (text,) = pages(typesetter.typeset(page(), WORDING, made_at=NOW))

    for told in ("7K3M-9QXD-R2TV", "ece@ict.example", "divan.example/verify", "ICT/۱۴۰۵/۲۷"):
        assert told in text


def test_the_metadata_tell_number_and_day(typesetter):
    reader = pypdf.PdfReader(io.BytesIO(typesetter.typeset(page(), WORDING, made_at=NOW)))

    assert reader.metadata["/Subject"] == "شماره: ICT/۱۴۰۵/۲۷، ۱۴۰۵/۰۹/۰۱"
    assert reader.metadata["/Keywords"] == "ICT/1405/27, 7K3M-9QXD-R2TV"


def test_a_long_letter_flows_on_and_every_page_can_be_verified(typesetter):
    wording = {"reply": "\n".join(["بررسی شد و به آگاهی می‌رسد."] * 60)}
    told = pages(typesetter.typeset(page(fields=wording), WORDING, made_at=NOW))

    assert len(told) == 3
    assert all("7K3M-9QXD-R2TV" in text and "ICT/۱۴۰۵/۲۷" in text for text in told)


def test_an_english_letter_has_english_words(typesetter):
    (text,) = pages(typesetter.typeset(page(language="en", title="Reply"), ENGLISH, made_at=NOW))

    for told in ("In the Name of God", "ICT/1405/27", "22 November 2026 (1 Azar 1405)", "Dear Maryam,", "Page 1 of 1"):
        assert told in text


def test_a_letter_without_code_says_that_it_is_a_draft_and_not_that_it_is_signed(typesetter):
    (draft,) = pages(typesetter.typeset(page(language="en", code=""), ENGLISH, made_at=NOW))
    (letter,) = pages(typesetter.typeset(page(language="en"), ENGLISH, made_at=NOW))

    assert "Draft; not signed" in draft
    assert "Signed electronically" not in draft
    assert "Verification code" not in draft
    assert "Signed electronically" in letter
    assert "Draft" not in letter


def test_a_value_is_text_and_never_code(typesetter):
    (text,) = pages(
        typesetter.typeset(
            page(language="en", fields={"name": '#panic("x")', "reply": "*not bold* $x$ #read(1)"}),
            ENGLISH,
            made_at=NOW,
        )
    )

    assert 'Dear #panic("x"),' in text
    assert "*not bold* $x$ #read(1)" in text


@pytest.mark.parametrize(
    ("wording", "told"),
    [
        ("#let body(fields) = [#fields.absent]", "absent"),
        ("#let body(fields) = [", "unclosed"),
        ("#let wording(fields) = []", "body"),
        ('#let body(fields) = panic("no")', "panicked"),
        ('#let body(fields) = read("/etc/passwd")', "not found"),
        ('#let body(fields) = read("../signing/values.py")', "escape"),
        ('#let body(fields) = read("letter.typ")', "Too many open files"),
        ('#import "@preview/cetz:0.2.0": *\n#let body(fields) = []', "package"),
        ('#import ("@pre" + "view/cetz:0.2.0"): *\n#let body(fields) = []', "package"),
        ("#let body(fields) = { let deeper(n) = deeper(n + 1); deeper(0) }", "depth"),
        ("#let body(fields) = { while true { } }", "always true"),
    ],
)
def test_a_faulty_wording_is_refused_with_its_place(typesetter, wording, told):
    with pytest.raises(WordingFault) as refused:
        typesetter.typeset(page(), wording, made_at=NOW)

    assert told in refused.value.facts["detail"]
    assert typesetter.typeset(page(), WORDING, made_at=NOW).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("wording", "why"),
    [
        (
            "#let body(fields) = { for a in range(9000) { for b in range(9000) { for c in range(9000) { } } } }",
            {"time"},
        ),
        ('#let body(fields) = { let s = "0123456789"; for i in range(40) { s = s + s }; s }', {"stopped", "time"}),
    ],
    ids=["endless", "boundless"],
)
def test_a_wording_that_never_ends_is_stopped_and_the_next_letter_is_made(typesetter, wording, why):
    with pytest.raises(WordingTooSlow) as refused:
        typesetter.typeset(page(), wording, made_at=NOW)

    assert refused.value.facts["detail"] in why
    assert typesetter.typeset(page(), WORDING, made_at=NOW).startswith(b"%PDF-1.7")


def test_the_process_holds_nothing_open_and_knows_nothing_of_the_house(typesetter):
    typesetter.typeset(page(), WORDING, made_at=NOW)
    process = Path("/proc") / str(typesetter._process.pid)

    assert sorted(path.name for path in (process / "fd").iterdir()) == ["0", "1", "2"]
    assert (process / "environ").read_bytes() == b"RAYON_NUM_THREADS=1\0"


def test_a_killed_process_is_replaced(typesetter):
    typesetter.typeset(page(), WORDING, made_at=NOW)
    os.kill(typesetter._process.pid, signal.SIGKILL)
    typesetter._process.wait()

    with pytest.raises(WordingTooSlow):
        typesetter.typeset(page(), WORDING, made_at=NOW)
    assert typesetter.typeset(page(), WORDING, made_at=NOW).startswith(b"%PDF-1.7")


def test_a_process_is_replaced_after_many_letters(monkeypatch):
    monkeypatch.setattr(typesetting_module, "LETTERS_OF_A_PROCESS", 2)
    made = Typesetter(fonts())
    first = made._running().pid
    for _ in range(2):
        made.typeset(page(), WORDING, made_at=NOW)
    made.typeset(page(), WORDING, made_at=NOW)
    second = made._running().pid
    made.close()

    assert second != first


def test_without_fonts_nothing_is_typeset(tmp_path):
    with pytest.raises(FontsMissing):
        Typesetter(tmp_path).typeset(page(), WORDING, made_at=NOW)


def test_the_process_ends_with_its_house():
    program = f"""
import os, signal
from pathlib import Path
from divan.trust.signing.adapters.typesetting import Typesetter
made = Typesetter(Path({str(fonts())!r}))
print(made._running().pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    died = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    orphan = Path("/proc") / died.stdout.strip()

    assert died.returncode == -signal.SIGKILL
    wait_for(lambda: not orphan.exists() or (orphan / "stat").read_text().split()[2] == "Z")
