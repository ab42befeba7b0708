"""Mail goes through real servers on loopback: SMTP of aiosmtpd, IMAP of pymap with a mailbox on the disk."""

from __future__ import annotations

import imaplib
import signal
import socket
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pysasl.hashing import BuiltinHash

from divan_libs.ece.errors import EceRefusal, MailTrouble
from divan_libs.ece.imap import STORED, ImapFetcher, MailUid
from divan_libs.ece.mail import compose_mail, read_mail
from divan_libs.ece.smtp import MailServer, Security, SmtpSender
from divan_libs.ece.writing import letter_bytes
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.keys import generate_private_key

from .specimens import NOON, letter

HOST, USER, PASSWORD = "127.0.0.1", "divan", "an invented password"
FROM, TO, ARCHIVE = "ece@sender.example", "ece@receiver.example", "archive@sender.example"


def mail_of(number: int = 1):
    one = letter(letter_no=f"1405/{number}")
    return compose_mail(
        one, letter_bytes(one), sender=FROM, recipients=[TO], now=NOON, message_id=f"<{number}@sender.example>"
    )


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """Return a file with key and certificate for loopback; its authority stands beside it."""
    folder = tmp_path_factory.mktemp("tls")
    now = datetime.now(UTC)
    authority = RehearsalAuthority.create(now)
    key = generate_private_key()
    issued = authority.issue_tls_server(key.public_key(), [HOST], now=now)
    chain = (issued, *authority.chain)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(pem + b"".join(one.public_bytes(Encoding.PEM) for one in chain))
    (folder / "root.pem").write_bytes(authority.root.public_bytes(Encoding.PEM))
    return folder / "server.pem"


def serving_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting_context(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate.with_name("root.pem"))


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return probe.getsockname()[1]


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


def test_an_absent_server_is_a_trouble():
    with pytest.raises(MailTrouble) as trouble:
        send(MailServer(host=HOST, port=free_port(), security=Security.NONE, timeout=2))

    assert trouble.value.code == "ece.mail.smtp"


def test_a_silent_server_is_not_waited_for_for_ever():
    with socket.create_server((HOST, 0)) as silent:
        began = time.monotonic()
        with pytest.raises(MailTrouble):
            send(MailServer(host=HOST, port=silent.getsockname()[1], security=Security.NONE, timeout=0.5))

    assert time.monotonic() - began < 5


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


class Mailbox:
    """An IMAP server of its own process over a folder, with one user."""

    def __init__(self, folder: Path, certificate: Path, keywords: str) -> None:
        self.folder, self.port = folder, free_port()
        digest = str(BuiltinHash(rounds=1).hash(PASSWORD)).replace(":", "\\:")
        (folder / "pymap-etc-passwd").write_text(f"{USER}:x::::{USER}:\n")
        (folder / "pymap-etc-shadow").write_text(f"{USER}:{digest}::::::\n")
        for name in ("new", "cur", "tmp"):
            (folder / USER / name).mkdir(parents=True)
        (folder / USER / "dovecot-keywords").write_text(keywords)
        command = [str(Path(sys.executable).with_name("pymap")), "--host", HOST, "--port", str(self.port)]
        protected = ["--cert", str(certificate)] if certificate else ["--no-tls"]
        self.process = subprocess.Popen(
            [*command, *protected, "maildir", str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._await()

    def _await(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("the IMAP server does not answer")

    def server(self, **changed) -> MailServer:
        usual = {"port": self.port, "security": Security.NONE, "username": USER, "password": PASSWORD, "timeout": 10}
        return MailServer(host=HOST, **usual | changed)

    def put(self, data: bytes) -> None:
        with imaplib.IMAP4(HOST, self.port) as imap:
            imap.login(USER, PASSWORD)
            assert imap.append("INBOX", None, None, data)[0] == "OK"

    def files(self) -> list[str]:
        return sorted(path.name for part in ("new", "cur") for path in (self.folder / USER / part).iterdir())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def mailbox(tmp_path):
    box = Mailbox(tmp_path, None, f"0 {STORED}\n")
    yield box
    box.stop()


def numbers_of(server: MailServer, **changed) -> list[str]:
    with ImapFetcher(server, **changed) as fetcher:
        mails = list(fetcher.waiting())
    return [read_mail(mail.data).readings[0].message.letter_no for mail in mails]


def test_mails_wait_until_they_are_marked_and_stay_in_the_mailbox(mailbox):
    for number in (1, 2, 3):
        mailbox.put(mail_of(number).as_bytes())

    with ImapFetcher(mailbox.server()) as fetcher:
        first, second, third = fetcher.waiting()
        fetcher.mark_stored(second.uid)

    assert first.uid.number < second.uid.number < third.uid.number
    assert numbers_of(mailbox.server()) == ["1405/1", "1405/3"]
    assert len(mailbox.files()) == 3


def test_reading_changes_nothing_in_the_mailbox(mailbox):
    mailbox.put(mail_of().as_bytes())
    assert numbers_of(mailbox.server()) == ["1405/1"]
    before = mailbox.files()

    assert numbers_of(mailbox.server()) == ["1405/1"]

    assert mailbox.files() == before


def test_a_mail_that_a_person_opened_is_still_taken(mailbox):
    mailbox.put(mail_of().as_bytes())
    with imaplib.IMAP4(HOST, mailbox.port) as imap:
        imap.login(USER, PASSWORD)
        imap.select("INBOX")
        imap.store("1", "+FLAGS", "\\Seen")

    assert numbers_of(mailbox.server()) == ["1405/1"]
    assert numbers_of(mailbox.server(), keyword="") == []


def test_a_server_without_keywords_is_told_and_may_do_with_seen(tmp_path):
    box = Mailbox(tmp_path, None, "")
    try:
        box.put(mail_of().as_bytes())
        with pytest.raises(MailTrouble) as trouble, ImapFetcher(box.server()):
            pass
        assert trouble.value.code == "ece.mail.imap.keywords"

        with ImapFetcher(box.server(), keyword="") as fetcher:
            (mail,) = fetcher.waiting()
            fetcher.mark_stored(mail.uid)
        assert numbers_of(box.server(), keyword="") == []
    finally:
        box.stop()


def test_a_mail_that_is_too_large_is_named_and_not_fetched(mailbox):
    mailbox.put(mail_of().as_bytes())

    with ImapFetcher(mailbox.server(), most_bytes=1000) as fetcher:
        (mail,) = fetcher.waiting()

    assert (mail.data, mail.size > 1000) == (None, True)


def test_a_uid_of_an_earlier_mailbox_marks_nothing(mailbox):
    mailbox.put(mail_of().as_bytes())

    with ImapFetcher(mailbox.server()) as fetcher:
        (mail,) = fetcher.waiting()
        with pytest.raises(MailTrouble) as trouble:
            fetcher.mark_stored(MailUid(mail.uid.validity + 1, mail.uid.number))

    assert trouble.value.code == "ece.mail.imap.validity"
    assert numbers_of(mailbox.server()) == ["1405/1"]


@pytest.mark.parametrize(
    ("changed", "fetching"),
    [({"password": "wrong"}, {}), ({}, {"mailbox": "Nowhere"}), ({"security": Security.STARTTLS}, {})],
)
def test_what_the_server_declines_is_a_trouble(mailbox, changed, fetching):
    with pytest.raises(MailTrouble) as trouble, ImapFetcher(mailbox.server(**changed), **fetching):
        pass

    assert trouble.value.code == "ece.mail.imap"
    assert "wrong" not in trouble.value.reason


def test_certificates_of_mailboxes_are_verified(tmp_path, certificate):
    box = Mailbox(tmp_path, certificate, f"0 {STORED}\n")
    try:
        with pytest.raises(MailTrouble) as trouble, ImapFetcher(box.server(security=Security.STARTTLS)):
            pass
        assert trouble.value.code == "ece.mail.imap.certificate"

        trusted = trusting_context(certificate)
        assert numbers_of(box.server(security=Security.STARTTLS, trusted=trusted)) == []
    finally:
        box.stop()


@pytest.mark.parametrize("name", ['a"b', "a\r\nA1 DELETE INBOX", "a\\b", ""])
def test_a_name_that_would_be_a_command_is_refused(mailbox, name):
    with pytest.raises(ValueError, match="quoted"):
        ImapFetcher(mailbox.server(), mailbox=name)


# Stores each mail durably under its Message-ID; the power fails where it is told to.
TAKER = """
import hashlib, os, signal, sys
from pathlib import Path
from divan_libs.ece.imap import ImapFetcher
from divan_libs.ece.mail import read_mail
from divan_libs.ece.smtp import MailServer, Security
folder, port, fails = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
def power_may_fail(name):
    if name == fails:
        os.kill(os.getpid(), signal.SIGKILL)
server = MailServer(host="127.0.0.1", port=port, security=Security.NONE, username=sys.argv[4], password=sys.argv[5])
with ImapFetcher(server) as fetcher:
    for mail in fetcher.waiting():
        power_may_fail("before storing")
        stored = folder / hashlib.sha256(read_mail(mail.data).message_id.encode()).hexdigest()
        stored.write_bytes(mail.data)
        power_may_fail("before marking")
        fetcher.mark_stored(mail.uid)
        power_may_fail("after marking")
"""


@pytest.mark.parametrize("fails", ["before storing", "before marking", "after marking"])
def test_power_may_fail_anywhere_and_no_mail_is_lost_or_taken_twice(mailbox, tmp_path, fails):
    store = tmp_path / "store"
    store.mkdir()
    for number in (1, 2):
        mailbox.put(mail_of(number).as_bytes())
    command = [sys.executable, "-c", TAKER, str(store), str(mailbox.port)]

    failed = subprocess.run([*command, fails, USER, PASSWORD], check=False, timeout=60)
    again = subprocess.run([*command, "", USER, PASSWORD], check=False, timeout=60)

    assert (failed.returncode, again.returncode) == (-signal.SIGKILL, 0)
    numbers = sorted(read_mail(path.read_bytes()).readings[0].message.letter_no for path in store.iterdir())
    assert numbers == ["1405/1", "1405/2"]
    assert numbers_of(mailbox.server()) == []
    assert len(mailbox.files()) == 2


def test_a_server_that_goes_away_is_a_trouble(mailbox):
    mailbox.put(mail_of().as_bytes())

    with ImapFetcher(mailbox.server()) as fetcher:
        mailbox.process.kill()
        mailbox.process.wait(20)
        with pytest.raises(MailTrouble):
            list(fetcher.waiting())
