"""What tests of carrying stand on: the house as its own other side, a scanner, mailboxes, and a folder of a product."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import uuid4

from django.test import Client

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.api.exchange import door_path
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.values import CORRESPONDENT_WRITTEN, SECRETARIAT_CHANGED, Party, PartyKind
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.trust.exchange.values import ExchangeAnswer, ExchangeSilent
from divan_libs.ece.errors import MailTrouble
from divan_libs.ece.imap import MailUid, WaitingMail
from divan_libs.ece.smtp import Delivery

NEIGHBOUR = "LR/GOV/neighbour/divan"
EVIL = b"%PDF-1.7 evil"


class Doctor:
    """A scanner that knows one pest."""

    def find(self, content) -> str:
        """Return what was found."""
        return "Pest" if EVIL in b"".join(content) else ""


@dataclass
class Gateway:
    """The exchange between two sides that are one house; each call goes to the door as a call of ``client``."""

    client: str = NEIGHBOUR
    calls: list[tuple[str, str]] = field(default_factory=list)
    is_down: bool = False
    loses_answer: bool = False
    error: str = ""
    far: str = ""

    def ask(self, *, path, method="GET", body=None, message_id, **_ignored) -> ExchangeAnswer:
        """Carry one message to the door of the house."""
        self.calls.append((method, path))
        if self.is_down:
            raise ExchangeSilent(reason="test")
        if self.far:
            said = json.dumps({"type": self.far, "message": "refused", "detail": "x"}).encode()
            return ExchangeAnswer(status=500, body=said)
        if self.error:
            return ExchangeAnswer(status=403, body=b"", error=self.error)
        headers = {"X-Road-Client": self.client, "X-Road-Id": message_id}
        address, browser = door_path() + path, Client(SERVER_NAME="localhost")
        if method == "PUT":
            content = json.dumps(body, ensure_ascii=False).encode()
            answer = browser.put(address, content, content_type="application/json", headers=headers)
        else:
            answer = browser.get(address, headers=headers)
        if self.loses_answer:
            raise ExchangeSilent(reason="test")
        return ExchangeAnswer(status=answer.status_code, body=answer.content)


@dataclass
class Post:
    """A mail server: what was sent lies in the mailbox it was sent to."""

    boxes: dict[str, list[bytes]] = field(default_factory=dict)
    is_down: bool = False
    marked: set[tuple[str, int]] = field(default_factory=set)

    def sender(self, _server):
        """Return the server as a sender."""
        return self

    def send(self, mail, *, recipients, **_from):
        """Put a mail into the mailboxes of its recipients."""
        if self.is_down:
            raise MailTrouble("ece.mail.smtp", "down")
        for one in recipients:
            self.boxes.setdefault(one, []).append(mail.as_bytes())
        return Delivery(tuple(recipients), ())

    @contextmanager
    def opens(self, mailbox):
        """Open a mailbox."""
        if self.is_down:
            raise MailTrouble("ece.mail.imap", "down")
        yield Box(self, mailbox.address)


@dataclass
class Box:
    """One mailbox, opened."""

    post: Post
    address: str

    def waiting(self):
        """Yield what is not marked."""
        for number, data in enumerate(self.post.boxes.get(self.address, ()), start=1):
            if (self.address, number) not in self.post.marked:
                yield WaitingMail(MailUid(1, number), len(data), data)

    def mark_stored(self, uid):
        """Mark a mail."""
        self.post.marked.add((self.address, uid.number))


def enter_neighbour() -> None:
    """Enter the neighbour at the exchange, with the data service by which it takes letters."""
    from divan.trust.exchange.models import DataService, Member, Subsystem  # noqa: PLC0415 (Django is ready only now)

    member = Member.objects.create(
        uuid="11111111-0000-4000-8000-000000000001", address="LR/GOV/neighbour", name_fa="همسایه"
    )
    subsystem = Subsystem.objects.create(
        uuid="11111111-0000-4000-8000-000000000002",
        member=member,
        address=NEIGHBOUR,
        name_fa="دیوان همسایه",
        connection="https",
    )
    DataService.objects.create(
        uuid="11111111-0000-4000-8000-000000000003",
        code="neighbour/letters",
        provider=subsystem,
        address=f"{NEIGHBOUR}/letters",
        name_fa="نامه",
        base_urls=["http://127.0.0.1:9/"],
        timeout_ms=1000,
        connect_timeout_ms=1000,
    )


def to_governor(office) -> Party:
    """The governor's office as somebody outside, reached at the neighbour's central secretariat."""
    code = offices.central("governor-office").code
    return correspondent(
        office, "exchange", f"{NEIGHBOUR}#{code}", organization="استانداری همسایه", code="governor-office"
    )


def correspondent(office, channel: str, address: str, *, organization: str = "شرکت نمونه", code: str = "") -> Party:
    """Return an outside party that letters reach by a channel."""
    from django.db import transaction  # noqa: PLC0415 (Django is ready only now)

    with transaction.atomic():
        row = models.Correspondent.objects.create(
            uuid=uuid4(),
            kind="organization",
            organization=organization,
            code=code,
            channel=channel,
            addresses={channel: address},
            added_at=office.now,
        )
        facts.record(CORRESPONDENT_WRITTEN, subject=row, actor=SYSTEM, at=office.now)
    return Party(kind=PartyKind.OUTSIDE, uuid=row.uuid, organization=organization, code=code)


def give_mailbox(office, body: str, address: str) -> None:
    """Give the central secretariat of a body the address of its mailbox."""
    from django.db import transaction  # noqa: PLC0415 (Django is ready only now)

    with transaction.atomic():
        row = models.Secretariat.objects.get(uuid=offices.central(body).uuid)
        row.ece_address = address
        row.save(update_fields=["ece_address"])
        facts.record(SECRETARIAT_CHANGED, subject=row, actor=SYSTEM, at=office.now)


def queue(office, *recipients, **changes):
    """Return the sendings of a signed letter, queued for their channels."""
    letter = offices.signed(office, *recipients, **changes)
    laid = actions.lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=office.now)
    clerk = office.officer("secretariat")
    return [actions.send_dispatch(dispatch=one.uuid, actor=clerk, now=office.now) for one in laid]


def register(office, intake, body: str = "governor-office", **changes):
    """Register what arrived, in the register of a body."""
    value = queries.get_intake(intake.uuid)
    return actions.register_intake(
        intake=intake.uuid,
        registration=offices.registration(
            register=offices.register("incoming", body),
            sender=value.arrived.sender or offices.SENDER,
            their_number=value.arrived.their_number,
            their_date=value.arrived.their_date,
            secrecy=value.arrived.secrecy,
            **changes,
        ),
        actor=SYSTEM,
        now=office.now,
    )


def tell(office, **ways) -> int:
    """Let the facts be placed, and every receipt that is due be sent."""
    facts.place_facts()
    jobs.follow_intakes(office.now)
    return jobs.send_receipts(office.now, **ways)


def options_changed(monkeypatch, **changes) -> None:
    """Tell correspondence something else for a test."""
    from django.apps import apps  # noqa: PLC0415 (Django is ready only now)

    app = apps.get_app_config("correspondence")
    monkeypatch.setattr(app, "options", replace(app.options, **changes))
