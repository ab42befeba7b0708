"""Other installations: what we tell them of ourselves, with whom we agreed, and what is sealed between us."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from divan.trust.exchange import models
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.adapters.peer_cards import card_content, card_fingerprint
from divan.trust.exchange.apps import options
from divan.trust.exchange.values import SubsystemUnknown
from divan.trust.exchange.values.peers import (
    SEAL_LIFE,
    Agreement,
    AgreementUnknown,
    PeerCard,
    SealStale,
    SealUnfit,
)
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.keys import load_public_key
from divan_libs.envelope.seals import Seal, open_seal, seal_document, sealed_octets


def own_card() -> PeerCard:
    """Return the card of this installation.

    :raises SubsystemUnknown: if our own subsystem does not take part yet.
    :raises ExchangeNotPrepared: if keys of the exchange are missing.
    """
    told = options()
    row = models.Subsystem.objects.select_related("member").filter(address=told.subsystem).first()
    if row is None:
        raise SubsystemUnknown(subsystem=told.subsystem)
    return PeerCard(
        subsystem=row.address,
        name_fa=row.member.name_fa,
        name_en=row.member.name_en,
        gateway=told.public or told.address,
        authorities=keys.own_authorities(told),
        certificate=keys.shown_fingerprint(told),
        seal_key=keys.seal_public_key(told),
    )


def content_of(card: PeerCard) -> dict[str, str]:
    """Return a card as the JSON object that travels."""
    return card_content(card)


def fingerprint_of(card: PeerCard) -> str:
    """Return the fingerprint of a card, hex SHA-256, which operators read to each other."""
    return card_fingerprint(card)


def agreement_of(row: models.Agreement) -> Agreement:
    """Return an agreement's row as others see it."""
    return Agreement(
        uuid=row.uuid,
        card=PeerCard(**row.card),
        theirs=row.theirs,
        ours=row.ours,
        law=row.law,
        agreed_at=row.agreed_at,
        ended_at=row.ended_at,
        reason=row.reason,
    )


def list_agreements() -> list[Agreement]:
    """Return every agreement that there ever was, newest first."""
    return [agreement_of(row) for row in models.Agreement.objects.order_by("-agreed_at", "-id")]


def find_agreement(subsystem: str) -> Agreement | None:
    """Return the agreement in force with an installation, or None."""
    row = models.Agreement.objects.filter(subsystem__address=subsystem, ended_at=None).first()
    return agreement_of(row) if row else None


def peer_authorities() -> list[str]:
    """Return the authorities of the installations with which an agreement is in force, in PEM."""
    rows = models.Agreement.objects.filter(ended_at=None).order_by("id")
    return [str(card["authorities"]) for card in rows.values_list("card", flat=True)]


def seal_for(document: Mapping[str, object], *, receiver: str, now: datetime) -> str:
    """Return our seal on a document for an installation; nothing where we have no agreement with it.

    :raises ExchangeNotPrepared: if there is no key for it.
    """
    if find_agreement(receiver) is None:
        return ""
    told = options()
    return seal_document(document, sender=told.subsystem, receiver=receiver, now=now, signer=keys.seal_signer(told))


def require_seal(document: Mapping[str, object], seal: str, *, sender: str, now: datetime) -> bytes | None:
    """Refuse a document that a peer did not seal for us, now, as it came; return the octets that it sealed.

    A subsystem with which there never was an agreement stands behind our own gateway, which knows it; it seals nothing,
    and None is returned.

    :raises SealUnfit: ``reason`` is ``missing``, ``malformed``, ``key``, ``altered``, ``sender`` or ``receiver``.
    :raises SealStale: if it was made too long ago, or by a clock too far ahead.
    :raises AgreementUnknown: if the agreement with the sender has ended.
    """
    agreement = find_agreement(sender)
    if agreement is None:
        if models.Agreement.objects.filter(subsystem__address=sender).exists():
            raise AgreementUnknown
        return None
    if not seal:
        raise SealUnfit(reason="missing")
    found = _opened(seal, document, agreement.card)
    if found.sender != sender:
        raise SealUnfit(reason="sender")
    if found.receiver != options().subsystem:
        raise SealUnfit(reason="receiver")
    if abs(now - found.sealed_at) > SEAL_LIFE:
        raise SealStale(sealed_at=found.sealed_at)
    return sealed_octets(document)


def _opened(seal: str, document: Mapping[str, object], card: PeerCard) -> Seal:
    try:
        return open_seal(seal, document, keys=[load_public_key(card.seal_key.encode("ascii"))])
    except EnvelopeError as error:
        raise SealUnfit(reason=error.code.rpartition(".")[2]) from error
