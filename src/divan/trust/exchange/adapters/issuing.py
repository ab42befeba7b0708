"""Our authority, which certifies the keys of subsystems: in a rehearsal the invented one, else the operator's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from cryptography import x509

from divan.trust.exchange.adapters.keys import AUTHORITY
from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.exchange.values import ExchangeNotPrepared
from divan_libs.pki.authority import TLS_LIFE, RehearsalAuthority, SubsystemAuthority
from divan_libs.pki.errors import PkiError
from divan_libs.pki.keys import FileKey, PublicKey

ISSUER = "issuer.pem"
"""Key, certificate and chain of the operator's authority; the gateway must trust its callers by it."""


class Issuer(Protocol):
    """Who certifies the keys of subsystems."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """What stands above an issued certificate."""

    def issue_tls_client(
        self, public_key: PublicKey, subsystem: str, *, now: datetime, valid_for: timedelta = TLS_LIFE
    ) -> x509.Certificate:
        """Issue the certificate with which a subsystem shows itself to a gateway."""


def issuer(told: ExchangeOptions, now: datetime) -> Issuer:
    """Return our authority.

    :raises ExchangeNotPrepared: if the operator gave none, or it cannot be read.
    """
    try:
        if told.rehearsal:
            return RehearsalAuthority.establish(told.control / AUTHORITY, now)
        return SubsystemAuthority(FileKey.open(told.control / ISSUER))
    except PkiError as error:
        raise ExchangeNotPrepared(file=ISSUER, reason=error.code) from error
