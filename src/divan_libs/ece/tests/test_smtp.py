"""Mail is sent to a real SMTP server on loopback."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from divan_libs.ece.errors import EceRefusal, MailTrouble
from divan_libs.ece.mail import read_mail
from divan_libs.ece.smtp import MailServer, Security, SmtpSender

from .loopback import ARCHIVE, FROM, HOST, TO, free_port, mail_of, trusting_context


class Inbox:
    """Takes what it is given; answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 (aiosmtpd's name)
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 (as above)
        if answer := self.answers.get("DATA"):
            return answer
        self.taken.append((list(envelope.rcpt_tos), envelope.content))
        return "250 taken"


def serving_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def smtp(inbox):
    controller = Controller(inbox, hostname=HOST, port=free_port())
    controller.start()
    yield MailServer(host=HOST, port=controller.port, security=Security.NONE, timeout=10)
    controller.stop()


def send(server: MailServer, recipients=(TO,)):
    return SmtpSender(server).send(mail_of(), sender=FROM, recipients=list(recipients))


def test_a_letter_arrives_as_it_was_sent(smtp, inbox):
    delivery = send(smtp, [TO, ARCHIVE])

    assert (delivery.accepted, delivery.refused) == ((TO, ARCHIVE), ())
    ((recipients, data),) = inbox.taken
    assert recipients == [TO, ARCHIVE]
    (reading,) = read_mail(data).readings
    assert reading.message.letter_no == "1405/1"
    assert ARCHIVE.encode() not in data


def test_who_is_refused_is_named_beside_who_is_served(smtp, inbox):
    inbox.answers[ARCHIVE] = "550 no such mailbox"

    delivery = send(smtp, [TO, ARCHIVE])

    assert (delivery.accepted, delivery.refused) == ((TO,), ((ARCHIVE, "550 no such mailbox"),))
    assert len(inbox.taken) == 1


@pytest.mark.parametrize(
    ("place", "answer", "kind", "code"),
    [
        (TO, "550 no such mailbox", EceRefusal, "ece.mail.rejected"),
        (TO, "450 come back later", MailTrouble, "ece.mail.smtp"),
        ("DATA", "552 too large", EceRefusal, "ece.mail.rejected"),
        ("DATA", "451 disk full", MailTrouble, "ece.mail.smtp"),
    ],
)
def test_a_final_answer_is_told_from_a_passing_one(smtp, inbox, place, answer, kind, code):
    inbox.answers[place] = answer

    with pytest.raises(kind) as told:
        send(smtp)

    assert told.value.code == code
    assert inbox.taken == []


@pytest.mark.parametrize(
    "address",
    ["a@b.example>\r\nRCPT TO:<thief@example.org", "a@b.example\n", "a b@c.example", "a", "A <a@b.example>", ""],
)
def test_an_address_that_would_be_a_command_is_refused(smtp, inbox, address):
    with pytest.raises(EceRefusal) as refusal:
        send(smtp, [address])

    assert (refusal.value.code, inbox.taken) == ("ece.mail.address", [])


def test_an_absent_server_is_a_trouble():
    with pytest.raises(MailTrouble) as trouble:
        send(MailServer(host=HOST, port=free_port(), security=Security.NONE, timeout=2))

    assert trouble.value.code == "ece.mail.smtp"


def test_a_silent_server_is_not_waited_for_for_ever():
    with socket.create_server((HOST, 0)) as silent, pytest.raises(MailTrouble):
        send(MailServer(host=HOST, port=silent.getsockname()[1], security=Security.NONE, timeout=0.5))


def test_without_protection_only_this_machine_is_spoken_to():
    with pytest.raises(EceRefusal) as refusal:
        MailServer(host="mail.example", port=25, security=Security.NONE)

    assert refusal.value.code == "ece.mail.unprotected"


def test_certificates_are_verified(inbox, certificate):
    controller = Controller(inbox, hostname=HOST, port=free_port(), ssl_context=serving_context(certificate))
    controller.start()
    try:
        with pytest.raises(MailTrouble) as trouble:
            send(MailServer(host=HOST, port=controller.port, timeout=10))
        assert (trouble.value.code, inbox.taken) == ("ece.mail.smtp.certificate", [])

        send(MailServer(host=HOST, port=controller.port, timeout=10, trusted=trusting_context(certificate)))
        assert len(inbox.taken) == 1
    finally:
        controller.stop()


def test_protection_is_begun_before_anything_is_said(inbox, certificate):
    controller = Controller(inbox, hostname=HOST, port=free_port(), tls_context=serving_context(certificate))
    controller.start()
    try:
        with pytest.raises(MailTrouble) as trouble:
            send(MailServer(host=HOST, port=controller.port, security=Security.STARTTLS, timeout=10))
        assert (trouble.value.code, inbox.taken) == ("ece.mail.smtp.certificate", [])

        trusted = trusting_context(certificate)
        send(MailServer(host=HOST, port=controller.port, security=Security.STARTTLS, timeout=10, trusted=trusted))
        assert len(inbox.taken) == 1
    finally:
        controller.stop()


def test_a_server_that_lacks_protection_gets_no_mail(smtp, inbox):
    with pytest.raises(MailTrouble) as trouble:
        send(MailServer(host=HOST, port=smtp.port, security=Security.STARTTLS, timeout=10))

    assert (trouble.value.code, inbox.taken) == ("ece.mail.smtp.unsupported", [])
