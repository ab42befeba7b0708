"""Another body that a case orders something from, and a province with the workshop's permit."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from divan.dealings.cases import jobs
from divan.dealings.cases.tests import workshop
from divan.trust.exchange.values import ExchangeAnswer

from .house import House


def follow_orders(now: datetime, state: str, taken: list[str] | None = None) -> int:
    """Let a worker follow orders with a body that answers each message with this state."""

    def ask(**message: object) -> ExchangeAnswer:
        if taken is not None:
            taken.append(f"{message['method']} {message['path']} {message['message_id']}")
        return ExchangeAnswer(
            status=200,
            body=json.dumps({"state": state, "reference": "T-7"}).encode(),
            content_type="application/json",
            message_id=str(message["message_id"]),
            request_id="",
            request_hash="",
            error="",
        )

    return jobs.follow_orders(now, ask=ask)


def opened_workshop(house: House, folder: Path) -> workshop.Workshop:
    """Publish the permit of a workshop in a test's house."""
    return workshop.publish(house.world, folder)
