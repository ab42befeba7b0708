"""What the evidence says of messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from django.db.models import Q, QuerySet

from divan.trust.exchange import models
from divan.trust.exchange.adapters.keys import evidence_keys
from divan.trust.exchange.apps import options
from divan.trust.exchange.values import Evidence, EvidenceLine, EvidenceUnknown, Outcome
from divan.trust.exchange.values.evidence import MessageRef
from divan_libs.asic import hashchain
from divan_libs.envelope.evidence import proofs
from divan_libs.envelope.evidence.records import Closing, EvidenceError, Intent, SignedRoot, message_item
from divan_libs.envelope.keys import key_id

LONGEST_ID = 255
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Names:
    """The names of clients and services by their addresses, and both purposes of permits, in one language."""

    def __init__(self, rows: Iterable[models.EvidenceRow], language: str) -> None:
        rows = list(rows)
        english = language == "en"
        subsystems = models.Subsystem.objects.filter(address__in={row.client for row in rows}).select_related("member")
        services = models.DataService.objects.filter(address__in={row.service for row in rows})
        permits = models.Permit.objects.filter(uuid__in=[uuid for row in rows if (uuid := _uuid(row.permit))])
        self._name(subsystems, services, english=english)
        self.reasons = {
            str(row.uuid): (
                _in(english, row.purpose_fa, row.purpose_en),
                _in(english, row.legal_basis_fa, row.legal_basis_en),
            )
            for row in permits
        }

    @classmethod
    def of_addresses(cls, clients: Iterable[str], services: Iterable[str], language: str) -> Names:
        """Return the names of these clients and services, without purposes."""
        names = cls((), language)
        subsystems = models.Subsystem.objects.filter(address__in=set(clients)).select_related("member")
        known = models.DataService.objects.filter(address__in=set(services))
        names._name(subsystems, known, english=language == "en")
        return names

    def _name(
        self, subsystems: Iterable[models.Subsystem], services: Iterable[models.DataService], *, english: bool
    ) -> None:
        self.clients = {row.address: _in(english, row.member.name_fa, row.member.name_en) for row in subsystems}
        self.services = {row.address: _in(english, row.name_fa, row.name_en) for row in services}

    def client(self, address: str) -> str:
        """Return the name of the member behind a client, or the address of one that is not registered here."""
        return self.clients.get(address, address)

    def service(self, address: str) -> str:
        """Return the name of a data service, or the address of one that is not registered here."""
        return self.services.get(address, address)

    def reason(self, intent: Intent) -> tuple[str, str]:
        """Return purpose and legal basis: those of the permit in this language, else as the evidence has them."""
        return self.reasons.get(intent.permit, (intent.purpose, intent.legal_basis))


def _in(english: bool, name_fa: str, name_en: str) -> str:
    return name_en if english and name_en else name_fa


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def as_kept(text: str, longest: int) -> str:
    """Return a text that somebody asks for as a column could hold it; what none can hold finds nothing."""
    return text[:longest].replace("\0", "\ufffd")


def moment(microseconds: int) -> datetime:
    """Return a moment of a record."""
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)


def stated(intent: Intent) -> str:
    """Return what the asker said of the reason besides the permit."""
    return unquote(intent.issue or "")


def newest_first() -> QuerySet[models.EvidenceRow]:
    """Return the rows of evidence in the order of lists."""
    return models.EvidenceRow.objects.order_by("-received_at", "-request_id")


def token_of(row: models.EvidenceRow) -> str:
    """Return what continues a list after this row."""
    return f"{(row.received_at - _EPOCH) // _MICROSECOND}-{row.request_id}"


def after_token(rows: QuerySet[models.EvidenceRow], after: str) -> QuerySet[models.EvidenceRow]:
    """Return the rows behind the one with that token; a token that is none begins at the newest."""
    received_at, dash, request_id = after.partition("-")
    if not dash or not received_at.isascii() or not received_at.isdigit() or len(received_at) > 17:
        return rows
    at, last = moment(int(received_at)), as_kept(request_id, 64)
    return rows.filter(Q(received_at__lt=at) | Q(received_at=at, request_id__lt=last))


def line_of(row: models.EvidenceRow, names: Names) -> EvidenceLine:
    """Return a row as lists show it."""
    intent, closing = Intent.decode(bytes(row.intent)), Closing.decode(bytes(row.closing))
    purpose, legal_basis = names.reason(intent)
    return EvidenceLine(
        request_id=row.request_id,
        message_id=intent.message_id,
        client=row.client,
        client_name=names.client(row.client),
        service=row.service,
        service_name=names.service(row.service),
        method=intent.method,
        path=intent.path,
        purpose=purpose,
        legal_basis=legal_basis,
        stated=stated(intent),
        outcome=Outcome(row.outcome),
        status=row.status,
        error=closing.error or "",
        received_at=row.received_at,
        ended_at=row.ended_at,
        token=token_of(row),
    )


def list_evidence(
    *,
    after: str = "",
    limit: int = 50,
    client: str = "",
    service: str = "",
    outcome: Outcome | None = None,
    language: str = "fa",
) -> list[EvidenceLine]:
    """Return messages whose evidence was taken over, newest first; ``after`` is the token of the last line seen.

    ``client`` and ``service`` are addresses. A token that is none begins at the newest.
    """
    rows = newest_first()
    wanted = {
        "client": as_kept(client, 400),
        "service": as_kept(service, 500),
        "outcome": str(outcome) if outcome else "",
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    found = list(after_token(rows, after)[:limit])
    names = Names(found, language)
    return [line_of(row, names) for row in found]


def list_in_doubt(*, limit: int = 200, language: str = "fa") -> list[EvidenceLine]:
    """Return the messages of which nobody knows whether the provider acted on them, newest first."""
    return list_evidence(outcome=Outcome.IN_DOUBT, limit=limit, language=language)


def get_evidence(message_id: str, *, request_id: str = "", language: str = "fa") -> Evidence:
    """Return the evidence of a message: of the attempt named, else of the newest one; its proof is checked here.

    :raises EvidenceUnknown: if no attempt under this identifier was taken over.
    :raises ExchangeNotPrepared: if the gateway's public key is missing.
    """
    row, *_ = attempts = attempts_of(message_id, "")
    if request_id:
        row = next(iter(attempts_of(message_id, request_id)))
    proof = proof_of(row)
    intent, closing = Intent.decode(proof.intent), Closing.decode(proof.closing)
    return Evidence(
        line=line_of(row, Names([row], language)),
        problem=problem_of(row, keys_by_id()),
        permit=_uuid(intent.permit),
        snapshot=intent.snapshot,
        request_hash=intent.request_hash or closing.request_hash or "",
        response_hash=closing.response_hash or "",
        names_a_person=intent.subject is not None,
        sent_at=moment(closing.sent_at) if closing.sent_at else None,
        segment=row.segment.name,
        batch=row.batch.number,
        signed_at=row.batch.signed_at,
        root=proof.root.root,
        document=proof.as_document(),
        attempts=tuple(row.request_id for row in reversed(attempts)),
    )


def find_message(number: str) -> MessageRef:
    """Return the newest attempt at the message with a number.

    :raises EvidenceUnknown: if there is none.
    """
    row = attempts_of(number, "")[0]
    return MessageRef(message_id=Intent.decode(bytes(row.intent)).message_id, request_id=row.request_id)


def attempts_of(message_id: str, request_id: str) -> list[models.EvidenceRow]:
    """Return the rows of a message, newest first: of the attempt named, or of all.

    :raises EvidenceUnknown: if there is none.
    """
    rows = newest_first().select_related("segment", "batch__segment")
    rows = rows.filter(message_id=as_kept(message_id, LONGEST_ID))
    found = list((rows.filter(request_id=as_kept(request_id, 64)) if request_id else rows)[:100])
    if not found:
        raise EvidenceUnknown
    return found


def proof_of(row: models.EvidenceRow) -> proofs.Evidence:
    """Return the proof that a row keeps."""
    items = items_of(row.batch)
    path = proofs.MerklePath(row.leaf, len(items), hashchain.path(items, row.leaf) if row.leaf < len(items) else ())
    return proofs.Evidence(bytes(row.intent), bytes(row.closing), path, SignedRoot.decode(bytes(row.batch.root)))


def items_of(kept: models.EvidenceBatch | models.EvidenceStamp) -> list[bytes]:
    """Return the items of a hash chain."""
    octets = bytes(kept.items)
    return [octets[start : start + hashchain.HASH_SIZE] for start in range(0, len(octets), hashchain.HASH_SIZE)]


def columns_of(intent: Intent, closing: Closing) -> dict[str, object]:
    """Return the columns of a row that are read from its records, so that the two can be compared."""
    return {
        "request_id": intent.request_id,
        "message_id": intent.message_id[:LONGEST_ID],
        "client": intent.client,
        "service": intent.service,
        "permit": intent.permit,
        "outcome": closing.outcome,
        "status": closing.status,
        "subject": intent.subject or "",
        "received_at": moment(intent.received_at),
        "ended_at": moment(closing.ended_at),
    }


def problem_of(row: models.EvidenceRow, keys: Mapping[str, EllipticCurvePublicKey]) -> str:
    """Return the code of what does not hold in a row, or an empty text; ``keys`` are public keys by their ids."""
    return Examiner(keys).problem_of(row)


class Examiner:
    """Examines rows; what a batch says is examined once for rows that come one after another."""

    def __init__(self, keys: Mapping[str, EllipticCurvePublicKey]) -> None:
        self._keys = keys
        self._batch: int | None = None
        self._items: list[bytes] = []
        self._doubt = ""

    def problem_of(self, row: models.EvidenceRow) -> str:
        """Return the code of what does not hold in a row, or an empty text."""
        if row.batch_id != self._batch:
            self._batch, self._items = row.batch_id, items_of(row.batch)
            self._doubt = self._problem_of_batch(row.batch)
        intent, closing = bytes(row.intent), bytes(row.closing)
        if self._doubt:
            return self._doubt
        if row.leaf >= len(self._items) or message_item(intent, closing) != self._items[row.leaf]:
            return "exchange.evidence.proof"
        try:
            columns = columns_of(Intent.decode(intent), Closing.decode(closing))
        except (EvidenceError, OverflowError, ValueError):
            return "exchange.evidence.payload"
        changed = any(getattr(row, name) != value for name, value in columns.items())
        return "exchange.evidence.row-altered" if changed else ""

    def _problem_of_batch(self, batch: models.EvidenceBatch) -> str:
        try:
            root = SignedRoot.decode(bytes(batch.root))
            proofs.verify_root(root, self._keys[root.key])
        except KeyError:
            return "exchange.evidence.signature"
        except EvidenceError as error:
            return error.code
        holds = len(self._items) == root.count and hashchain.top(self._items).hex() == root.root
        return "" if holds else "exchange.evidence.proof"


def keys_by_id() -> dict[str, EllipticCurvePublicKey]:
    """Return the public keys that may have signed evidence, by their ids.

    :raises ExchangeNotPrepared: if there is none.
    """
    return {key_id(key): key for key in evidence_keys(options())}
