"""The dispatch desk: signed letters go to their recipients, each by its way and with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries, rules
from divan.dealings.correspondence.actions.handing_out import hand_out, hand_out_together, stays_inside
from divan.dealings.correspondence.actions.intake import take_in
from divan.dealings.correspondence.actions.parts import find_letter_row
from divan.dealings.correspondence.actions.receipts import dispatch_row
from divan.dealings.correspondence.actions.worklist import finish_work, give_work
from divan.dealings.correspondence.values import (
    DISPATCH_LAID,
    DISPATCH_NOTED,
    DISPATCH_ROUTED,
    DISPATCH_SENT,
    LETTER_DISPATCHED,
    Channel,
    Dispatch,
    DispatchNotPossible,
    DispatchState,
    EvidenceMissing,
    LetterState,
    LetterUnknown,
    NewWork,
    PartyKind,
    ReasonNeeded,
    RecipientClosed,
    Secrecy,
    SecretariatUnknown,
    Urgency,
    WayUnfit,
)
from divan.foundation import facts, files
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people

GIVEN_UP = (DispatchState.REFUSED, DispatchState.DEAD, DispatchState.DROPPED)


@transaction.atomic
def lay_at_dispatch_desk(*, letter: UUID, actor: Actor, now: datetime) -> list[Dispatch]:
    """Lay a signed letter at the dispatch desk, once for each recipient; a second time changes nothing.

    :raises LetterUnknown: if there is no such letter.
    :raises LetterNotSigned: if it is not fully signed.
    :raises SecretariatUnknown: if its body has no secretariat.
    """
    row = find_letter_row(letter)
    if row is None:
        raise LetterUnknown
    if row.state == LetterState.DISPATCHED:
        return queries.list_dispatches(letter)
    rules.require_signed(LetterState(row.state))
    secretariat = _secretariat_of(row)
    waits = models.Dispatch.objects.filter(letter=row).exclude(state__in=GIVEN_UP).values("recipient_id")
    recipients = list(models.Recipient.objects.filter(letter=row).exclude(id__in=waits).order_by("position"))
    ways = queries.list_first_ways([queries.recipient_of(one).party for one in recipients])
    laid = [
        _lay(row, recipient, secretariat, way=way, actor=actor, now=now)
        for recipient, way in zip(recipients, ways, strict=True)
    ]
    own = set(models.Secretariat.objects.filter(body_id=row.body_id).values_list("code", flat=True))
    inside = [one for one in laid if one.channel == Channel.INTERNAL and one.target in own]
    handed = hand_out_together(inside, now=now)
    for one in inside:
        if one.uuid in handed:
            _note_handed(one, actor=actor, now=now)
        else:
            _send_inside(one, actor=actor, now=now)
    if handed:
        _close_when_all_left(row, actor=actor, now=now)
    if models.Dispatch.objects.filter(letter=row, state=DispatchState.DESK).exists():
        _tell_clerk(row, secretariat, actor=actor, now=now)
    return queries.list_dispatches(letter)


def _note_handed(row: models.Dispatch, *, actor: Actor, now: datetime) -> None:
    """Note that what was handed out together with others came to its recipient, as sending it alone does."""
    row.sent_by, row.state, row.sent_at, row.delivered_at = actor.uuid, DispatchState.DELIVERED, now, now
    row.save(update_fields=["sent_by", "state", "sent_at", "delivered_at"])
    facts.record(DISPATCH_SENT, subject=row, actor=actor, at=now, channel=row.channel, state=row.state)


def _send_inside(laid: models.Dispatch, *, actor: Actor, now: datetime) -> None:
    """Send a letter to a recipient of the own body at once; what cannot go lies at the desk and says why."""
    try:
        with transaction.atomic():
            send_dispatch(dispatch=laid.uuid, actor=actor, now=now)
    except Refusal as refusal:
        row = dispatch_row(laid.uuid)
        row.problem, row.problem_text = refusal.code[:80], ""
        row.save(update_fields=["problem", "problem_text"])
        facts.record(DISPATCH_NOTED, subject=row, actor=actor, at=now, state=row.state, problem=row.problem)


def _secretariat_of(row: models.Letter) -> models.Secretariat:
    rows = models.Secretariat.objects.select_related("body", "unit").filter(closed_at=None)
    own = rows.filter(id=row.secretariat_id).first() if row.secretariat_id else None
    found = own or rows.filter(body_id=row.body_id, central=True).first()
    if found is None:
        raise SecretariatUnknown
    return found


def _lay(
    letter: models.Letter,
    recipient: models.Recipient,
    secretariat: models.Secretariat,
    *,
    way: queries.Way,
    actor: Actor,
    now: datetime,
) -> models.Dispatch:
    uuid = uuid4()
    row = models.Dispatch.objects.create(
        uuid=uuid,
        letter=letter,
        recipient=recipient,
        secretariat=secretariat,
        channel=way.channel,
        target=way.target[:300],
        key=str(uuid),
        state=DispatchState.DESK,
    )
    facts.record(DISPATCH_LAID, subject=row, actor=actor, at=now, letter=letter.uuid, channel=row.channel)
    return row


def _tell_clerk(letter: models.Letter, owner: models.Secretariat, *, actor: Actor, now: datetime) -> None:
    clerk = queries.clerk_of(queries.secretariat_of(owner), Secrecy(letter.secrecy), now)
    if clerk is None or queries.find_open_work(letter.uuid) is not None:
        return
    work = NewWork(
        about_kind="correspondence.dispatch",
        about_uuid=letter.uuid,
        number=letter.number[:40],
        title_fa=letter.subject,
        title_en=letter.subject,
        step_fa="",
        step_en="",
        sender_fa=letter.signer_title,
        sender_en=letter.signer_title,
        urgency=Urgency(letter.urgency),
        secrecy=Secrecy(letter.secrecy),
    )
    give_work(post=clerk.uuid, work=work, actor=actor, now=now)


@transaction.atomic
def route_dispatch(*, dispatch: UUID, channel: Channel, target: str, actor: Actor, now: datetime) -> Dispatch:
    """Choose the way of a letter to a recipient while it lies at the desk.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: if it left already.
    :raises WayUnfit: if the recipient has no address in this channel.
    """
    row = dispatch_row(dispatch)
    if row.state != DispatchState.DESK:
        raise DispatchNotPossible(state=row.state)
    row.channel, row.target = channel, _address(row, channel, target)[:300]
    row.save(update_fields=["channel", "target"])
    facts.record(DISPATCH_ROUTED, subject=row, actor=actor, at=now, channel=channel)
    return queries.get_dispatch(dispatch)


def _address(row: models.Dispatch, channel: Channel, target: str) -> str:
    known = {way.channel: way for way in queries.list_ways(queries.recipient_of(row.recipient).party)}
    if channel not in known:
        raise WayUnfit(channel=channel)
    return target.strip() if channel.is_carried and target.strip() else known[channel].target


@transaction.atomic
def send_dispatch(
    *, dispatch: UUID, evidence: Mapping[str, str] | None = None, actor: Actor, now: datetime
) -> Dispatch:
    """Send what lies at the desk by its way.

    Inside the house it arrives in the same transaction; what a channel carries is queued for it; what people carried is
    noted as sent with its ``evidence``: ``who`` took it, ``tracking`` number, ``on`` which day, ``receipt`` file.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: if it left already.
    :raises RecipientClosed: if the recipient does not exist any more.
    :raises EvidenceMissing: if people carried it and nothing proves it.
    """
    row = dispatch_row(dispatch)
    if row.state != DispatchState.DESK:
        raise DispatchNotPossible(state=row.state)
    _require_living(row, now)
    channel = Channel(row.channel)
    row.sent_by = actor.uuid
    if channel.is_carried:
        row.evidence, row.state, row.sent_at = _proof(channel, evidence or {}), DispatchState.SENT, now
    elif channel is Channel.INTERNAL:
        _deliver(row, actor=actor, now=now)
        row.state, row.sent_at, row.delivered_at = DispatchState.DELIVERED, now, now
    else:
        row.state, row.queued_at, row.next_attempt_at = DispatchState.QUEUED, now, now
    row.save()
    power_may_fail("dispatch.before-fact")
    facts.record(DISPATCH_SENT, subject=row, actor=actor, at=now, channel=channel, state=row.state)
    _close_when_all_left(row.letter, actor=actor, now=now)
    return queries.get_dispatch(dispatch)


def _require_living(row: models.Dispatch, now: datetime) -> None:
    party = queries.recipient_of(row.recipient).party
    outside = queries.correspondent_of(party)
    if outside is not None and outside.closed_at is not None:
        after = outside.successor
        raise RecipientClosed(successor=(after.organization or after.name) if after else "–")
    if closed := queries.closed_unit_of(party):
        heirs = people.successors_of(closed.uuid, now)
        raise RecipientClosed(successor="، ".join(one.name_fa for one in heirs) or "–")
    to_body = row.channel == Channel.INTERNAL and party.kind is not PartyKind.PERSON
    if to_body and queries.secretariat_of_party(party) is None:
        raise RecipientClosed(successor="–")


def _proof(channel: Channel, evidence: Mapping[str, str]) -> dict[str, str]:
    said = {key: value.strip()[:200] for key, value in evidence.items() if value.strip()}
    needed = {Channel.POST: "tracking", Channel.COURIER: "who", Channel.FAX: "tracking", Channel.BY_HAND: "who"}
    if needed[channel] not in said:
        raise EvidenceMissing(channel=channel, field=needed[channel])
    if "receipt" in said:
        files.claim(UUID(said["receipt"]))
    return said


def _deliver(row: models.Dispatch, *, actor: Actor, now: datetime) -> None:
    party = queries.recipient_of(row.recipient).party
    if party.kind is PartyKind.PERSON:
        return
    if stays_inside(row.letter, party):
        hand_out(row, now=now)
        return
    target = queries.secretariat_of_party(party)
    if target is None:
        raise RecipientClosed(successor="–")
    take_in(
        secretariat=target.uuid,
        channel=Channel.INTERNAL,
        key=row.key,
        arrived=queries.as_arrived(row),
        actor=actor,
        now=now,
    )


def _close_when_all_left(letter: models.Letter, *, actor: Actor, now: datetime) -> None:
    """Note that a letter is dispatched once nothing of it lies at the desk; its line leaves the worklist."""
    row = find_letter_row(letter.uuid)
    if row is None or models.Dispatch.objects.filter(letter=row, state=DispatchState.DESK).exists():
        return
    if row.state == LetterState.SIGNED:
        row.state = LetterState.DISPATCHED
        row.save(update_fields=["state"])
        facts.record(LETTER_DISPATCHED, subject=row, actor=actor, at=now)
    finish_work(about_uuid=row.uuid, actor=actor, now=now)


@transaction.atomic
def drop_dispatch(*, dispatch: UUID, reason: str, actor: Actor, now: datetime) -> Dispatch:
    """Give up sending a letter to a recipient, with the reason.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: if it is under way.
    :raises ReasonNeeded: without a reason.
    """
    row = dispatch_row(dispatch)
    if row.state not in queries.AT_DESK:
        raise DispatchNotPossible(state=row.state)
    if not reason.strip():
        raise ReasonNeeded
    row.state, row.problem, row.problem_text = DispatchState.DROPPED, "dropped", reason.strip()[:500]
    row.save(update_fields=["state", "problem", "problem_text"])
    facts.record(DISPATCH_NOTED, subject=row, actor=actor, at=now, state=row.state, reason=row.problem_text)
    finish_work(about_uuid=row.uuid, actor=actor, now=now)
    _close_when_all_left(row.letter, actor=actor, now=now)
    return queries.get_dispatch(dispatch)


@transaction.atomic
def lay_again(*, dispatch: UUID, actor: Actor, now: datetime) -> Dispatch:
    """Lay a letter at the desk anew for a recipient whom it did not reach; what failed stays known as it was.

    :raises DispatchUnknown: if there is no such dispatch.
    :raises DispatchNotPossible: if it did not fail, or was laid anew before.
    """
    row = dispatch_row(dispatch)
    others = models.Dispatch.objects.filter(recipient=row.recipient).exclude(state__in=GIVEN_UP)
    if row.state not in GIVEN_UP or others.exists():
        raise DispatchNotPossible(state=row.state)
    way = queries.Way(channel=Channel(row.channel), target=row.target)
    again = _lay(row.letter, row.recipient, row.secretariat, way=way, actor=actor, now=now)
    finish_work(about_uuid=row.uuid, actor=actor, now=now)
    _tell_clerk(row.letter, row.secretariat, actor=actor, now=now)
    return queries.get_dispatch(again.uuid)
