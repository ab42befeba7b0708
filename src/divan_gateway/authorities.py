"""Certificates at the TLS listener, taken up while the gateway runs: a new peer or a renewal needs no restart."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

from cryptography import x509

logger = logging.getLogger(__name__)


def address_of(certificate: Path) -> str:
    """Return the first host name in a certificate (PEM), else its first address, else nothing.

    Nothing as well while the file is being renewed and cannot be read.
    """
    try:
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
        names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return ""
    found = names.get_values_for_type(x509.DNSName) or names.get_values_for_type(x509.IPAddress)
    return str(found[0]) if found else ""


class Authorities:
    """Who vouches for clients at a TLS listener.

    What was added to the file is trusted from the next handshake on. What was taken out of it is forgotten at the next
    start only; until then the snapshot alone keeps its certificates out, for it names each one that may speak.
    """

    def __init__(self, context: ssl.SSLContext, file: Path) -> None:
        self._context = context
        self._file = file
        self._seen = self._look()

    def _look(self) -> tuple[int, int, int] | None:
        try:
            status = self._file.stat()
        except OSError:
            return None
        return (status.st_mtime_ns, status.st_ino, status.st_size)

    def refresh(self) -> None:
        """Take up what the file holds now; one that cannot be read is named in the log and changes nothing."""
        seen = self._look()
        if seen is None or seen == self._seen:
            return
        self._seen = seen
        try:
            self._context.load_verify_locations(self._file)
        except (OSError, ssl.SSLError) as error:
            logger.error("authorities of clients cannot be taken up: %s", error)  # noqa: TRY400 (the reason says it all)
        else:
            logger.info("authorities of clients taken up from %s", self._file.name)


class Certificate:
    """The certificate of a TLS listener: renewed in its files, it is shown from the next handshake on."""

    def __init__(self, context: ssl.SSLContext, certificate: Path, key: Path) -> None:
        self._context = context
        self._files = (certificate, key)
        self._seen = self._look()

    def _look(self) -> tuple[tuple[int, int], ...] | None:
        try:
            return tuple((status.st_mtime_ns, status.st_ino) for status in (path.stat() for path in self._files))
        except OSError:
            return None

    def refresh(self) -> None:
        """Show what the files hold now; a pair that does not fit is named in the log and looked at again."""
        seen = self._look()
        if seen is None or seen == self._seen:
            return
        try:
            # Tried apart first: a context into which half a pair was loaded could not shake hands any more.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*self._files)
            self._context.load_cert_chain(*self._files)
        except (OSError, ssl.SSLError) as error:
            logger.error("the renewed certificate cannot be shown: %s", error)  # noqa: TRY400 (the reason says it all)
        else:
            self._seen = seen
            logger.info("certificate taken up from %s", self._files[0].name)
