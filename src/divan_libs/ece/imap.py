"""Fetching mail: a port, and IMAP behind it. Nothing is ever deleted, and nothing is marked before it is stored."""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

from divan_libs.ece.errors import MailTrouble
from divan_libs.ece.mail import MOST_MAIL_BYTES
from divan_libs.ece.smtp import MailServer, Security

STORED = "$DivanStored"
"""The keyword of mails that were taken."""

_CODE = "ece.mail.imap"
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")
_MAILBOX = re.compile(r"[^\x00-\x1f\x7f\"\\]{1,200}")
# One UID SEARCH answers on one line, and imaplib takes a line of a megabyte.
_TAKEN_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class MailUid:
    """Where a mail lies; it stays valid as long as the mailbox keeps its ``validity`` (RFC 9051, 2.3.1.1)."""

    validity: int
    number: int


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """A mail that nobody has taken yet, whole; ``data`` is None when it is larger than what is taken."""

    uid: MailUid
    size: int
    data: bytes | None


class MailFetcher(Protocol):
    """A mailbox whose mails are taken one after the other."""

    def waiting(self) -> Iterator[WaitingMail]:
        """Yield the mails that are not marked, oldest first; reading changes nothing in the mailbox.

        :raises MailTrouble: when the server fails; what was yielded before holds.
        """
        ...

    def mark_stored(self, uid: MailUid) -> None:
        """Mark a mail as taken. Call this after it is stored durably: until then it will be yielded again.

        :raises MailTrouble: when the server fails, or the mailbox was made anew and the uid means another mail now.
        """
        ...


class ImapFetcher:
    """Takes mails from one mailbox by IMAP over one connection; a context manager.

    What is stored gets a keyword and stays in the mailbox. An empty ``keyword`` means ``\\Seen``, for servers that know
    none: then nobody else may read the mailbox, for a mail that a person has opened would never be taken.
    """

    def __init__(
        self,
        server: MailServer,
        *,
        mailbox: str = "INBOX",
        keyword: str = STORED,
        most_bytes: int = MOST_MAIL_BYTES,
    ) -> None:
        if not _MAILBOX.fullmatch(mailbox):
            raise ValueError("the name of the mailbox cannot be quoted")
        if keyword and not re.fullmatch(r"[$\w.-]{1,60}", keyword, re.ASCII):
            raise ValueError("a keyword is letters, digits, $, -, . and _")
        self._server, self._mailbox, self._keyword, self._most = server, mailbox, keyword, most_bytes
        self._imap: imaplib.IMAP4 | None = None
        self._validity = 0

    def __enter__(self) -> Self:
        """Connect, sign in and open the mailbox.

        :raises MailTrouble: when that fails.
        """
        with _troubles():
            self._imap = imap = self._connected()
            try:
                if self._server.security is Security.STARTTLS:
                    imap.starttls(self._server.context())
                if self._server.username:
                    imap.login(self._server.username, self._server.password)
                _ok(imap.select(f'"{self._mailbox}"'), "select")
                self._require_keywords(imap)
                self._validity = int((imap.response("UIDVALIDITY")[1] or [b""])[0] or 0)
            except BaseException:
                self._close()
                raise
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None):  # type: ignore[no-untyped-def]  # returns nothing
        self._close()

    def waiting(self) -> Iterator[WaitingMail]:
        """Yield the mails that are not marked; see :class:`MailFetcher`."""
        imap = self._opened()
        wanted = f"UNKEYWORD {self._keyword}" if self._keyword else "UNSEEN"
        with _troubles():
            numbers = _ok(imap.uid("SEARCH", wanted), "search")[0] or b""
        for number in sorted(map(int, numbers.split()))[:_TAKEN_AT_ONCE]:
            with _troubles():
                mail = self._fetched(imap, number)
            if mail is not None:
                yield mail

    def mark_stored(self, uid: MailUid) -> None:
        """Mark a mail as taken; see :class:`MailFetcher`."""
        if uid.validity != self._validity:
            raise MailTrouble(f"{_CODE}.validity", f"mailbox is {self._validity}, the mail was of {uid.validity}")
        flag = self._keyword or "\\Seen"
        with _troubles():
            _ok(self._opened().uid("STORE", str(uid.number), "+FLAGS.SILENT", f"({flag})"), "store")

    def _require_keywords(self, imap: imaplib.IMAP4) -> None:
        kept = _flat(imap.response("PERMANENTFLAGS")[1] or [])
        if self._keyword and b"\\*" not in kept and self._keyword.encode() not in kept:
            raise MailTrouble(f"{_CODE}.keywords", "the server keeps no keywords; give an empty one")

    def _fetched(self, imap: imaplib.IMAP4, number: int) -> WaitingMail | None:
        uid = MailUid(self._validity, number)
        sized = _SIZE.search(_flat(_ok(imap.uid("FETCH", str(number), "(RFC822.SIZE)"), "fetch")))
        if sized is None:
            # Another program has removed it since the search.
            return None
        size = int(sized[1])
        if size > self._most:
            return WaitingMail(uid, size, None)
        # PEEK leaves \Seen alone; the range holds a server to its word about the size.
        answer = _ok(imap.uid("FETCH", str(number), f"(UID BODY.PEEK[]<0.{self._most}>)"), "fetch")
        for item in answer:
            if isinstance(item, tuple) and len(item) == 2 and _UID.search(_flat(answer)):
                return WaitingMail(uid, len(item[1]), bytes(item[1]))
        return None

    def _connected(self) -> imaplib.IMAP4:
        server = self._server
        if server.security is Security.TLS:
            return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=server.context(), timeout=server.timeout)
        return imaplib.IMAP4(server.host, server.port, timeout=server.timeout)

    def _opened(self) -> imaplib.IMAP4:
        if self._imap is None:
            raise MailTrouble(_CODE, "not connected")
        return self._imap

    def _close(self) -> None:
        imap, self._imap = self._imap, None
        if imap is not None:
            # CLOSE would expunge what others marked as deleted; LOGOUT alone removes nothing.
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                imap.logout()
            with contextlib.suppress(OSError):
                imap.shutdown()


def _ok(answer: tuple[str, list[Any]], command: str) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise MailTrouble(_CODE, f"{command}: {status} {_flat(data)[:200].decode('utf-8', 'replace')}")
    return data


def _flat(data: list[Any]) -> bytes:
    pieces = [item[0] if isinstance(item, tuple) else item for item in data]
    return b" ".join(piece for piece in pieces if isinstance(piece, bytes))


@contextlib.contextmanager
def _troubles() -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as untrusted:
        raise MailTrouble(f"{_CODE}.certificate", untrusted.verify_message) from untrusted
    except (imaplib.IMAP4.error, OSError, ValueError) as broken:
        raise MailTrouble(_CODE, str(broken)[:200] or type(broken).__name__) from broken
