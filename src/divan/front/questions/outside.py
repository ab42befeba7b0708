"""What an application needs from others, as the doors show it: registers' facts, second parties, visits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case, FreeTime, NeedState, Signature, Visit
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people
from divan.registers.places import queries as places
from divan.trust.exchange import queries as exchange
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.answers import visible_answers
from divan_libs.servicepack.asking import is_required
from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.filling import answer_in_words
from divan_libs.servicepack.models import AppointmentNeed, Package, PlaceQuestion, SignatureNeed

STATES: dict[str, tuple[str | Promise, str]] = {
    "asked": (_("Waits for the signature"), "waiting"),
    "signed": (_("Signed"), "good"),
    "refused": (_("Refused"), "bad"),
    "expired": (_("Too old"), "bad"),
}
"""Words and tone of the states of a signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFact:
    """A fact asked from a register, with whom it is about and, once it is known, whose word it is and of which day."""

    title: str
    about: str
    state: str
    tone: str
    source: str
    told_at: datetime | None
    need: NeedState


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSignature:
    """A second party's signature: who, where it stands, and what they said."""

    title: str
    need: str
    signer: str
    code: str
    state: str | Promise
    tone: str
    note: str
    until: datetime | None
    may_ask: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedVisit:
    """A visit that an application comes with, booked or not yet."""

    title: str
    need: str
    reason: str
    body: str
    visit: Visit | None


def asked_facts(case: Case, package: Package, language: str) -> list[AskedFact]:
    """Return what registers were asked for a case, each fact once for everybody it is about."""
    services = _sources(language) if case.needs else {}
    declared = {need.code: need.data_service for need in package.needs.inquiries}
    mine = people.get_person(case.applicant).national_code if case.needs else ""
    return [
        AskedFact(
            title=package.text(f"needs.{need.code}.title", language),
            about=need.subject if need.subject not in {"", mine} else "",
            state=word("need-state", need.state),
            tone=TONES[need.state],
            source=services.get(declared.get(need.code, ""), ""),
            told_at=need.answered_at if need.state == "matched" else None,
            need=need,
        )
        for need in case.needs
    ]


def _sources(language: str) -> dict[str, str]:
    """Return the name of the member that answers for each data service."""
    members = {one.address: one.name(language) for one in exchange.list_members()}
    return {one.code: members.get("/".join(one.address.split("/")[:3]), "") for one in exchange.list_data_services()}


def wanted_signatures(case: Case, package: Package, context: Context, language: str) -> list[WantedSignature]:
    """Return the signatures that an application needs as it stands."""
    held = {(one.need, one.signer_code, one.digest): one for one in queries.list_signatures(case.uuid)}
    lines = []
    for one in queries.wanted_signatures(case.uuid, package, context):
        found = held.get((one.need, one.signer_code, one.digest))
        said, tone = STATES[found.state] if found else (_("Signature not asked for yet"), "")
        lines.append(
            WantedSignature(
                title=package.text(f"needs.{one.need}.title", language),
                need=one.need,
                signer=one.signer_code,
                code=found.state if found else "not-asked",
                state=said,
                tone=tone,
                note=found.note if found else "",
                until=found.until if found else None,
                may_ask=found is None or found.state == "refused",
            )
        )
    return lines


def wanted_visits(case: Case, package: Package, context: Context, language: str) -> list[WantedVisit]:
    """Return the visits that an application comes with, booked or not."""
    if not package.needs.appointments:
        return []
    evaluator = Evaluator(package, context)
    answers = evaluator.view().answers
    booked = {one.need: one for one in queries.list_visits(case.uuid)}
    return [
        _visit(package, need, booked.get(need.code), language)
        for need in package.needs.appointments
        if is_required(evaluator, need, answers)
    ]


def _visit(package: Package, need: AppointmentNeed, visit: Visit | None, language: str) -> WantedVisit:
    return WantedVisit(
        title=package.text(f"needs.{need.code}.title", language),
        need=need.code,
        reason=package.text(f"needs.{need.code}.reason", language),
        body=people.get_unit(need.body).name(language),
        visit=visit,
    )


def outside_of(case: Case, package: Package, context: Context, language: str) -> dict[str, object]:
    """Return what the page of an application shows of the needs that others meet."""
    return {
        "needs": asked_facts(case, package, language),
        "beneficiary": queries.find_beneficiary(case, package, context),
        "signatures": wanted_signatures(case, package, context, language),
        "visits": wanted_visits(case, package, context, language),
    }


def by_day(times: list[FreeTime]) -> list[tuple[date, list[tuple[str, str]]]]:
    """Return free times by their day in Tehran, in order: each as it is sent and as it is shown."""
    days: dict[date, list[tuple[str, str]]] = defaultdict(list)
    for one in times:
        begins = one.starts_at.astimezone(TEHRAN)
        days[begins.date()].append((one.starts_at.isoformat(), f"{begins:%H:%M}"))
    return sorted(days.items())


def words_to_sign(package: Package, context: Context, signature: Signature, language: str) -> list[tuple[str, str]]:
    """Return the answers that a second party reads before signing, as question and answer in words."""
    need = package.needs.of(signature.need)
    if not isinstance(need, SignatureNeed):
        return []
    read = queries.answers_to_read(need, visible_answers(package, context))
    lines = []
    for question in package.form.questions():
        if question.code not in read or question.type in {"information", "file"}:
            continue
        answer = read[question.code]
        said = (
            " › ".join(place.name for place in places.lineage(str(answer)))
            if isinstance(question, PlaceQuestion)
            else answer_in_words(package, question, answer, language)
        )
        lines.append((package.text(f"questions.{question.code}.label", language), said))
    return lines
