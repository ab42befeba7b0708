"""`divan ece`: what it prints and writes, how it ends, and that it needs neither Django nor a database."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from divan.project.commands import ece
from divan_libs.ece.conformance import MEANINGS
from divan_libs.ece.mail import compose_mail
from divan_libs.ece.reading import read_message
from divan_libs.ece.tests.specimens import JPEG_BYTES, NOON, PDF_BYTES, RECEIPT_XML, letter, xml
from divan_libs.ece.values import DeviationCode, ReceiveType
from divan_libs.ece.writing import letter_bytes

DRAFT = """
sender: {organization: فرمانداری نمونه, name: مهتاب آذری, code: "05"}
receivers:
  - {organization: استانداری نمونه}
  - {organization: بخشداری نمونه, receive: copy}
number: 1405/0012
dated: 1405/09/01 12:00:15
subject: راه روستایی
priority: urgent
related: [{kind: reply, number: 0007, dated: 2026-11-01, sender: {organization: استانداری نمونه}}]
origins: [{file: letter.pdf, description: متن نامه}]
attachments: [{file: photo.jpg}]
keywords: [راه]
"""


@pytest.fixture
def run():
    app = typer.Typer()
    ece.register(app)
    app.callback()(lambda: None)
    return lambda *arguments: CliRunner().invoke(app, ["ece", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "draft.yaml").write_text(DRAFT, encoding="utf-8")
    (tmp_path / "letter.pdf").write_bytes(PDF_BYTES)
    (tmp_path / "photo.jpg").write_bytes(JPEG_BYTES)
    (tmp_path / "letter.xml").write_bytes(letter_bytes(letter()))
    return tmp_path


def test_a_draft_becomes_a_letter(run, folder):
    written = run("write", folder / "draft.yaml", "--to", folder / "out.xml")

    assert written.exit_code == 0
    reading = read_message((folder / "out.xml").read_bytes())
    message = reading.message
    assert reading.sha256 in written.stdout
    assert reading.deviations == ()
    assert (message.letter_no, message.sender.code, message.related[0].letter_no) == ("1405/0012", "05", "0007")
    assert message.written_at.text == "2026-11-22T12:00:15"
    assert [one.receive_type for one in message.receivers] == [ReceiveType.MAIN, ReceiveType.COPY]
    assert [one.content.read() for one in (*message.origins, *message.attachments)] == [PDF_BYTES, JPEG_BYTES]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("number: 1405/0012", "", "ece.draft.unreadable (fields=['number'])"),
        ("priority: urgent", "priority: asap", "ece.draft.unreadable (fields=['priority'])"),
        ("receive: copy", "receive: bcc", "ece.draft.unreadable (fields=['receivers.1.receive'])"),
        ("keywords: [راه]", "tags: [راه]", "ece.draft.unreadable (fields=['tags'])"),
        ("keywords: [راه]", "keywords: [", "ece.draft.unreadable"),
        ("keywords: [راه]", "keywords: !!python/name:os.system ''", "ece.draft.unreadable"),
        ("file: photo.jpg", "file: gone.jpg", "ece.draft.file (file='gone.jpg')"),
        ("file: photo.jpg", "file: draft.yaml", "ok"),
        ("dated: 1405/09/01 12:00:15", "dated: yesterday", "ece.write.date (field='written_at')"),
        ("subject: راه روستایی", 'subject: ""', "ece.write.incomplete (field='subject')"),
        ("priority: urgent", "classification: secret", "ece.write.classification (level='secret')"),
    ],
)
def test_a_draft_that_makes_no_letter_is_refused_and_nothing_is_written(run, folder, old, new, said):
    assert old in DRAFT
    (folder / "draft.yaml").write_text(DRAFT.replace(old, new), encoding="utf-8")

    written = run("write", folder / "draft.yaml", "--to", folder / "out.xml")

    assert written.exit_code == (0 if said == "ok" else 1)
    assert (folder / "out.xml").exists() == (said == "ok")
    assert said == "ok" or said in written.stderr


def test_a_file_that_is_there_is_not_written_over(run, folder):
    before = (folder / "letter.xml").read_bytes()

    written = run("write", folder / "draft.yaml", "--to", folder / "letter.xml")

    assert (written.exit_code, (folder / "letter.xml").read_bytes()) == (1, before)
    assert "File exists" in written.stderr


def test_a_letter_is_told_and_its_files_are_put_out(run, folder):
    told = run("read", folder / "letter.xml", "--folder", folder / "files")

    assert told.exit_code == 0
    assert "1405/12/الف" in told.stdout
    files = {path.name: path.read_bytes()[:4] for path in (folder / "files").iterdir()}
    assert files == {"origin-1.pdf": b"%PDF", "attachment-1.jpg": b"\xff\xd8\xff\xe0", "attachment-2.tif": b"II*\0"}

    again = run("read", folder / "letter.xml", "--folder", folder / "files")
    assert again.exit_code == 1
    assert "File exists" in again.stderr


def test_deviations_are_told_with_their_line(run, folder):
    (folder / "odd.xml").write_bytes(xml(("<Subject>", "<SUBJECT>"), ("</Subject>", "</SUBJECT>")))

    told = run("read", folder / "odd.xml")

    assert told.exit_code == 0
    assert "element-case  Letter/SUBJECT  line 18  SUBJECT" in told.stdout


def test_json_holds_the_whole_message(run, folder):
    (folder / "receipt.xml").write_text(RECEIPT_XML, encoding="utf-8")

    told = json.loads(run("read", folder / "receipt.xml", "--json").stdout)

    assert told["message"]["registration_no"] == "۱۴۰۵/۹۹"
    assert told["deviations"] == []


def test_a_letter_cannot_steer_the_terminal(run, folder):
    (folder / "odd.xml").write_bytes(xml(('Name="مهتاب آذری" Code="5"', 'Name="[red]x" Code="\u009b31m"')))

    told, as_json = run("read", folder / "odd.xml"), run("read", folder / "odd.xml", "--json")

    assert "\u009b" not in told.stdout + as_json.stdout
    assert "[red]x" in told.stdout
    assert json.loads(as_json.stdout)["message"]["sender"]["code"] == "\u009b31m"


def test_a_mail_is_read_too(run, folder):
    mail = compose_mail(
        letter(), letter_bytes(letter()), sender="a@b.example", recipients=["c@d.example"], now=NOON, message_id="<1@b>"
    )
    (folder / "mail.eml").write_bytes(mail.as_bytes())

    told = run("read", folder / "mail.eml", "--json")

    assert json.loads(told.stdout)["message"]["letter_no"] == "1405/12/الف"
    assert "mail <1@b> from a@b.example" in told.stderr


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<!DOCTYPE Letter><Letter/>", "ece.xml.doctype"),
        (b"", "ece.xml.empty"),
        (b"Subject: x\n\nnothing", "ece.mail.no-message"),
        (b"Content-Type: text/xml\n\n<Letter><a>", "ece.xml.not-well-formed"),
    ],
)
def test_what_cannot_be_read_is_refused(run, folder, data, code):
    (folder / "bad").write_bytes(data)

    told = run("read", folder / "bad")

    assert (told.exit_code, told.stdout) == (1, "")
    assert code in told.stderr


def test_neither_django_nor_a_database_is_needed(folder):
    program = (
        "import sys; sys.modules['django'] = None; from divan.project.command_line import main; "
        f"sys.argv = ['divan', 'ece', 'read', {str(folder / 'letter.xml')!r}]; main()"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")
    assert "1405/12/الف" in done.stdout


def test_a_letter_of_ours_passes_the_strictest_check(run, folder):
    checked = run("check", folder / "letter.xml", "--strict")

    assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (
        0,
        f"{folder / 'letter.xml'}: passes, deviations: 0",
    )


@pytest.mark.parametrize(
    ("change", "code", "weight", "lenient"),
    [
        (("<Subject>", "<SUBJECT>"), "element-case", "form", 0),
        (('Code="1"/>', 'Code="3"/>'), "classification-code", "meaning", 1),
        (("<Subject>تعمیر", "<Subject>تعمير"), "letters-foreign", "habit", 0),
    ],
    ids=["form", "meaning", "habit"],
)
def test_each_deviation_is_told_with_its_weight_and_what_to_write(run, folder, change, code, weight, lenient):
    text = xml(change).decode().replace("</Subject>", "</SUBJECT>" if "SUBJECT" in change[1] else "</Subject>")
    if code == "classification-code":
        text = xml(('<Classification Name="عادی" Code="1"', '<Classification Name="عادی" Code="3"')).decode()
    (folder / "theirs.xml").write_text(text, encoding="utf-8")

    told = json.loads(run("check", folder / "theirs.xml", "--json").stdout.splitlines()[0])
    persian = run("check", folder / "theirs.xml", "--language", "fa")

    assert (told["code"], told["weight"], told["line"] > 0) == (code, weight, True)
    assert MEANINGS[DeviationCode(code)].mend_fa in persian.stdout
    assert persian.exit_code == lenient
    assert run("check", folder / "theirs.xml", "--strict").exit_code == 1


def test_what_is_no_letter_and_a_mail_without_its_mark_do_not_pass(run, folder):
    (folder / "none.xml").write_text("<!DOCTYPE x><x/>")
    mail = compose_mail(
        letter(),
        letter_bytes(letter()),
        sender="a@b.example",
        recipients=["c@d.example"],
        now=NOON,
        message_id="<m@b.example>",
    )
    del mail["X-ECE_SEND"]
    (folder / "letter.eml").write_bytes(mail.as_bytes())

    assert run("check", folder / "none.xml").exit_code == 1
    assert run("check", folder / "letter.eml").exit_code == 0
    strict = run("check", folder / "letter.eml", "--strict")
    assert (strict.exit_code, "mail-mark-missing (form) mail" in strict.stdout) == (1, True)
