"""Letting other installations in on their cards, and letting them in no more."""

from __future__ import annotations

import hmac
from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.trust.exchange import models
from divan.trust.exchange.actions.membership import enter_member, enter_subsystem
from divan.trust.exchange.actions.publishing import sign_and_hand_out
from divan.trust.exchange.adapters.peer_cards import card_fingerprint, read_card
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.peers import agreement_of, own_card
from divan.trust.exchange.values import DATA_SERVICE_REGISTERED, PERMIT_REVOKED, Member, Subsystem
from divan.trust.exchange.values.peers import (
    PEER_AGREED,
    PEER_PARTED,
    Agreement,
    AgreementUnknown,
    PeerCard,
    PeerCardDiffers,
    PeerCardFaulty,
)

REPLACED = "replaced by a newer card"


@transaction.atomic
def agree_with_peer(*, card: bytes, fingerprint: str, law: str, actor: Actor, now: datetime) -> tuple[Agreement, bool]:
    """Let another installation in on the card that its operator gave, and publish; return whether anything changed.

    ``fingerprint`` is what the other operator read out. A newer card, theirs or ours, begins a new agreement in place
    of the one before it; the same ones again change nothing.

    :raises PeerCardFaulty: if it is no card, of our own or a system behind our gateway, or there is no word of the law.
    :raises PeerCardDiffers: if it has another fingerprint.
    :raises AddressFaulty, CertificateFaulty: if what stands on it cannot be entered.
    :raises SubsystemUnknown: if our own subsystem does not take part yet.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    told, theirs = read_card(card), "".join(fingerprint.split()).lower()
    if not hmac.compare_digest(card_fingerprint(told).encode(), theirs.encode("utf-8", "replace")):
        raise PeerCardDiffers(seen=card_fingerprint(told))
    if told.subsystem == options().subsystem:
        raise PeerCardFaulty(reason="own")
    if not law.strip():
        raise PeerCardFaulty(reason="law")
    locks.hold("exchange.founding")
    ours = card_fingerprint(own_card())
    known = models.Agreement.objects.filter(subsystem__address=told.subsystem, ended_at=None).first()
    if known is not None and (known.theirs, known.ours) == (theirs, ours):
        return agreement_of(known), False
    _require_free(told)
    if not models.Member.objects.filter(address=told.member).exists():
        enter_member(Member(address=told.member, name_fa=told.name_fa, name_en=told.name_en), actor, now)
    peer = Subsystem(
        address=told.subsystem, name_fa=told.name_fa, name_en=told.name_en, certificates=(told.certificate,)
    )
    enter_subsystem(peer, actor, now)
    if known is not None:
        _end(known, REPLACED, actor, now)
    row = models.Agreement.objects.create(
        uuid=uuid4(),
        subsystem=models.Subsystem.objects.get(address=told.subsystem),
        card=asdict(told),
        theirs=theirs,
        ours=ours,
        law=law.strip()[:500],
        agreed_at=now,
    )
    facts.record(PEER_AGREED, subject=row, actor=actor, at=now, peer=told.subsystem, theirs=theirs, ours=ours)
    sign_and_hand_out(actor=actor, now=now)
    return agreement_of(row), True


@transaction.atomic
def part_with_peer(*, subsystem: str, reason: str, actor: Actor, now: datetime) -> None:
    """End an agreement: no certificate of the peer is let in, its permits and ours there are revoked, and publish.

    :raises AgreementUnknown: if none is in force.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    locks.hold("exchange.founding")
    row = models.Agreement.objects.filter(subsystem__address=subsystem, ended_at=None).first()
    if row is None:
        raise AgreementUnknown(subsystem=subsystem)
    _end(row, reason, actor, now)
    peer = row.subsystem
    enter_subsystem(Subsystem(address=peer.address, name_fa=peer.name_fa, name_en=peer.name_en), actor, now)
    involved = models.Permit.objects.select_for_update(of=("self",)).filter(revoked_at=None)
    for permit in involved.filter(Q(consumer=peer) | Q(data_service__provider=peer)):
        permit.revoked_at = now
        permit.save(update_fields=["revoked_at"])
        facts.record(PERMIT_REVOKED, subject=permit, actor=actor, at=now, reason=reason)
    for service in models.DataService.objects.select_for_update().filter(provider=peer, disabled_notice=""):
        service.disabled_notice = reason[:300] or "the agreement has ended"
        service.save(update_fields=["disabled_notice"])
        facts.record(
            DATA_SERVICE_REGISTERED, subject=service, actor=actor, at=now, code=service.code, address=service.address
        )
    sign_and_hand_out(actor=actor, now=now)


def _require_free(card: PeerCard) -> None:
    """Refuse the card of a subsystem that stands behind our own gateway: its certificates would be replaced.

    :raises PeerCardFaulty: ``reason`` is ``taken``.
    """
    known = models.Subsystem.objects.filter(address=card.subsystem).first()
    if known is not None and not models.Agreement.objects.filter(subsystem=known).exists():
        raise PeerCardFaulty(reason="taken")


def _end(row: models.Agreement, reason: str, actor: Actor, now: datetime) -> None:
    row.ended_at, row.reason = now, reason[:300]
    row.save(update_fields=["ended_at", "reason"])
    facts.record(PEER_PARTED, subject=row, actor=actor, at=now, reason=row.reason)
