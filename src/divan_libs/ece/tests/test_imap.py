"""Mail is fetched from a real IMAP server on loopback, whose mailbox lies on the disk."""

from __future__ import annotations

import imaplib
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pysasl.hashing import BuiltinHash
from tests.waiting import wait_for

from divan_libs.ece.errors import MailTrouble
from divan_libs.ece.imap import STORED, ImapFetcher, MailUid
from divan_libs.ece.mail import read_mail
from divan_libs.ece.smtp import MailServer, Security

from .loopback import HOST, free_port, mail_of, trusting_context

USER, PASSWORD = "divan", "an invented password"


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
        wait_for(self._listens, otherwise="the IMAP server does not answer")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0

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
