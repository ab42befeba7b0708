"""Who looked at a person's data."""

from __future__ import annotations

from divan.trust.exchange import models
from divan.trust.exchange.adapters.keys import subject_keys
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.evidence import Names, newest_first, stated
from divan.trust.exchange.values import Look, Outcome
from divan_libs.envelope.evidence.records import Intent
from divan_libs.envelope.subjects import subject_hash


def list_looks_at(national_code: str, *, language: str = "fa", limit: int = 200) -> list[Look]:
    """Return who asked about a person through the exchange, newest first.

    Only for that person's own eyes: the caller vouches that the reader is the bearer of the code. Evidence knows
    persons by a keyed hash only, so that nobody without the key can make this list. What never left is no look.

    :raises ExchangeNotPrepared: if there is evidence, and the key of the hashes is missing.
    """
    if not models.EvidenceRow.objects.exists():
        return []
    hashes = [subject_hash(key, national_code) for key in subject_keys(options()).values()]
    rows = list(newest_first().filter(subject__in=hashes).exclude(outcome=Outcome.UNSENT)[:limit])
    names = Names(rows, language)
    return [_look(row, names) for row in rows]


def _look(row: models.EvidenceRow, names: Names) -> Look:
    intent = Intent.decode(bytes(row.intent))
    purpose, legal_basis = names.reason(intent)
    return Look(
        at=row.received_at,
        client_name=names.client(row.client),
        service_name=names.service(row.service),
        purpose=purpose,
        legal_basis=legal_basis,
        stated=stated(intent),
        outcome=Outcome(row.outcome),
        request_id=row.request_id,
    )
