"""Short messages to people: queued in the transaction of the change, sent by the worker, told to the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

import httpx
from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import SYSTEM, Actor
from divan.foundation.apps import options
from divan.foundation.facts import Subject
from divan.foundation.faults import power_may_fail
from divan.foundation.kinds import FactKind
from divan.foundation.models import OutgoingMessage

MESSAGE_QUEUED = FactKind(
    "foundation.message-queued", "A short message to a person was queued with the change it tells of."
)
MESSAGE_SENT = FactKind("foundation.message-sent", "The gateway took a short message and gave its reference.")
MESSAGE_FAILED = FactKind(
    "foundation.message-failed", "The gateway refused a short message for good, or took none in 24 hours."
)

GIVE_UP_AFTER = timedelta(hours=24)


class MessageGateway(Protocol):
    """Somebody who carries short messages."""

    def send(self, *, key: UUID, recipient: str, text: str) -> str:
        """Hand over a message under an idempotency key and return the gateway's reference.

        :raises GatewayRefused: when it will never take this message.
        :raises httpx.HTTPError: when it did not answer.
        """


class GatewayRefused(Exception):
    """The gateway will never take this message."""


class HttpMessageGateway:
    """A gateway reached over HTTP; the same key is never delivered twice."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token

    def send(self, *, key: UUID, recipient: str, text: str) -> str:
        """Post the message; 4xx but 408 and 429 means never."""
        response = httpx.post(
            self._url,
            json={"key": str(key), "recipient": recipient, "text": text},
            headers={"Authorization": f"Bearer {self._token}", "Idempotency-Key": str(key)},
            timeout=httpx.Timeout(5.0, connect=2.0),
        )
        if 400 <= response.status_code < 500 and response.status_code not in {408, 429}:
            raise GatewayRefused(str(response.status_code))
        response.raise_for_status()
        return str(response.json()["reference"])


def queue_message(*, recipient: str, text: str, about: Subject, actor: Actor, now: datetime) -> UUID:
    """Queue a short message in the running transaction; it leaves only if the transaction commits."""
    message = OutgoingMessage.objects.create(
        uuid=uuid4(),
        recipient=recipient,
        text=text,
        about_kind=about.subject_kind,
        about_uuid=about.uuid,
        queued_at=now,
        next_attempt_at=now,
    )
    facts.record(MESSAGE_QUEUED, subject=message, actor=actor, at=now, about=[about.subject_kind, about.uuid])
    return message.uuid


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """A short message as its recipient may read it again; the text is empty once its time of keeping is over."""

    text: str
    queued_at: datetime
    sent_at: datetime | None
    state: str


def list_messages_about(subject: UUID) -> list[SentMessage]:
    """Return the short messages that were queued about a subject, the newest first."""
    rows = OutgoingMessage.objects.filter(about_uuid=subject).order_by("-id")
    return [
        SentMessage(text=row.text, queued_at=row.queued_at, sent_at=row.sent_at, state=row.state) for row in rows[:50]
    ]


def deliver_messages(now: datetime, *, gateway: MessageGateway | None = None) -> int:
    """Send the messages that are due; return how many were dealt with. The worker's duty."""
    return sum(_deliver_next(now, gateway) for _ in range(50))


def _deliver_next(now: datetime, gateway: MessageGateway | None) -> int:
    with transaction.atomic():
        message = (
            OutgoingMessage.objects.select_for_update(skip_locked=True)
            .filter(state="queued", next_attempt_at__lte=now)
            .order_by("next_attempt_at")
            .first()
        )
        if message is None:
            return 0
        carrier = gateway or HttpMessageGateway(options().sms_gateway, options().sms_token)
        message.attempts += 1
        try:
            message.gateway_reference = carrier.send(key=message.uuid, recipient=message.recipient, text=message.text)
        except GatewayRefused:
            _finish(message, "failed", now)
        except httpx.HTTPError:
            if now - message.queued_at > GIVE_UP_AFTER:
                _finish(message, "failed", now)
            else:
                message.next_attempt_at = now + timedelta(seconds=min(5 * 2 ** min(message.attempts, 10), 900))
                message.save(update_fields=["attempts", "next_attempt_at"])
        else:
            # The gateway has the message, the row does not say so yet. If the power fails here the message stays
            # queued and is handed over again under the same key, which the gateway delivers once.
            power_may_fail("message.after-send")
            _finish(message, "sent", now)
        return 1


def _finish(message: OutgoingMessage, state: str, now: datetime) -> None:
    message.state = state
    message.sent_at = now if state == "sent" else None
    message.save(update_fields=["state", "sent_at", "attempts", "gateway_reference"])
    kind = MESSAGE_SENT if state == "sent" else MESSAGE_FAILED
    facts.record(kind, subject=message, actor=SYSTEM, at=now)
