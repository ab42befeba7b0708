"""Ordinary e-mail at a secretariat: its words and files wait to be registered, once, and nothing infected is kept."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from divan.dealings.correspondence import actions, models
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.values import Channel
from divan.foundation import files
from divan.foundation.actors import SYSTEM
from divan.foundation.models import StoredFile


class Doctor:
    """A scanner that finds something in what holds a word."""

    def find(self, content):
        return "Eicar-Test-Signature" if b"EICAR" in b"".join(content) else ""


@pytest.fixture(autouse=True)
def doctor(monkeypatch):
    monkeypatch.setattr(files, "ClamScanner", lambda _address: Doctor())


def mail(*, html: bool = False, **attached: bytes) -> bytes:
    message = EmailMessage()
    message["From"] = "مریم نمونه <maryam@firm.example>"
    message["To"] = "ece@ict.lorestan.example"
    message["Subject"] = "درخواست آنتن"
    message["Message-ID"] = "<one@firm.example>"
    if html:
        message.set_content("<p>سلام</p><script>x()</script><p>آنتن نداریم</p>", subtype="html")
    else:
        message.set_content("سلام\nآنتن نداریم")
    for name, content in attached.items():
        message.add_attachment(content, maintype="application", subtype="pdf", filename=f"{name}.pdf")
    return bytes(message)


def take(office, data: bytes):
    return actions.take_in_mail(secretariat=offices.central().uuid, data=data, actor=SYSTEM, now=office.now)


def test_a_mail_waits_with_its_words_and_files_and_comes_once(office):
    first = take(office, mail(map=offices.PDF))
    again = take(office, mail(map=offices.PDF))

    arrived = first.arrived
    assert again.uuid == first.uuid
    assert first.channel is Channel.E_MAIL
    assert (arrived.sender.name, arrived.sender.code) == ("مریم نمونه", "maryam@firm.example")
    assert (arrived.subject, arrived.wording.split()) == ("درخواست آنتن", ["سلام", "آنتن", "نداریم"])
    assert [one.name for one in arrived.files] == ["map.pdf"]
    assert files.read_file(arrived.original).startswith(b"From: ")


def test_the_words_of_a_page_are_read_without_its_programs(office):
    taken = take(office, mail(html=True))

    assert "آنتن نداریم" in taken.arrived.wording
    assert "x()" not in taken.arrived.wording


def test_an_infected_file_is_left_out_and_named_and_the_mail_itself_is_not_kept(office):
    taken = take(office, mail(bad=b"%PDF-1.7 EICAR"))

    assert taken.arrived.files == ()
    assert [(one.code, one.place) for one in taken.arrived.deviations] == [("foundation.file-infected", "bad.pdf")]
    assert taken.arrived.original is None
    assert not StoredFile.objects.filter(name__in=("bad.pdf", "mail.eml")).exists()


def test_a_file_of_another_type_is_named_and_the_mail_keeps_it(office):
    taken = take(office, mail(notes=b"just words"))

    assert [one.code for one in taken.arrived.deviations] == ["foundation.file-type-unknown"]
    assert taken.arrived.original is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0",
        b"From: \xff\xfe\nSubject: =?x?q?\n\n\xff",
        b"Content-Type: text/plain; charset=nonsense\n\nx",
        b"a" * 5000,
    ],
)
def test_whatever_comes_waits(office, data):
    take(office, data)

    assert models.Intake.objects.count() == 1
