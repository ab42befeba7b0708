"""A receipt of the log as somebody takes it away."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from divan.foundation import clock
from divan.foundation.http.media import bytes_answer
from divan.trust.ledger import queries as ledger

AGAIN = "5"
"""Seconds after which the page that says to wait is opened again, by itself."""


def receipt_answer(request: HttpRequest, fact: UUID | None, *, name: str) -> HttpResponse:
    """Answer with a fact's receipt as a file, or with 503 and a page that opens itself again until it is there.

    It is not there before the log is sealed, and cosigned by as many witnesses as the policy asks, for as long as the
    house waits for these: a receipt that was given a moment too early would be refused by whoever knows the policy.
    Nor while there is no fact yet, None.

    :raises ReceiptImpossible: if fact, entry or published files were altered.
    """
    proof = ledger.find_receipt_to_keep(fact, now=clock.now()) if fact else None
    if proof is not None:
        return bytes_answer(proof, name=f"{name}.tlog-proof", media_type="text/plain; charset=utf-8", download=True)
    waiting = render(request, "portal/not_sealed_yet.html", status=503)
    waiting["Retry-After"] = waiting["Refresh"] = AGAIN
    return waiting
