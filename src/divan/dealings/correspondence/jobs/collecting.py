"""What lies in mailboxes and folders is taken in, and marked as taken only after it stands in the database."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.actions import arriving, carrying, mailing
from divan.dealings.correspondence.adapters import folders, parts
from divan.dealings.correspondence.adapters.answers import read_said, said_of
from divan.dealings.correspondence.adapters.connections import Connections, Mailbox, Product, read_connections
from divan.dealings.correspondence.adapters.ece_letters import read_ece, read_ece_receipt
from divan.dealings.correspondence.adapters.envelope import read_envelope
from divan.dealings.correspondence.apps import options
from divan.dealings.correspondence.values import (
    Channel,
    ConnectionsUnfit,
    Deviation,
    DispatchNotPossible,
    DispatchUnknown,
    Parcel,
    ParcelUnfit,
    Peer,
    Secretariat,
    Standing,
)
from divan.foundation.actors import SYSTEM
from divan.foundation.errors import Refusal, Trouble
from divan.foundation.faults import power_may_fail
from divan.foundation.files import ScannerSilent
from divan_libs.ece.errors import EceRefusal, MailTrouble
from divan_libs.ece.imap import ImapFetcher, MailFetcher, WaitingMail
from divan_libs.ece.keys import idempotency_key
from divan_libs.ece.mail import Enclosed, ReceivedMail, read_mail
from divan_libs.ece.reading import read_message
from divan_libs.ece.values import Reading
from divan_libs.ece.values import Receipt as EceReceipt
from divan_libs.persian.jalali import jalali_year

_OUR_MAIL = re.compile(rb"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
_KEPT_OF_MAIL = 4_000_000

logger = logging.getLogger(__name__)


class Opens(Protocol):
    """Opens a mailbox for taking mails."""

    def __call__(self, mailbox: Mailbox) -> AbstractContextManager[MailFetcher]:
        """Return the mailbox, opened while the context lasts."""


def _opened(mailbox: Mailbox) -> AbstractContextManager[MailFetcher]:
    assert mailbox.imap is not None  # noqa: S101 (only such are opened)
    return ImapFetcher(mailbox.imap, mailbox=mailbox.folder, keyword=mailbox.keyword)


def _connections() -> Connections | None:
    try:
        return read_connections(options().connections)
    except ConnectionsUnfit as unfit:
        logger.error("%s", unfit)  # noqa: TRY400 (the reason says it all)
        return None


def collect_mail(now: datetime, *, opens: Opens = _opened) -> int:
    """Take what waits in the mailboxes of secretariats; return how many mails were taken."""
    known = _connections()
    done = 0
    for mailbox in known.mailboxes.values() if known else ():
        secretariat = queries.find_secretariat_at(mailbox.address)
        if mailbox.imap is None or secretariat is None:
            continue
        try:
            with opens(mailbox) as fetcher:
                for mail in fetcher.waiting():
                    _take_mail(secretariat, mailbox, mail, now)
                    # The mail stands in the database and not yet in the mailbox: after a power cut here it comes again,
                    # and is known by its key.
                    power_may_fail("mail.before-mark")
                    fetcher.mark_stored(mail.uid)
                    done += 1
        except (MailTrouble, ScannerSilent) as trouble:
            logger.warning("mailbox %s: %s", mailbox.address, trouble)
    return done


def _take_mail(secretariat: Secretariat, mailbox: Mailbox, mail: WaitingMail, now: datetime) -> None:
    if mail.data is None:
        key = f"{mail.uid.validity}.{mail.uid.number}@{mailbox.address}"
        _broken(secretariat, Peer(channel=Channel.ECE, name=""), key, "ece.mail.too-large", "", None, {}, now)
        return
    if _is_return(mail.data, now):
        return
    try:
        read = read_mail(mail.data)
    except EceRefusal as refused:
        if refused.code == "ece.mail.no-message":
            # No program wrote it: it is a letter in an ordinary mail.
            mailing.take_in_mail(secretariat=secretariat.uuid, data=mail.data, actor=SYSTEM, now=now)
            return
        _broken(
            secretariat,
            Peer(channel=Channel.ECE, name=""),
            sha256(mail.data).hexdigest(),
            refused.code,
            "",
            mail.data,
            {},
            now,
        )
        return
    peer = Peer(channel=Channel.ECE, name=read.sender)
    receipt = {"target": read.sender, "message_id": read.message_id[:300]}
    for one in read.enclosed:
        _take_enclosed(secretariat, peer, one, receipt, read, now)


def _is_return(data: bytes, now: datetime) -> bool:
    """Whether a mail says that one of ours could not be delivered; then its letter comes back to the dispatch desk."""
    head = data[:20_000].lower()
    if b"multipart/report" not in head or b"delivery-status" not in data.lower():
        return False
    for key in {found.decode().lower() for found in _OUR_MAIL.findall(data[:_KEPT_OF_MAIL])}:
        row = queries.dispatch_rows().filter(key=key, channel=Channel.ECE).first()
        if row is None or b"action: failed" not in data.lower():
            continue
        _note(row.uuid, Standing(state="refused", at=now, code="ece.mail.returned"), now)
        return True
    return False


def _take_enclosed(
    secretariat: Secretariat,
    peer: Peer,
    one: Enclosed,
    receipt: Mapping[str, object],
    mail: ReceivedMail | None,
    now: datetime,
) -> None:
    if one.reading is None:
        code = one.refusal.code if one.refusal else "ece.xml.not-well-formed"
        subject = mail.subject if mail else one.name
        _broken(secretariat, peer, sha256(one.xml).hexdigest(), code, subject, one.xml, receipt, now)
        return
    key = idempotency_key(one.reading)
    if isinstance(one.reading.message, EceReceipt):
        if not _take_receipt(one.reading, mail, now):
            number = one.reading.message.letter_no
            _broken(secretariat, peer, key, "receipt-unmatched", number, one.xml, {}, now)
        return
    odd = tuple(Deviation(code=str(code)) for code in mail.deviations) if mail else ()
    parcel = _with(read_ece(one.reading, key), odd)
    arriving.take_in_ece(
        secretariat=secretariat, peer=peer, parcel=parcel, original=one.xml, receipt=receipt, actor=SYSTEM, now=now
    )


def _with(parcel: Parcel, odd: tuple[Deviation, ...]) -> Parcel:
    return replace(parcel, letter=replace(parcel.letter, deviations=(*parcel.letter.deviations, *odd)))


def _take_receipt(reading: Reading, mail: ReceivedMail | None, now: datetime) -> bool:
    """Note a receipt at the letter of ours that it speaks of; return whether there is one."""
    told = read_ece_receipt(reading)
    row = None
    replied = _OUR_MAIL.match(mail.in_reply_to.encode()) if mail else None
    if replied:
        row = queries.dispatch_rows().filter(key=replied[1].decode().lower(), channel=Channel.ECE).first()
    if row is None:
        year = jalali_year(told.dated_at) if told.dated_at else None
        row = queries.find_sent_by_number(told.letter_no, year, told.organization)
    return row is not None and _note(row.uuid, told.standing, now)


def _note(dispatch: UUID, standing: Standing, now: datetime) -> bool:
    try:
        carrying.note_standing(dispatch=dispatch, standing=standing, actor=SYSTEM, now=now)
    except DispatchNotPossible:
        # It was given up meanwhile, or is registered there: the newer word of a person stands.
        logger.info("a receipt for %s came too late", dispatch)
    return True


def _broken(
    secretariat: Secretariat,
    peer: Peer,
    key: str,
    problem: str,
    subject: str,
    original: bytes | None,
    receipt: Mapping[str, object],
    now: datetime,
) -> None:
    arriving.take_in_broken(
        secretariat=secretariat,
        peer=peer,
        key=key,
        problem=problem,
        subject=subject.replace("\x00", ""),
        original=original,
        receipt=receipt,
        actor=SYSTEM,
        now=now,
    )


def collect_folders(now: datetime) -> int:
    """Take what products have laid into their folders, and clear away parts of letters that never came."""
    known = _connections()
    done = parts.clear_old(options().parts, now)
    for product in known.products.values() if known else ():
        if product.folder is None:
            continue
        try:
            for one in folders.waiting_files(product.folder):
                done += _take_file(product, one, now)
        except OSError as trouble:
            logger.warning("folder of %s: %s", product.name, trouble)
    return done


def _take_file(product: Product, one: folders.Waiting, now: datetime) -> int:
    peer = Peer(channel=Channel.FOLDER, name=product.name)
    failed: dict[str, object] | None = None
    key, standing = one.key, None
    try:
        if one.kind == "letter":
            parcel = folders.with_contents(one.path, read_envelope(folders.read_bounded(one.path)))
            key = parcel.key
            taken = arriving.take_in_parcel(peer=peer, parcel=_addressed(parcel, product), actor=SYSTEM, now=now)
            standing = Standing(state="delivered", at=taken.arrived_at)
        elif one.kind == "receipt":
            _file_receipt(peer, one, now)
        else:
            _file_ece(product, peer, one, now)
    except (Refusal, EceRefusal) as refused:
        facts = refused.facts if isinstance(refused, Refusal) else {}
        failed = {"code": refused.code, **{name: str(value)[:200] for name, value in facts.items()}}
    except Trouble as trouble:
        logger.warning("%s of %s is tried again: %s", one.path.name, product.name, trouble)
        return 0
    if standing is not None and product.folder is not None:
        folders.put_receipt(product.folder, key, said_of(standing))
    # It stands in the database and the file still waits: after a power cut here it is read again, known by its key.
    power_may_fail("folder.before-rename")
    folders.finish(one, failed=failed)
    return 1


def _addressed(parcel: Parcel, product: Product) -> Parcel:
    if parcel.secretariat or parcel.body:
        return parcel
    return replace(parcel, secretariat=product.secretariat)


def _file_receipt(peer: Peer, one: folders.Waiting, now: datetime) -> None:
    try:
        told = json.loads(folders.read_bounded(one.path, 64 * 1024))
    except (ValueError, RecursionError):
        told = None
    row, standing = queries.find_sent(one.key, peer), read_said(told)
    if row is None or standing is None:
        raise ParcelUnfit(place="receipt", reason="state") if row else DispatchUnknown
    _note(row.uuid, standing, now)


def _file_ece(product: Product, peer: Peer, one: folders.Waiting, now: datetime) -> None:
    secretariat = queries.find_target(product.secretariat, "")
    content = folders.read_bounded(one.path)
    reading = read_message(content)
    enclosed = Enclosed(name=one.path.name, xml=content, reading=reading, refusal=None)
    _take_enclosed(secretariat, peer, enclosed, {"target": product.name}, None, now)
