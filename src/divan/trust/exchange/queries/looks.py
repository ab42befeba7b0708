"""Who looked at a person's data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, unquote

from django.db.models import Max, Min, QuerySet

from divan.trust.exchange import models, rules
from divan.trust.exchange.adapters.keys import subject_keys
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.evidence import Names, after_token, as_kept, newest_first, stated, token_of
from divan.trust.exchange.values import Look, LooksSummary, LookUnknown, Outcome
from divan_libs.envelope.addresses import AddressError, ClientId
from divan_libs.envelope.evidence.records import Intent
from divan_libs.envelope.subjects import subject_hash

POST = "post:"
"""Begins the user id of a message that was asked for a post; the post's title follows, percent-encoded."""
_BODY = ";body="
"""Goes before the code of the post's body, where it is told."""


def user_id_of(post: str, body: str = "") -> str:
    """Return the user id of a message that is asked for a post, empty where it is for none."""
    if not post:
        return ""
    return POST + quote(post, safe="") + (_BODY + quote(body, safe="") if body else "")


def list_looks_at(
    national_code: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    member: str = "",
    after: str = "",
    language: str = "fa",
    limit: int = 200,
) -> list[Look]:
    """Return who asked about a person through the exchange, newest first, within a half-open time and of one body.

    Only for that person's own eyes: the caller vouches that the reader is the bearer of the code. Evidence knows
    persons by a keyed hash only, so that nobody without the key can make this list. What never left is no look.

    :raises ExchangeNotPrepared: if there is evidence, and the key of the hashes is missing.
    """
    rows = after_token(_rows(national_code), after)
    if since is not None:
        rows = rows.filter(received_at__gte=since)
    if until is not None:
        rows = rows.filter(received_at__lt=until)
    if member:
        rows = rows.filter(client__startswith=f"{as_kept(member, 400)}/")
    return _looks(list(rows[:limit]), language)


def get_look(national_code: str, request_id: str, *, language: str = "fa") -> Look:
    """Return one look at a person; for that person's own eyes, as :func:`list_looks_at`.

    :raises LookUnknown: if nobody looked at this person under that identifier.
    """
    found = _looks(list(_rows(national_code).filter(request_id=as_kept(request_id, 64))[:1]), language)
    if not found:
        raise LookUnknown
    return found[0]


def summarize_looks_at(national_code: str, *, language: str = "fa") -> LooksSummary:
    """Return by whom and between when a person was looked at; for that person's own eyes, as :func:`list_looks_at`."""
    rows = _rows(national_code).order_by()
    between = rows.aggregate(first=Min("received_at"), last=Max("received_at"))
    members = sorted({_member(client) for client in rows.values_list("client", flat=True).distinct()})
    names = {
        row.address: row.name_en if language == "en" and row.name_en else row.name_fa
        for row in models.Member.objects.filter(address__in=members)
    }
    return LooksSummary(
        first_at=between["first"],
        last_at=between["last"],
        members=tuple((member, names.get(member, member)) for member in members),
    )


def own_member() -> str:
    """Return the address of the member that this installation is at the exchange; empty if it takes no part."""
    return _member(options().subsystem) if options().subsystem else ""


def _rows(national_code: str) -> QuerySet[models.EvidenceRow]:
    if not models.EvidenceRow.objects.exists():
        return models.EvidenceRow.objects.none()
    hashes = [subject_hash(key, national_code) for key in subject_keys(options()).values()]
    return newest_first().filter(subject__in=hashes).exclude(subject="").exclude(outcome=Outcome.UNSENT)


def _member(client: str) -> str:
    try:
        return ClientId.parse(client).member.encoded()
    except AddressError:
        return client


def _looks(rows: Sequence[models.EvidenceRow], language: str) -> list[Look]:
    names = Names(rows, language)
    return [_look(row, names) for row in rows]


def _look(row: models.EvidenceRow, names: Names) -> Look:
    intent = Intent.decode(bytes(row.intent))
    purpose, legal_basis = names.reason(intent)
    member, said = _member(row.client), intent.user_id or ""
    # Any other user id may be the national code of an officer, which is not the citizen's to see.
    post, _, body = said.removeprefix(POST).partition(_BODY) if said.startswith(POST) else ("", "", "")
    is_ours = row.client == options().subsystem
    return Look(
        at=row.received_at,
        member=member,
        # Whose post it was is our own word alone; of another member its address is all that was proved.
        body=unquote(body) if is_ours and body else member.rpartition("/")[2],
        client_name=names.client(row.client),
        post=unquote(post),
        service_name=names.service(row.service),
        purpose=purpose,
        legal_basis=legal_basis,
        stated=stated(intent),
        result=rules.look_result(Outcome(row.outcome), row.status),
        message_id=intent.message_id,
        request_id=row.request_id,
        token=token_of(row),
    )
