"""Signatures of second parties: what is signed, by whom, and what is still to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from divan.dealings.cases import models
from divan.dealings.cases.values import Case, Signature, SignatureUnknown
from divan.foundation.canonical import digest
from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.answers import to_json
from divan_libs.servicepack.asking import is_required, named
from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.models import Package, SignatureNeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A signature that an application needs: whose, and the digest of exactly what they would sign."""

    need: str
    signer_code: str
    digest: str


def signature_of(row: models.CaseSignature) -> Signature:
    """Return the value of a row; for the rooms of this context."""
    return Signature(
        uuid=row.uuid,
        case=row.case.uuid,
        need=row.need,
        signer_code=row.signer_code,
        state=row.state,
        digest=row.digest,
        note=row.note,
        signed_by=row.signed_by,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        until=row.until,
        ended_at=row.ended_at,
    )


def wanted_signatures(case_uuid: UUID, package: Package, context: Context) -> list[Wanted]:
    """Return the signatures that an application needs as its answers stand."""
    if not package.needs.signatures:
        return []
    evaluator = Evaluator(package, context)
    answers = evaluator.view().answers
    return [
        Wanted(need=need.code, signer_code=code, digest=_digest(case_uuid, package, need, code, answers))
        for need in package.needs.signatures
        if is_required(evaluator, need, answers)
        for code in dict.fromkeys(code for code, _row in named(package, need.by, answers))
    ]


def answers_to_read(need: SignatureNeed, answers: Mapping[str, AnswerValue]) -> dict[str, Any]:
    """Return the answers that a second party reads and signs: those that the package names, else all."""
    return {code: value for code, value in answers.items() if not need.reads or code in need.reads}


def _digest(case: UUID, package: Package, need: SignatureNeed, signer: str, answers: Mapping[str, AnswerValue]) -> str:
    read = {code: to_json(value) for code, value in answers_to_read(need, answers).items()}
    statement = package.text(f"needs.{need.code}.statement", "fa")
    return digest({"case": case, "need": need.code, "signer": signer, "statement": statement, "answers": read}).hex()


def list_signatures(case_uuid: UUID) -> list[Signature]:
    """Return the signatures of a case that were asked for and have not ended, in the order of asking."""
    rows = models.CaseSignature.objects.select_related("case").filter(case__uuid=case_uuid, ended_at__isnull=True)
    return [signature_of(row) for row in rows.order_by("id")]


def list_signatures_of(signer_code: str) -> list[Signature]:
    """Return what is or was asked of a person, newest first; what fell away unanswered is not told."""
    rows = models.CaseSignature.objects.select_related("case").filter(signer_code=signer_code)
    return [signature_of(row) for row in rows.exclude(state="void").order_by("-asked_at", "-id")[:100]]


def get_signature_of(signature: UUID, signer_code: str) -> Signature:
    """Return a signature asked of this person.

    :raises SignatureUnknown: if there is none, it is asked of somebody else, or it fell away.
    """
    rows = models.CaseSignature.objects.select_related("case").filter(uuid=signature, signer_code=signer_code)
    row = rows.exclude(state="void").first()
    if row is None:
        raise SignatureUnknown
    return signature_of(row)


def unsigned_needs(case: Case, package: Package, context: Context, today: date) -> frozenset[str]:
    """Return the codes of the requirements of which a signature has not been given, or no longer counts."""
    wanted = wanted_signatures(case.uuid, package, context)
    if not wanted:
        return frozenset()
    given = {
        (one.need, one.signer_code, one.digest)
        for one in list_signatures(case.uuid)
        if one.state == "signed" and one.until is not None and one.until.date() >= today
    }
    return frozenset(one.need for one in wanted if (one.need, one.signer_code, one.digest) not in given)
