"""What the evidence says of a message: its intent before it leaves, and how it ended."""

from __future__ import annotations

import os
from dataclasses import dataclass

from divan_gateway.admission import Admission
from divan_gateway.routing import Routes
from divan_gateway.wire import Answer
from divan_libs.envelope.evidence.records import Closing, Intent, Outcome, digest
from divan_libs.envelope.headers import Header, response_headers
from divan_libs.envelope.request_hash import message_hash, request_message, response_message
from divan_libs.envelope.subjects import keyed_hash, subject_hash

_VARIANTS = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


def new_id() -> str:
    """Return a random UUID (version 4) as text; the library's own takes three times as long."""
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{_VARIANTS[digits[16]]}{digits[17:20]}-{digits[20:]}"


def _text(octets: bytes | None) -> str | None:
    return None if octets is None else octets.decode("utf-8", "replace")


@dataclass(slots=True)
class Message:
    """A message that was admitted, under the ids it has from now on; moments are microseconds since 1970.

    ``headers`` are those the provider sees; ``intent`` are the octets of its first record. ``request_hash`` and
    ``request_size`` are None while the body is on its way; ``is_streamed``: it was when the intent was written.
    ``closing`` is the record of its end, once there is one.
    """

    admission: Admission
    routes: Routes
    method: bytes
    request_id: str
    message_id: bytes
    headers: list[Header]
    received_at: int
    subject: str | None = None
    request_hash: str | None = None
    request_size: int | None = None
    is_streamed: bool = False
    intent: bytes = b""
    closing: Closing | None = None

    def octets(self) -> bytes:
        """Return the octets of the message without its body, as they are hashed."""
        return request_message(self.method, self.admission.target.raw().encode("ascii"), self.headers)

    def state_intent(self) -> bytes:
        """Fix the intent and return its octets."""
        admission, road = self.admission, self.admission.road
        key, place = self.routes.subject_key, admission.route.service.subject
        self.intent = Intent(
            request_id=self.request_id,
            message_id=self.message_id.decode("utf-8", "replace"),
            client=admission.client.encoded(),
            service=admission.route.encoded_id,
            method=self.method.decode("ascii"),
            path=admission.path if place is None else place.mask(admission.path),
            target=keyed_hash(key, "target", admission.target.raw()),
            permit=admission.permit.id,
            purpose=admission.permit.purpose,
            legal_basis=admission.permit.legal_basis,
            request_hash=self.request_hash,
            request_size=self.request_size,
            received_at=self.received_at,
            subject=None if self.subject is None else subject_hash(key, self.subject),
            subject_key=self.routes.subject_key_id,
            snapshot=self.routes.version,
            user_id=_text(road.user_id),
            issue=_text(road.issue),
            represented_party=_text(road.represented_party),
        ).encode()
        return self.intent

    def delivered_headers(self, answer: Answer) -> list[Header]:
        """Return the headers of an answer as the client gets them; the request's hash must be known."""
        assert self.request_hash is not None  # noqa: S101 - nothing is delivered before the request was whole
        return response_headers(
            answer.headers,
            message_id=self.message_id,
            client=self.admission.client.encoded().encode(),
            service=self.admission.route.encoded_id.encode(),
            request_id=self.request_id.encode(),
            request_hash=self.request_hash.encode(),
        )

    def answered(self, answer: Answer, delivered: list[Header]) -> bytes:
        """Return the closing record of a message whose answer is held whole."""
        message = response_message(answer.status, answer.reason, delivered)
        return self.streamed(answer, message_hash(message, answer.body), len(answer.body))

    def streamed(self, answer: Answer, response_hash: str, size: int) -> bytes:
        """Return the closing record of a message whose answer was hashed on its way."""
        return self._closing(
            Outcome.ANSWERED,
            status=answer.status,
            response_hash=response_hash,
            response_size=size,
            sent_at=answer.sent_at,
            ended_at=answer.ended_at,
        )

    def unanswered(self, error: str, sent_at: int | None, ended_at: int) -> bytes:
        """Return the closing record of a message without a whole answer; ``error`` is the code that the client gets."""
        outcome = Outcome.UNSENT if sent_at is None else Outcome.UNANSWERED
        return self._closing(outcome, error=error, sent_at=sent_at, ended_at=ended_at)

    def _closing(
        self,
        outcome: Outcome,
        *,
        sent_at: int | None,
        ended_at: int,
        status: int | None = None,
        response_hash: str | None = None,
        response_size: int | None = None,
        error: str | None = None,
    ) -> bytes:
        self.closing = Closing(
            request_id=self.request_id,
            intent=digest(self.intent),
            outcome=outcome.value,
            status=status,
            response_hash=response_hash,
            response_size=response_size,
            error=error,
            sent_at=sent_at,
            ended_at=ended_at,
            request_hash=self.request_hash if self.is_streamed else None,
            request_size=self.request_size if self.is_streamed else None,
        )
        return self.closing.encode()
