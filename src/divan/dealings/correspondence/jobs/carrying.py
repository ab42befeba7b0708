"""Letters that were queued are carried by their channels, with no transaction open while the other side thinks."""

from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions import carrying
from divan.dealings.correspondence.adapters import folders, webhooks
from divan.dealings.correspondence.adapters.answers import SILENT, judge
from divan.dealings.correspondence.adapters.connections import Connections, read_connections
from divan.dealings.correspondence.adapters.ece_letters import write_ece
from divan.dealings.correspondence.adapters.envelope import sealed_part, write_envelope
from divan.dealings.correspondence.adapters.parts import PART_BYTES
from divan.dealings.correspondence.apps import options
from divan.dealings.correspondence.values import Channel, ConnectionsUnfit, Parcel, Standing
from divan.foundation.actors import SYSTEM
from divan.foundation.errors import NotFound
from divan.foundation.faults import power_may_fail
from divan.trust.exchange import queries as exchange
from divan.trust.exchange.values import ExchangeAnswer, ExchangeSilent
from divan_libs.ece.errors import EceRefusal, MailTrouble
from divan_libs.ece.mail import compose_mail
from divan_libs.ece.smtp import MailSender, MailServer, SmtpSender

AT_ONCE = 50
TIMEOUT = 30.0
SERVICE = "letters"
"""Name of the data service of a subsystem that takes letters."""

Ask = Callable[..., ExchangeAnswer]
Carrier = Callable[[Parcel, models.Dispatch, datetime], Standing | str]
SENT = "sent"
BEHIND = frozenset({"server.clientproxy.unknown_member", "server.serverproxy.unknown_service"})
"""What our gateway says of a service that stands here and not yet in its snapshot."""

logger = logging.getLogger(__name__)


def carry_by_exchange(now: datetime, *, ask: Ask = exchange.ask) -> int:
    """Carry the letters that are due through the exchange; return how many were tried."""
    return _carry(Channel.EXCHANGE, now, partial(_by_exchange, ask))


def carry_by_ece(now: datetime, *, sender: Callable[[MailServer], MailSender] = SmtpSender) -> int:
    """Carry the letters that are due as e-mail of ECE; return how many were tried."""
    return _carry(Channel.ECE, now, partial(_by_ece, sender))


def carry_by_products(now: datetime) -> int:
    """Carry the letters that are due to products, by folder or signed call; return how many were tried."""
    return _carry(Channel.FOLDER, now, _by_product)


def _carry(channel: Channel, now: datetime, carrier: Carrier) -> int:
    begun, done = time.monotonic(), 0
    while done < AT_ONCE:
        moment = now + timedelta(seconds=time.monotonic() - begun)
        due = carrying.take_due_dispatch(channel=channel, now=moment)
        if due is None:
            break
        row = queries.dispatch_rows().get(uuid=due.uuid)
        try:
            said = carrier(queries.parcel_of(row), row, moment)
        except NotFound as gone:
            # A file of the letter is not there: no later try will find it.
            said = Standing(state="refused", at=moment, code=gone.code)
        except ConnectionsUnfit as unfit:
            logger.error("%s", unfit)  # noqa: TRY400 (the reason says it all)
            said = unfit.code
        # The other side may have the letter, the row does not say so yet. After a power cut here the lease runs out and
        # the same letter goes out again under the same key, which its side takes for the same one.
        power_may_fail("dispatch.after-carry")
        _note(row, said, moment)
        done += 1
    return done


def _note(row: models.Dispatch, said: Standing | str, now: datetime) -> None:
    if isinstance(said, str):
        logger.warning("letter %s was not taken by %s: %s", row.key, row.channel, said)
        carrying.note_unanswered(dispatch=row.uuid, code=said, actor=SYSTEM, now=now)
    elif said.state == SENT:
        carrying.note_sent(dispatch=row.uuid, actor=SYSTEM, now=now)
    else:
        carrying.note_standing(dispatch=row.uuid, standing=said, actor=SYSTEM, now=now)


def service_of(target: str) -> str | None:
    """Return the code of the data service by which a subsystem takes letters, or None if it is not registered here."""
    found = exchange.find_data_service_at(f"{target.partition('#')[0]}/{SERVICE}")
    return found.code if found else None


def bring_again(parcel: Parcel, row: models.Dispatch, now: datetime, *, ask: Ask = exchange.ask) -> Standing | str:
    """Bring a letter once more under its key and say what is answered; nothing is noted of it."""
    return _by_exchange(ask, parcel, row, now)


def _by_exchange(ask: Ask, parcel: Parcel, row: models.Dispatch, now: datetime) -> Standing | str:
    service = service_of(row.target)
    if service is None:
        return "correspondence.not-at-exchange"
    begun, light = time.monotonic(), parcel
    if sum(one.size for one in parcel.files) > PART_BYTES:
        for path, body, name in _parts(parcel, row):
            moment = now + timedelta(seconds=time.monotonic() - begun)
            carrying.keep_lease(dispatch=row.uuid, now=moment)
            said = _put(ask, service, path, body, name, moment)
            # Some parts lie there and the letter does not. After a power cut here they are brought anew, each in the
            # place of itself, until the letter that names them comes.
            power_may_fail("dispatch.between-parts")
            if isinstance(said, str) or said.state == "refused":
                return said
        light = replace(parcel, files=tuple(replace(one, content=None) for one in parcel.files))
    moment = now + timedelta(seconds=time.monotonic() - begun)
    told = write_envelope(light)
    seal = exchange.seal_for(sealed_part(told), receiver=row.target.partition("#")[0], now=moment)
    return _put(ask, service, f"/letters/{parcel.key}", {**told, **sealed_by(seal)}, str(row.uuid), moment)


def _parts(parcel: Parcel, row: models.Dispatch) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield the path, content and message identifier of each part of a letter's files."""
    for place, one in enumerate(parcel.files):
        content = one.content or b""
        for number, start in enumerate(range(0, len(content), PART_BYTES)):
            part = base64.b64encode(content[start : start + PART_BYTES]).decode()
            yield (
                f"/letters/{parcel.key}/parts/{one.sha256}/{number}",
                {"content": part},
                f"{row.uuid}.{place}.{number}",
            )


def sealed_by(seal: str) -> dict[str, str]:
    """Return what a seal adds to a message; nothing where there is none."""
    return {"seal": seal} if seal else {}


def _put(
    ask: Ask, service: str, path: str, body: Mapping[str, object], message_id: str, now: datetime
) -> Standing | str:
    try:
        answer = ask(data_service=service, path=path, method="PUT", body=body, message_id=message_id, timeout=TIMEOUT)
    except ExchangeSilent as silent:
        # What an exchange said is shown to the clerk whose letter waits.
        reason = str(silent.facts.get("reason", ""))
        return f"exchange.{reason}"[:80] if reason.startswith(("server.", "client.")) else silent.code
    if answer.error in BEHIND:
        return f"exchange.{answer.error}"
    if answer.error:
        # The exchange itself does not let it pass: no permit, or the other side is not known to it.
        return Standing(state="refused", at=now, code=f"exchange.{answer.error}"[:80])
    return judge(answer.status, answer.body, now)


def _by_ece(
    sender: Callable[[MailServer], MailSender], parcel: Parcel, row: models.Dispatch, now: datetime
) -> Standing | str:
    mailbox = _connections().mailboxes.get(row.secretariat.ece_address.casefold())
    if mailbox is None or mailbox.smtp is None:
        return "correspondence.mailbox-missing"
    try:
        message, xml = write_ece(parcel, registered_at=row.letter.registered_at or now)
        mail = compose_mail(
            message,
            xml,
            sender=mailbox.address,
            recipients=[row.target],
            now=now,
            message_id=message_id_of(row.key, mailbox.address),
        )
        sender(mailbox.smtp).send(mail, sender=mailbox.address, recipients=[row.target])
    except EceRefusal as refused:
        return Standing(state="refused", at=now, code=refused.code)
    except MailTrouble as trouble:
        return trouble.code
    return Standing(state=SENT, at=now)


def message_id_of(key: str, address: str) -> str:
    """Return the Message-ID of the mail that carries what has a key; the same at every try."""
    return f"<{key}@{address.rpartition('@')[2]}>"


def _by_product(parcel: Parcel, row: models.Dispatch, now: datetime) -> Standing | str:
    product = _connections().products.get(row.target)
    if product is None:
        return "correspondence.product-missing"
    if product.folder is None:
        body = json.dumps(write_envelope(parcel), ensure_ascii=False).encode()
        answer = webhooks.call(product, "letters", body, now=now)
        return judge(answer.status, answer.body, now)
    try:
        if product.is_ece:
            _, xml = write_ece(parcel, registered_at=row.letter.registered_at or now)
            folders.put_file(product.folder, f"{parcel.key}.xml", xml)
        else:
            folders.put_parcel(product.folder, parcel)
    except EceRefusal as refused:
        return Standing(state="refused", at=now, code=refused.code)
    except OSError as trouble:
        logger.warning("folder of %s cannot be written: %s", product.name, trouble)
        return SILENT
    return Standing(state=SENT, at=now)


def _connections() -> Connections:
    return read_connections(options().connections)
