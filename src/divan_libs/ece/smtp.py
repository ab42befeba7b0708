"""Sending mail: a port, and SMTP behind it, encrypted and verified unless the server is this machine."""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from typing import Protocol

from divan_libs.ece.errors import EceRefusal, MailTrouble

TIMEOUT_SECONDS = 60.0
_ADDRESS = re.compile(r"""[^\s\x00-\x20\x7f<>()\[\],;:\\"@]+@[^\s\x00-\x20\x7f<>(),;:\\"@]+""")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Security(StrEnum):
    """How the connection to a mail server is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"
    """To this machine only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where a mail server is and how one signs in; certificates are verified against ``trusted`` or the system's roots.

    :raises EceRefusal: ``ece.mail.unprotected`` for a connection without TLS to another machine.
    """

    host: str
    port: int
    security: Security = Security.TLS
    username: str = ""
    password: str = ""
    timeout: float = TIMEOUT_SECONDS
    trusted: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        if self.security is Security.NONE and self.host not in LOOPBACK:
            raise EceRefusal("ece.mail.unprotected", host=self.host)

    def context(self) -> ssl.SSLContext:
        """Return what certificates are verified with."""
        return self.trusted or ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the server took over, and for whom it did not, with its answer."""

    accepted: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


class MailSender(Protocol):
    """Hands a mail to a server that will deliver it."""

    def send(self, mail: EmailMessage, *, sender: str, recipients: Sequence[str]) -> Delivery:
        """Send a mail to these addresses, also those that its headers do not name (a copy for the archive).

        :raises MailTrouble: when trying again may help; whether the server has taken the mail is then unknown, so the
            next try keeps its Message-ID.
        :raises EceRefusal: ``ece.mail.rejected`` when the server will never take it; ``ece.mail.address`` when an
            address would be more than an address to the server.
        """
        ...


class SmtpSender:
    """Sends by SMTP, one connection for each mail."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def send(self, mail: EmailMessage, *, sender: str, recipients: Sequence[str]) -> Delivery:
        """Send a mail; see :class:`MailSender`."""
        # smtplib would cut such an address down to something it takes for one, and send the letter there.
        if not all(map(_ADDRESS.fullmatch, (sender, *recipients))):
            raise EceRefusal("ece.mail.address")
        with _troubles("ece.mail.smtp"), self._connected() as smtp:
            refused = smtp.send_message(mail, from_addr=sender, to_addrs=list(recipients))
        answers = tuple((address, f"{code} {_words(said)}") for address, (code, said) in refused.items())
        return Delivery(tuple(address for address in recipients if address not in refused), answers)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        if server.security is Security.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout, context=server.context()
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        try:
            if server.security is Security.STARTTLS:
                smtp.starttls(context=server.context())
            if server.username:
                smtp.login(server.username, server.password)
            yield smtp
            # The mail is taken once the server has answered for it; a farewell that fails changes nothing.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            smtp.close()


@contextlib.contextmanager
def _troubles(code: str) -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refused:
        answers = [answer for answer, _ in refused.recipients.values()]
        if all(_is_final(answer) for answer in answers):
            raise EceRefusal("ece.mail.rejected", answers=sorted(set(answers))) from refused
        raise MailTrouble(code, f"recipients refused for now: {answers}") from refused
    except smtplib.SMTPAuthenticationError as denied:
        raise MailTrouble(f"{code}.sign-in", f"{denied.smtp_code} {_words(denied.smtp_error)}") from denied
    except smtplib.SMTPResponseException as answer:
        if _is_final(answer.smtp_code) and not isinstance(answer, smtplib.SMTPConnectError | smtplib.SMTPHeloError):
            raise EceRefusal("ece.mail.rejected", answers=[answer.smtp_code]) from answer
        raise MailTrouble(code, f"{answer.smtp_code} {_words(answer.smtp_error)}") from answer
    except smtplib.SMTPNotSupportedError as lacking:
        raise MailTrouble(f"{code}.unsupported", str(lacking)) from lacking
    except ssl.SSLCertVerificationError as untrusted:
        raise MailTrouble(f"{code}.certificate", untrusted.verify_message) from untrusted
    except (smtplib.SMTPException, OSError) as broken:
        raise MailTrouble(code, str(broken) or type(broken).__name__) from broken


def _is_final(answer: int) -> bool:
    return 500 <= answer < 600


def _words(said: bytes | str) -> str:
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:200]
