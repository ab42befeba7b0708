"""What the tests with real mail servers have in common."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

from divan_libs.ece.mail import compose_mail
from divan_libs.ece.writing import letter_bytes

from .specimens import NOON, letter

HOST = "127.0.0.1"
FROM, TO, ARCHIVE = "ece@sender.example", "ece@receiver.example", "archive@sender.example"


def mail_of(number: int = 1):
    one = letter(letter_no=f"1405/{number}")
    return compose_mail(
        one, letter_bytes(one), sender=FROM, recipients=[TO], now=NOON, message_id=f"<{number}@sender.example>"
    )


def trusting_context(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate.with_name("root.pem"))


def free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        return probe.getsockname()[1]
