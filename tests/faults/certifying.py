"""Deeds at the exchange for tests that cut the power: a right is granted, a key certified or ended, a doubt settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from divan.foundation.actors import SYSTEM
from divan.trust.exchange import actions

Deed = Callable[..., Any]


def grant_request(world: Any, request: str) -> object:
    """Grant a request for a permit, on the letter of the body that offers the data service."""
    return actions.grant_request(request=UUID(request), reference="1", actor=SYSTEM, now=world.now)


def issue_certificate(world: Any, subsystem: str, csr: str) -> object:
    """Certify the key of a subsystem."""
    return actions.issue_certificate(subsystem=subsystem, csr=csr.encode(), actor=SYSTEM, now=world.now)


def renew_certificate(world: Any, certificate: str) -> object:
    """Certify the key of a certificate that ends soon anew."""
    return actions.renew_certificate(certificate=UUID(certificate), actor=SYSTEM, now=world.now)


def warn_of_end(world: Any, certificate: str) -> object:
    """Tell officers that a certificate ends."""
    return actions.warn_of_end(certificate=UUID(certificate), actor=SYSTEM, now=world.now)


def revoke_certificate(world: Any, certificate: str) -> object:
    """Revoke a certificate."""
    return actions.revoke_certificate(certificate=UUID(certificate), reason="lost", actor=SYSTEM, now=world.now)


def settle_doubt(world: Any, request_id: str) -> object:
    """Settle a message in doubt."""
    return actions.settle_doubt(
        request_id=request_id, finding="acted", reason="asked there", actor=SYSTEM, now=world.now
    )


CERTIFYING: dict[str, Deed] = {
    deed.__name__: deed
    for deed in (
        grant_request,
        issue_certificate,
        renew_certificate,
        warn_of_end,
        revoke_certificate,
        settle_doubt,
    )
}
