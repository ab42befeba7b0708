"""Ordinary e-mail that comes to a secretariat's mailbox waits there to be registered like every other letter."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.actions.intake import take_in
from divan.dealings.correspondence.adapters.plain_mail import PlainMail, read_plain_mail
from divan.dealings.correspondence.values import Arrived, Channel, Deviation, Intake, IntakeFile, Party, PartyKind
from divan.foundation import files
from divan.foundation.actors import Actor

NOT_KEPT: tuple[type[Exception], ...] = (
    files.FileEmpty,
    files.FileInfected,
    files.FileMislabelled,
    files.FileTooLarge,
    files.FileTypeUnknown,
)
"""Why a file of a mail is left out; the mail waits without it, and the clerk reads which and why."""


def take_in_mail(*, secretariat: UUID, data: bytes, actor: Actor, now: datetime) -> Intake:
    """Take in an ordinary e-mail with its files; the same mail is taken once. Its octets are kept unless infected.

    :raises SecretariatUnknown: if there is no such open secretariat.
    :raises ScannerSilent: the scanner gave no verdict; it may be taken again.
    """
    mail = read_plain_mail(data)
    key = mail.message_id or sha256(data).hexdigest()
    rows = queries.intake_rows().filter(secretariat__uuid=secretariat, channel=Channel.E_MAIL, key=key[:200])
    known = rows.first()
    if known is not None:
        return queries.intake_of(known)
    kept, odd = _store(mail, actor=actor, now=now)
    infected = any(one.code == files.FileInfected.code for one in odd)
    original = None
    if data and not infected:
        original = files.store_made(
            name="mail.eml", content=data, media_type="message/rfc822", actor=actor, now=now
        ).uuid
    arrived = Arrived(
        sender=Party(kind=PartyKind.OUTSIDE, name=mail.name or mail.address, code=mail.address),
        subject=mail.subject,
        wording=mail.words,
        original=original,
        files=kept,
        receipt={"target": mail.address, "message_id": mail.message_id},
        deviations=odd,
    )
    return take_in(secretariat=secretariat, channel=Channel.E_MAIL, key=key, arrived=arrived, actor=actor, now=now)


def _store(mail: PlainMail, *, actor: Actor, now: datetime) -> tuple[tuple[IntakeFile, ...], tuple[Deviation, ...]]:
    kept, odd = [], []
    for name, content in mail.files:
        try:
            stored = files.store_upload(name=name, content=(content,), actor=actor, now=now)
        except NOT_KEPT as refused:
            odd.append(Deviation(code=str(getattr(refused, "code", "")), place=name))
        else:
            kept.append(IntakeFile(file_uuid=stored.uuid, name=stored.name))
    return tuple(kept), tuple(odd)
