"""What became of letters is told to whoever sent them, and asked of whoever got ours and says nothing."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import uuid5

from django.utils.translation import gettext, override

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.actions import carrying, telling
from divan.dealings.correspondence.adapters import folders, webhooks
from divan.dealings.correspondence.adapters.answers import SILENT, judge, read_said, said_of
from divan.dealings.correspondence.adapters.connections import read_connections
from divan.dealings.correspondence.adapters.ece_letters import write_ece_receipt
from divan.dealings.correspondence.apps import options
from divan.dealings.correspondence.jobs.carrying import AT_ONCE, TIMEOUT, Ask, message_id_of, sealed_by, service_of
from divan.dealings.correspondence.values import (
    INTAKE_ENDED,
    Channel,
    ConnectionsUnfit,
    Intake,
    Party,
    PartyKind,
    Receipt,
    Secretariat,
    Standing,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import FactRecord
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan.trust.exchange import queries as exchange
from divan.trust.exchange.values import ExchangeSilent
from divan_libs.ece.errors import EceRefusal, MailTrouble
from divan_libs.ece.mail import compose_mail
from divan_libs.ece.smtp import MailSender, MailServer, SmtpSender

Senders = Callable[[MailServer], MailSender]

logger = logging.getLogger(__name__)


def follow_intakes(now: datetime) -> int:
    """Queue a receipt for each thing that arrived by a channel and was registered, refused or known as a double."""

    def handle(fact: FactRecord) -> None:
        telling.queue_receipt(intake=fact.subject_uuid, actor=SYSTEM, now=now)

    return facts.follow("correspondence-receipts", handle, kinds=(INTAKE_ENDED,))


def send_receipts(now: datetime, *, ask: Ask = exchange.ask, sender: Senders = SmtpSender) -> int:
    """Send the receipts that are due; return how many were tried."""
    begun, done = time.monotonic(), 0
    while done < AT_ONCE:
        moment = now + timedelta(seconds=time.monotonic() - begun)
        due = telling.take_due_receipt(now=moment)
        if due is None:
            break
        try:
            said = _send(due, ask, sender, moment)
        except ConnectionsUnfit as unfit:
            said = unfit.code
        # The other side may know, the row does not say so yet: it is told once more, and the same again is no news.
        power_may_fail("receipt.after-send")
        if said == "":
            telling.note_receipt_sent(receipt=due.uuid, actor=SYSTEM, now=moment)
        else:
            for_good = said.startswith("!")
            telling.note_receipt_unanswered(
                receipt=due.uuid, code=said.lstrip("!"), for_good=for_good, actor=SYSTEM, now=moment
            )
        done += 1
    return done


def _send(due: Receipt, ask: Ask, sender: Senders, now: datetime) -> str:
    """Return nothing when a receipt was taken, else the code of why not; ``!`` before it means never."""
    if due.channel is Channel.EXCHANGE:
        return _by_exchange(due, ask, now)
    intake = queries.get_intake(due.intake)
    if due.channel is Channel.ECE:
        return _by_mail(due, intake, sender, now)
    return _by_product(due, intake, now)


def _by_exchange(due: Receipt, ask: Ask, now: datetime) -> str:
    service = service_of(due.target)
    if service is None:
        return "correspondence.not-at-exchange"
    said = said_of(due.standing)
    seal = exchange.seal_for({"key": due.key, **said}, receiver=due.target, now=now)
    try:
        answer = ask(
            data_service=service,
            path=f"/receipts/{due.key}",
            method="PUT",
            body={**said, **sealed_by(seal)},
            message_id=str(due.uuid),
            timeout=TIMEOUT,
        )
    except ExchangeSilent as silent:
        return silent.code
    return _taken(judge(answer.status, answer.body, now), answer.error)


def _taken(said: Standing | str, error: str = "") -> str:
    if error:
        # A permit may be given later, and the other side may ask meanwhile.
        return f"exchange.{error}"
    if isinstance(said, str):
        return said
    # What was refused there with a code is not sent to be refused again.
    return f"!{said.code}" if said.state == "refused" and said.code else ""


def _by_mail(due: Receipt, intake: Intake, sender: Senders, now: datetime) -> str:
    secretariat = queries.get_secretariat(intake.secretariat)
    mailbox = read_connections(options().connections).mailboxes.get(secretariat.ece_address.casefold())
    if mailbox is None or mailbox.smtp is None:
        return "correspondence.mailbox-missing"
    message_id = message_id_of(str(due.uuid), mailbox.address)
    replied = str(intake.arrived.receipt.get("message_id", ""))
    try:
        if due.standing.state == "registered":
            receipt, xml = write_ece_receipt(
                intake=due.intake, receiver=_own(secretariat), letter=intake.arrived, standing=due.standing
            )
            mail = compose_mail(
                receipt,
                xml,
                sender=mailbox.address,
                recipients=[due.target],
                now=now,
                message_id=message_id,
                in_reply_to=replied,
            )
        else:
            mail = _refusal(due, intake, mailbox.address, now, message_id, replied)
        sender(mailbox.smtp).send(mail, sender=mailbox.address, recipients=[due.target])
    except EceRefusal as refused:
        return f"!{refused.code}"
    except MailTrouble as trouble:
        return trouble.code
    return ""


def _own(secretariat: Secretariat) -> Party:
    body = people.get_unit(secretariat.body_code)
    return Party(
        kind=PartyKind.BODY,
        organization=body.name_fa,
        department="" if secretariat.central else secretariat.name_fa,
        code=secretariat.code,
    )


def _refusal(due: Receipt, intake: Intake, address: str, now: datetime, message_id: str, replied: str) -> EmailMessage:
    """Return a plain mail: the format has no word for what was not registered."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Message-ID"] = address, due.target, message_id
    if replied:
        mail["In-Reply-To"] = replied
    mail["Date"] = format_datetime(now)
    # Letters between bodies are in Persian whoever reads them.
    with override("fa"):
        number = " ".join(intake.arrived.their_number.split())
        mail["Subject"] = gettext("Letter %(number)s was not registered") % {"number": number}
        said = gettext("The letter \u201c%(subject)s\u201d was not registered. Reason: %(reason)s") % {
            "subject": intake.arrived.subject,
            "reason": due.standing.reason,
        }
    mail.set_content(said + "\n")
    return mail


def _by_product(due: Receipt, intake: Intake, now: datetime) -> str:
    product = read_connections(options().connections).products.get(due.target)
    if product is None:
        return "correspondence.product-missing"
    told = said_of(due.standing)
    if product.folder is None:
        answer = webhooks.call(product, "receipts", json.dumps({"key": due.key, **told}).encode(), now=now)
        return _taken(judge(answer.status, answer.body, now))
    try:
        if product.is_ece and due.standing.state == "registered":
            _, xml = write_ece_receipt(
                intake=due.intake,
                receiver=_own(queries.get_secretariat(intake.secretariat)),
                letter=intake.arrived,
                standing=due.standing,
            )
            folders.put_file(product.folder, f"{due.uuid}.receipt.xml", xml)
        else:
            folders.put_receipt(product.folder, due.key, told)
    except EceRefusal as refused:
        return f"!{refused.code}"
    except OSError as trouble:
        logger.warning("folder of %s cannot be written: %s", product.name, trouble)
        return SILENT
    return ""


def ask_for_registrations(now: datetime, *, ask: Ask = exchange.ask) -> int:
    """Ask the other side for letters whose registration it has not told for a while; return of how many."""
    due = queries.list_to_ask_about(now)
    for one in due:
        row = queries.dispatch_rows().get(uuid=one)
        service = service_of(row.target)
        standing = _asked(ask, service, row.key, str(uuid5(row.uuid, now.isoformat()))) if service else None
        if standing is None:
            carrying.note_asked(dispatch=one, now=now)
        else:
            carrying.note_standing(dispatch=one, standing=standing, actor=SYSTEM, now=now)
    return len(due)


def _asked(ask: Ask, service: str, key: str, message_id: str) -> Standing | None:
    try:
        answer = ask(data_service=service, path=f"/letters/{key}", message_id=message_id, timeout=TIMEOUT)
        told = json.loads(answer.body) if answer.status == 200 else None
    except (ExchangeSilent, ValueError):
        return None
    return read_said(told)
