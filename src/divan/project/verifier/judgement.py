"""Judges a file: a receipt of the log, a signed PDF with the receipt inside it, evidence of an exchanged message, the
proof that a log has lied.

A judgement is a value of codes; the words are :mod:`divan.project.verifier.words`. No file, however hostile, raises.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from divan.project.verifier.trust import Trust
from divan_libs.envelope.evidence.proofs import Evidence, verify_message
from divan_libs.envelope.evidence.records import Closing, EvidenceError, Intent
from divan_libs.envelope.keys import key_id
from divan_libs.pki.attachments import embedded_file
from divan_libs.pki.fingerprints import is_same_code
from divan_libs.pki.verification import PdfProblem, PdfVerdict, SignatureVerdict, verify_pdf
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.forks import KIND as FORK_KIND
from divan_libs.tlog.forks import parse_fork, verify_fork
from divan_libs.tlog.receipts import ATTACHED_AS, VerifiedReceipt, parse_receipt, verify_receipt

RECEIPT_BEGINS = b"c2sp.org/tlog-proof@v1\n"
PDF_WITHIN = 1024
LETTER = "letter.json"
"""The name under which a document carries what it says in a form for machines."""
LETTER_SCHEMA = "divan/letter/v1"
LONGEST_LETTER = 65536
CLOCK_LEEWAY = 300
"""Seconds that a witness's clock may be ahead of ours."""


class FileKind(StrEnum):
    """What a file is, by its content."""

    RECEIPT = "receipt"
    PDF = "pdf"
    EVIDENCE = "evidence"
    FORK = "fork"
    UNKNOWN = "unknown"


class Limit(StrEnum):
    """What even a genuine file does not prove; said with every verdict, so that nobody reads more into it."""

    TRUTH = "verify.not-proved.truth"
    STANDING = "verify.not-proved.standing"
    ONE_LOG = "verify.not-proved.one-log"
    MOMENT = "verify.not-proved.moment"
    CONTENT = "verify.not-proved.content"
    SIGNING_TIME = "verify.not-proved.signing-time"


class Outcome(StrEnum):
    """What is said of a file, from best to worst."""

    GENUINE = "genuine"
    """Unaltered, and from somebody who is trusted."""
    UNTRUSTED = "untrusted"
    """Nothing shows that it was altered, but it does not come from anybody who is trusted."""
    UNREADABLE = "unreadable"
    """It cannot be judged."""
    ALTERED = "altered"
    """It is not what was signed."""


_SEVERITY = list(Outcome)


@dataclass(frozen=True, slots=True)
class Coded:
    """A value that has words of its own; ``code`` stands where there are none."""

    group: str
    code: str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is known: the code of its label, and a text, number, day, moment or :class:`Coded` value."""

    label: str
    value: str | int | date | Coded


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is known of a file: stable codes of problems, none for a genuine file; ``inside`` is what it carries.

    ``limits`` says what a genuine file does not prove.
    """

    kind: FileKind
    outcome: Outcome
    problems: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    limits: tuple[Limit, ...] = ()
    inside: Judgement | None = None

    @property
    def worst(self) -> Outcome:
        """The outcome of the file and of what it carries, the worse of the two."""
        outcomes = [self.outcome, *([self.inside.worst] if self.inside else [])]
        return max(outcomes, key=_SEVERITY.index)


def judge(content: bytes, trust: Trust, *, now: datetime, beside: Mapping[str, str] | None = None) -> Judgement:
    """Judge a file by what it holds, not by its name.

    :param beside: names of files that were given together, by the hexadecimal SHA-256 of their bytes: a receipt that
        speaks of one of them says so.
    """
    if content.startswith(RECEIPT_BEGINS):
        return judge_receipt(content, trust, now=now, beside=beside or {})
    if b"%PDF-" in content[:PDF_WITHIN]:
        return judge_pdf(content, trust, now=now)
    document = _json_object(content)
    if document is not None and {"intent", "closing", "path", "root"} <= document.keys():
        return judge_evidence(document, trust)
    if document is not None and document.get("kind") == FORK_KIND:
        return judge_fork(content, trust)
    return Judgement(kind=FileKind.UNKNOWN, outcome=Outcome.UNREADABLE, problems=("verify.unknown-kind",))


def judge_receipt(content: bytes, trust: Trust, *, now: datetime, beside: Mapping[str, str]) -> Judgement:
    """Judge a receipt of the log, by the policy on witnesses where there is one."""
    kind, keys = FileKind.RECEIPT, (*trust.log_keys, *(trust.policy.verifiers if trust.policy else ()))
    not_after = int(now.timestamp()) + CLOCK_LEEWAY
    try:
        receipt = parse_receipt(content)
        verified = verify_receipt(receipt, keys)
    except TlogError as error:
        return Judgement(kind=kind, outcome=_outcome_of(error.code), problems=(error.code,))
    try:
        verified = verify_receipt(receipt, keys, policy=trust.policy, not_after=not_after)
    except TlogError as unmet:
        # All but the number of witnesses holds; what it says is told, and told not to be proved.
        lines = _lines_of_receipt(verified, beside)
        return Judgement(kind=kind, outcome=Outcome.UNTRUSTED, problems=(unmet.code,), lines=lines)
    limits = _limits_of_receipt(verified, trust)
    return Judgement(kind=kind, outcome=Outcome.GENUINE, lines=_lines_of_receipt(verified, beside), limits=limits)


def judge_fork(content: bytes, trust: Trust) -> Judgement:
    """Judge the proof that a log has signed two heads that cannot both be."""
    keys = (*trust.log_keys, *(trust.policy.verifiers if trust.policy else ()))
    try:
        heads = verify_fork(parse_fork(content), keys)
    except TlogError as error:
        return Judgement(kind=FileKind.FORK, outcome=_outcome_of(error.code), problems=(error.code,))
    lines = [Line("log", heads[0].origin)]
    for head in heads:
        lines += [Line("size", head.size), Line("root", head.root.hex())]
    return Judgement(kind=FileKind.FORK, outcome=Outcome.GENUINE, lines=tuple(lines))


def judge_pdf(content: bytes, trust: Trust, *, now: datetime) -> Judgement:
    """Judge a signed PDF, and the receipt inside it if there is one."""
    verdict = verify_pdf(content, trust.roots, now=now, timestamp_roots=trust.timestamp_roots)
    receipt = embedded_file(content, ATTACHED_AS)
    letter = embedded_file(content, LETTER)
    lines = _lines_of_letter(letter)
    lines += [line for signature in verdict.signatures for line in _lines_of_signature(signature)]
    missing = [] if verdict.problems else _missing_signers(letter, verdict)
    lines += [Line("signer.missing", name) for name in missing]
    return Judgement(
        kind=FileKind.PDF,
        outcome=Outcome.UNTRUSTED if missing else _outcome_of_pdf(verdict),
        problems=("verify.signers-missing",) if missing else tuple(str(problem) for problem in verdict.problems),
        lines=(*lines, Line("sha256", hashlib.sha256(content).hexdigest())),
        limits=() if missing or verdict.problems else _limits_of_pdf(verdict),
        inside=None if receipt is None else judge_receipt(receipt, trust, now=now, beside={}),
    )


def judge_evidence(document: dict[str, object], trust: Trust) -> Judgement:
    """Judge the evidence of one message of the exchange."""
    try:
        evidence = Evidence.from_document(document)
        keys = [key for key in trust.evidence_keys if key_id(key) == evidence.root.key]
        if not keys:
            problem = "verify.evidence-key-unknown"
            return Judgement(kind=FileKind.EVIDENCE, outcome=Outcome.UNTRUSTED, problems=(problem,))
        intent, closing = verify_message(evidence, keys[0])
        lines = _lines_of_message(intent, closing)
    except EvidenceError as error:
        return Judgement(kind=FileKind.EVIDENCE, outcome=Outcome.ALTERED, problems=(error.code,))
    except (TypeError, ValueError, OverflowError):
        return Judgement(kind=FileKind.EVIDENCE, outcome=Outcome.ALTERED, problems=("exchange.evidence.payload",))
    return Judgement(kind=FileKind.EVIDENCE, outcome=Outcome.GENUINE, lines=tuple(lines), limits=(Limit.TRUTH,))


def _limits_of_receipt(verified: VerifiedReceipt, trust: Trust) -> tuple[Limit, ...]:
    limits = [Limit.CONTENT] if verified.record is None else [Limit.TRUTH, Limit.STANDING]
    if trust.policy is None or not trust.policy.demands_witnesses:
        limits.append(Limit.ONE_LOG)
    if not verified.cosignatures:
        limits.append(Limit.MOMENT)
    return tuple(limits)


def _limits_of_pdf(verdict: PdfVerdict) -> tuple[Limit, ...]:
    is_timed = all(signature.timestamped_at for signature in verdict.signatures)
    return (Limit.TRUTH, Limit.STANDING, *(() if is_timed else (Limit.SIGNING_TIME,)))


def _outcome_of(code: str) -> Outcome:
    if code in {"tlog.note.unsigned", "tlog.checkpoint.log-signature-missing", "tlog.note.ambiguous-key"}:
        return Outcome.UNTRUSTED
    return Outcome.UNREADABLE if code in {"tlog.receipt.foreign", "tlog.fork.malformed"} else Outcome.ALTERED


def _outcome_of_pdf(verdict: PdfVerdict) -> Outcome:
    problems = set(verdict.problems)
    if not problems:
        return Outcome.GENUINE
    if problems & {PdfProblem.NOT_A_PDF, PdfProblem.UNREADABLE, PdfProblem.ENCRYPTED}:
        return Outcome.UNREADABLE
    of_content = {
        PdfProblem.ALTERED,
        PdfProblem.PARTLY_COVERED,
        PdfProblem.CHANGED_AFTER_SIGNING,
        PdfProblem.SIGNATURE_UNREADABLE,
        PdfProblem.TIMESTAMP_ALTERED,
    }
    return Outcome.ALTERED if problems & of_content else Outcome.UNTRUSTED


def _lines_of_receipt(verified: VerifiedReceipt, beside: Mapping[str, str]) -> tuple[Line, ...]:
    return (*_lines_of_record(verified.record, beside), *_lines_of_place(verified))


def _lines_of_record(record: bytes | None, beside: Mapping[str, str]) -> list[Line]:
    """Say what a proved record tells: who, what and when, as far as it has the form of a fact."""
    if record is None:
        return [Line("record", Coded("record", "erased"))]
    fact = _json_object(record) or {}
    lines = []
    if isinstance(fact.get("kind"), str):
        lines.append(Line("what", str(fact["kind"])))
    subject = fact.get("subject")
    if isinstance(subject, list) and len(subject) == 3:
        lines.append(Line("subject", f"{subject[0]} {subject[1]}"))
    actor = fact.get("actor")
    if isinstance(actor, dict):
        lines += _lines_of_actor(actor)
    happened = _moment(fact.get("at"))
    if happened:
        lines.append(Line("when", happened))
    data = fact.get("data")
    if isinstance(data, dict):
        lines += _lines_of_data(data, beside)
    return lines


def _lines_of_actor(actor: dict[str, object]) -> list[Line]:
    lines = [Line("who", Coded("actor", str(actor.get("kind", ""))))]
    lines += [Line(f"who.{name}", str(actor[name])) for name in ("uuid", "post", "on_behalf_of") if name in actor]
    return lines


def _lines_of_data(data: dict[str, object], beside: Mapping[str, str]) -> list[Line]:
    lines = [Line("number", str(data["number"]))] if isinstance(data.get("number"), str) else []
    told = data.get("sha256")
    if isinstance(told, str):
        known = beside.get(told.lower())
        lines.append(Line("speaks-of", known) if known else Line("speaks-of.hash", told))
    return lines


def _lines_of_place(verified: VerifiedReceipt) -> list[Line]:
    lines = [
        Line("log", verified.checkpoint.origin),
        Line("position", verified.index),
        Line("size", verified.checkpoint.size),
    ]
    for cosignature in verified.cosignatures:
        lines.append(Line("witness", cosignature.verifier.name))
        if cosignature.timestamp:
            lines.append(Line("witness.when", datetime.fromtimestamp(cosignature.timestamp, UTC)))
    return lines


def _lines_of_letter(content: bytes | None) -> list[Line]:
    letter = _json_object(content) if content is not None and len(content) <= LONGEST_LETTER else None
    if letter is None or letter.get("schema") != LETTER_SCHEMA:
        return []
    told = (("number", "number"), ("letter.date", "dated_on"), ("letter.about", "title"), ("recipient", "recipient"))
    lines = [Line(label, str(letter[name])) for label, name in told if isinstance(letter.get(name), str)]
    return [_as_day(line) if line.label == "letter.date" else line for line in lines]


def _missing_signers(content: bytes | None, verdict: PdfVerdict) -> list[str]:
    """Name who should have signed, by what the file itself says, and has not; for a letter of several signers."""
    letter = _json_object(content) if content is not None and len(content) <= LONGEST_LETTER else None
    listed = letter.get("signers") if letter else None
    if not isinstance(listed, list):
        return []
    signed = [signature.signer.national_code or "" for signature in verdict.signatures]
    named = [one for one in listed if isinstance(one, dict)]
    return [
        str(one.get("name", ""))
        for one in named
        if not any(is_same_code(code, str(one.get("code", ""))) or code == one.get("code") == "" for code in signed)
    ]


def _as_day(line: Line) -> Line:
    try:
        return Line(line.label, date.fromisoformat(str(line.value)))
    except ValueError:
        return line


def _lines_of_signature(signature: SignatureVerdict) -> list[Line]:
    signer = signature.signer
    found = (
        ("signer", signer.common_name),
        ("signer.title", signer.title),
        ("signer.organization", signer.organization),
        ("signer.national-code", signer.national_code),
        ("signer.legal-id", signer.legal_id),
        ("signed-at.proven", signature.timestamped_at),
        ("signed-at.claimed", None if signature.timestamped_at else signature.signed_at),
        ("certificate", signature.certificate_serial),
    )
    return [Line(label, value) for label, value in found if value is not None]


def _lines_of_message(intent: Intent, closing: Closing) -> list[Line]:
    found = (
        ("message", intent.message_id),
        ("asked-by", intent.client),
        ("asked", intent.service),
        ("request", f"{intent.method} {intent.path}"),
        ("purpose", intent.purpose),
        ("legal-basis", intent.legal_basis),
        ("request-hash", intent.request_hash or closing.request_hash),
        ("message.began", _from_microseconds(intent.received_at)),
        ("message.ended", _from_microseconds(closing.ended_at)),
        ("message.outcome", Coded("message", closing.outcome)),
        ("status", closing.status),
        ("response-hash", closing.response_hash),
    )
    return [Line(label, value) for label, value in found if value is not None]


def _json_object(content: bytes) -> dict[str, object] | None:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _from_microseconds(moment: int) -> datetime:
    return datetime.fromtimestamp(moment // 1_000_000, UTC)
