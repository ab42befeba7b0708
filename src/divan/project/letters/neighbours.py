"""Two installations agree to exchange letters: on each other's cards, with the right to bring letters and receipts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy, override

from divan.dealings.correspondence.api.exchange import door_path
from divan.dealings.correspondence.jobs.carrying import SERVICE
from divan.foundation.actors import Actor
from divan.trust.exchange import actions as exchange
from divan.trust.exchange import queries
from divan.trust.exchange.values import DataService, ExchangePlan, NewPermit, PermitState
from divan.trust.exchange.values.peers import Agreement, PeerCard
from divan_libs.envelope.addresses import ServiceId

WAYS = (("PUT", "/**"), ("GET", "/letters/*"))


def own_door() -> str:
    """Return the address below which our own gateway brings letters here; it stays within the installation."""
    return f"http://127.0.0.1:{settings.DIVAN.port}{door_path()}"


def card_text(card: PeerCard) -> str:
    """Return a card as its file holds it."""
    return json.dumps(queries.content_of(card), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def service_code(subsystem: str) -> str:
    """Return the code of the data service by which a subsystem takes letters."""
    return re.sub(r"[^a-z0-9]+", "-", subsystem.lower()).strip("-")[:70] + f"/{SERVICE}"


@transaction.atomic
def agree(*, card: bytes, fingerprint: str, law: str, actor: Actor, now: datetime) -> tuple[Agreement, bool]:
    """Agree with another installation on its card, and let letters go both ways; return whether anything changed.

    :raises Refusal: as ``agree_with_peer``; and if data service or permit cannot be entered.
    """
    agreement, changed = exchange.agree_with_peer(card=card, fingerprint=fingerprint, law=law, actor=actor, now=now)
    peer, own = agreement.card, settings.DIVAN.exchange_subsystem
    theirs, ours = _their_door(peer), letters_of(own, own_door())
    plan = ExchangePlan(members=(), subsystems=(), data_services=(theirs, ours), permits=())
    changed = exchange.found_exchange(plan=plan, actor=actor, now=now) or changed
    for permit in (*rights_of(own, theirs, law, now), *rights_of(peer.subsystem, ours, law, now)):
        if not _is_given(permit, now):
            exchange.grant_permit(permit=permit, actor=actor, now=now)
            changed = True
    return agreement, changed


def letters_of(subsystem: str, address: str, **options: object) -> DataService:
    """Return the data service by which a subsystem takes letters at an address."""
    fa, en = _in_both(gettext_lazy("Letters"))
    return DataService(
        code=service_code(subsystem),
        address=f"{subsystem}/{SERVICE}",
        name_fa=fa,
        name_en=en,
        base_urls=(address,),
        timeout_ms=30_000,
        **options,  # type: ignore[arg-type]  # fields of the description
    )


def _their_door(peer: PeerCard) -> DataService:
    # Their gateway is asked as any client asks it; what it lets through, it brings to their door itself.
    address = ServiceId.parse(f"{peer.subsystem}/{SERVICE}").encoded()
    return letters_of(
        peer.subsystem,
        f"{peer.gateway.rstrip('/')}/r1/{address}",
        trusted_certificates=(peer.authorities,),
    )


def _in_both(text: object) -> tuple[str, str]:
    with override("fa"):
        fa = str(text)
    with override("en"):
        return fa, str(text)


def rights_of(consumer: str, service: DataService, law: str, now: datetime) -> Iterable[NewPermit]:
    """Yield the rights of a subsystem to bring letters and receipts to a data service, and to ask about its own."""
    fa, en = _in_both(gettext_lazy("Bringing letters and receipts"))
    for method, path in WAYS:
        yield NewPermit(
            consumer=consumer,
            data_service=service.code,
            method=method,
            path_glob=path,
            purpose_fa=fa,
            purpose_en=en,
            legal_basis_fa=law,
            legal_basis_confirmed=False,
            starts_at=now - timedelta(minutes=1),
            reason="agreement of two installations",
        )


def _is_given(wanted: NewPermit, now: datetime) -> bool:
    return any(
        (one.consumer.address, one.data_service.code, one.method, one.path_glob)
        == (wanted.consumer, wanted.data_service, wanted.method, wanted.path_glob)
        and one.state_at(now) is PermitState.IN_FORCE
        for one in queries.list_permits()
    )
