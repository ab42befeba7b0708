"""Letters as parcels, where what came by a channel goes, and how it stands for whoever sent it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from divan.dealings.correspondence import models
from divan.dealings.correspondence.adapters.envelope import write_envelope
from divan.dealings.correspondence.queries.carried import as_arrived
from divan.dealings.correspondence.queries.contents import recipient_of
from divan.dealings.correspondence.queries.dispatches import dispatch_rows
from divan.dealings.correspondence.queries.intakes import intake_rows
from divan.dealings.correspondence.queries.letters import SECRETARIAT_ROLE, clearance_of, letter_of, letters
from divan.dealings.correspondence.queries.numbers import number_key
from divan.dealings.correspondence.queries.registers import secretariat_of
from divan.dealings.correspondence.queries.secretariats import heads_body
from divan.dealings.correspondence.values import (
    Channel,
    Deviation,
    IntakeState,
    Parcel,
    ParcelFile,
    Party,
    PartyKind,
    Peer,
    Receipt,
    RecipientClosed,
    Secrecy,
    Secretariat,
    SecretariatUnknown,
    Standing,
)
from divan.foundation import files
from divan.foundation.canonical import canonical_bytes
from divan.registers.people import queries as people


def parcel_of(row: models.Dispatch) -> Parcel:
    """Return what a sending carries, with the bytes of its files.

    :raises NotFound: if one of them is gone.
    """
    arrived = as_arrived(row)
    found = []
    for one in arrived.files:
        content = files.read_file(one.file_uuid)
        found.append(
            ParcelFile(
                name=one.name,
                role=one.role,
                sha256=hashlib.sha256(content).hexdigest(),
                size=len(content),
                description=one.description,
                pages=one.pages,
                content=content,
            )
        )
    body = recipient_of(row.recipient).party.code
    secretariat = row.target.partition("#")[2] if row.channel == Channel.EXCHANGE else ""
    return Parcel(key=row.key, letter=arrived, files=tuple(found), secretariat=secretariat, body=body)


def digest_of(parcel: Parcel) -> str:
    """Return the SHA-256 of what a parcel says; its files count by their own."""
    said = write_envelope(parcel)
    inside = said["files"]
    assert isinstance(inside, list)  # noqa: S101 (as the envelope is written)
    said["files"] = [{name: value for name, value in one.items() if name != "content"} for one in inside]
    return hashlib.sha256(canonical_bytes(said)).hexdigest()


def find_target(secretariat: str, body: str) -> Secretariat:
    """Return where something arrives that names a secretariat or a body of this house.

    What names a closed secretariat goes to the central one of its body.

    :raises SecretariatUnknown: if neither is known here.
    :raises RecipientClosed: if the body takes no letters any more.
    """
    rows = models.Secretariat.objects.select_related("body", "unit")
    named = rows.filter(code=secretariat).first() if secretariat else None
    if named is not None and named.closed_at is None:
        return secretariat_of(named)
    of_body = rows.filter(body_id=named.body_id) if named is not None else rows.filter(body__code=body or None)
    central = of_body.filter(central=True, closed_at=None).first()
    if central is not None:
        return secretariat_of(central)
    if of_body.exists():
        raise RecipientClosed(successor="")
    raise SecretariatUnknown


def find_secretariat_at(address: str) -> Secretariat | None:
    """Return the open secretariat with a mailbox of ECE, or None."""
    rows = models.Secretariat.objects.select_related("body", "unit").filter(closed_at=None)
    row = rows.filter(ece_address__iexact=address).first() if address else None
    return secretariat_of(row) if row else None


def is_anybody_cleared(secretariat: Secretariat, secrecy: Secrecy, at: datetime) -> bool:
    """Whether a post that keeps a secretariat may read letters of a secrecy."""
    posts = people.list_posts_of_body(secretariat.body_code)
    keepers = [post for post in posts if post.role == SECRETARIAT_ROLE or heads_body(post)]
    return any(clearance_of(post.uuid, at).rank >= secrecy.rank for post in keepers)


def intake_key(peer: Peer, key: str) -> str:
    """Return the key under which something that a system sent is taken once; keys are each system's own."""
    return f"{peer.name}:{key}"[:200] if peer.channel is not Channel.ECE else key[:200]


def find_intake(peer: Peer, key: str, secretariat: UUID | None = None) -> models.Intake | None:
    """Return what a system sent under a key, at whichever secretariat it arrived unless one is named, or None."""
    rows = intake_rows().filter(channel=peer.channel, key=intake_key(peer, key))
    if secretariat is not None:
        rows = rows.filter(secretariat__uuid=secretariat)
    return rows.order_by("id").first()


def known_sender(peer: Peer, named: Party | None) -> tuple[Party | None, tuple[Deviation, ...]]:
    """Return who wrote a letter, known by the channel it came by, and where that leaves what the letter says."""
    row = _correspondent(peer)
    if row is None:
        return named, (Deviation(code="sender-unknown", text=peer.name),)
    own = Party(kind=PartyKind.OUTSIDE, uuid=row.uuid, organization=row.organization, name=row.name)
    if named is None:
        return own, ()
    sender = Party(
        kind=PartyKind.OUTSIDE,
        uuid=row.uuid,
        organization=named.organization or row.organization,
        department=named.department,
        title=named.title,
        name=named.name,
        code=named.code or row.code,
    )
    differs = not Party(kind=PartyKind.OUTSIDE, organization=named.organization, name=named.name).is_like(
        Party(kind=PartyKind.OUTSIDE, organization=own.organization, name=own.name)
    )
    return sender, (Deviation(code="sender-differs", text=str(own)),) if differs else ()


def _correspondent(peer: Peer) -> models.Correspondent | None:
    rows = models.Correspondent.objects.filter(closed_at=None)
    if peer.channel is Channel.EXCHANGE:
        known = rows.filter(addresses__exchange__startswith=peer.name).order_by("id")
        return next((row for row in known if str(row.addresses["exchange"]).partition("#")[0] == peer.name), None)
    if peer.channel is Channel.ECE:
        return rows.filter(addresses__ece__iexact=peer.name).order_by("id").first()
    return rows.filter(addresses__folder=peer.name).order_by("id").first()


def standing_of(row: models.Intake) -> Standing:
    """Return how something that arrived stands for whoever sent it; its letter is loaded with it."""
    if row.state in {IntakeState.REGISTERED, IntakeState.DOUBLE} and row.letter is not None:
        known = letter_of(letters().get(uuid=row.letter.uuid))
        return Standing(state="registered", at=known.registered_at or row.arrived_at, number=known.number_text)
    if row.state == IntakeState.REFUSED:
        return Standing(state="refused", at=row.ended_at or row.arrived_at, reason=row.reason)
    return Standing(state="delivered", at=row.arrived_at)


def receipt_of(row: models.Receipt) -> Receipt:
    """Return the value of a receipt's row; its intake is loaded with it."""
    return Receipt(
        uuid=row.uuid,
        intake=row.intake.uuid,
        channel=Channel(row.channel),
        target=row.target,
        key=str(row.intake.receipt.get("key", "")),
        standing=standing_of(row.intake),
        told=IntakeState(row.intake.state),
        attempts=row.attempts,
        queued_at=row.queued_at,
    )


def find_sent(key: str, peer: Peer) -> models.Dispatch | None:
    """Return what was sent to a system under a key, or None: a system speaks of what went to itself alone."""
    row = dispatch_rows().filter(key=key, channel=peer.channel).first()
    if row is None:
        return None
    target = row.target.partition("#")[0] if peer.channel is Channel.EXCHANGE else row.target
    return row if target.casefold() == peer.name.casefold() else None


def find_sent_by_number(number: str, year: int | None, organization: str) -> models.Dispatch | None:
    """Return the sending by ECE of the letter with a number and Jalali year; of several, to whom it names alike."""
    rows = dispatch_rows().filter(channel=Channel.ECE, state__in=("sent", "delivered", "registered"))
    rows = rows.filter(letter__number=number_key(number))
    found = list((rows.filter(letter__year=year) if year is not None else rows).order_by("-id")[:50])
    named = Party(kind=PartyKind.OUTSIDE, organization=organization)
    alike = [row for row in found if recipient_of(row.recipient).party.is_like(named)]
    if alike:
        return alike[0]
    return found[0] if len(found) == 1 else None


def list_to_ask_about(at: datetime, limit: int = 20) -> list[UUID]:
    """Return the sendings by the exchange whose registration the other side should have told by now."""
    rows = models.Dispatch.objects.filter(
        channel=Channel.EXCHANGE, state__in=("sent", "delivered"), next_attempt_at__lte=at
    )
    return list(rows.order_by("next_attempt_at").values_list("uuid", flat=True)[:limit])
