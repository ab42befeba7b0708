"""What stands behind a case besides its answers: who said it, when, and how old that is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from divan.dealings.cases import queries
from divan.dealings.cases.values import Addition, Case, NeedState, OpinionLetter, OutsideOrder, Signature, Task, Visit
from divan.front.backoffice.people_named import Names
from divan.front.backoffice.readable import is_told_in
from divan.front.texts.told import told_in_words
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people
from divan.trust.exchange import queries as exchange
from divan_libs.servicepack.models import InquiryNeed, Package
from divan_libs.servicepack.models.needs import MandateNeed

_TONES_OF_ORDERS = {
    "delivered": "good",
    "paid": "good",
    "issued": "good",
    "returned": "bad",
    "failed": "bad",
    "rejected": "bad",
    "revoked": "bad",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A piece of evidence: what it shows, about whom, whose word it is, how it stands, and of which moment.

    ``detail`` is a reference or a reason in words, ``told`` what a register said, field by field, where the reader's
    steps need it, ``url`` a page that shows it whole.
    """

    title: str
    about: str
    source: str
    state: str
    tone: str
    at: datetime | None
    detail: str = ""
    told: tuple[tuple[str, str], ...] = ()
    until: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What may stand beside a case, asked only where its history says that there is something."""

    signatures: list[Signature]
    visits: list[Visit]
    orders: list[OutsideOrder]
    letters: list[OpinionLetter]
    additions: list[Addition]


def beside(case: Case, kinds: Collection[str]) -> Beside:
    """Return what stands beside a case whose facts are of these kinds."""
    return Beside(
        signatures=queries.list_signatures(case.uuid) if "cases.signature-asked" in kinds else [],
        visits=queries.list_visits(case.uuid) if "cases.visit-booked" in kinds else [],
        orders=queries.list_orders(case.uuid) if "cases.order-opened" in kinds else [],
        letters=queries.list_opinion_letters(case.uuid) if "cases.opinion-signed" in kinds else [],
        additions=queries.list_additions(case.uuid) if "cases.addition-made" in kinds else [],
    )


def evidence_of(
    case: Case,
    package: Package,
    found: Beside,
    tasks: Collection[Task],
    names: Names,
    language: str,
    *,
    mine: str,
    steps: Collection[str],
) -> list[Evidence]:
    """Return all evidence of a case: registers, second parties, opinions by letter, outside processes, visits.

    ``mine`` is the applicant's own code, which need not be said; ``steps`` are those of the reader.
    """
    services = _services(case, found, language)
    by_task = {task.uuid: task for task in tasks}
    return [
        *(_of_addition(one, tasks) for one in found.additions),
        *(_of_register(need, package, services, language, mine, steps) for need in case.needs),
        *(_of_signature(one, package, language) for one in found.signatures),
        *(_of_letter(one, package, by_task.get(one.task), names, language) for one in found.letters),
        *(_of_order(one, package, by_task.get(one.task), services, language) for one in found.orders),
        *(_of_visit(one, package, language) for one in found.visits),
    ]


def _of_addition(one: Addition, tasks: Collection[Task]) -> Evidence:
    """Return a file that the applicant added by themselves: new until somebody has finished a step after it."""
    is_new = not any(task.closed_at is not None and task.closed_at > one.added_at for task in tasks)
    return Evidence(
        title=one.name,
        about="",
        source=_("added by the applicant"),
        state=_("New") if is_new else _("Seen in a step"),
        tone="waiting" if is_new else "",
        at=one.added_at,
        detail=one.note,
        url=reverse("backoffice:file", args=[one.case, one.file]),
    )


def _services(case: Case, found: Beside, language: str) -> dict[str, str]:
    if not case.needs and not found.orders:
        return {}
    return {one.code: one.name(language) for one in exchange.list_data_services()}


def _of_register(
    need: NeedState, package: Package, services: dict[str, str], language: str, mine: str, steps: Collection[str]
) -> Evidence:
    found = package.needs.of(need.code)
    asked = found if isinstance(found, InquiryNeed | MandateNeed) else None
    declared = asked.data_service if asked else ""
    return Evidence(
        title=package.text(f"needs.{need.code}.title", language),
        about="" if need.subject == mine else need.subject,
        source=services.get(declared, ""),
        state=word("need-state", need.state),
        tone=TONES[need.state],
        at=need.answered_at,
        detail=_("told for an earlier request") if need.reused else "",
        told=tuple(told_in_words(asked, need.fields)) if asked and is_told_in(package, asked.code, steps) else (),
    )


def _of_signature(one: Signature, package: Package, language: str) -> Evidence:
    return Evidence(
        title=package.text(f"needs.{one.need}.title", language),
        about=one.signer_code,
        source=_("second party"),
        state=word("signature-state", one.state),
        tone={"signed": "good", "refused": "bad", "expired": "bad"}.get(one.state, "waiting"),
        at=one.answered_at,
        detail=one.note,
        until=one.until,
    )


def _of_letter(one: OpinionLetter, package: Package, task: Task | None, names: Names, language: str) -> Evidence:
    return Evidence(
        title=package.text(f"documents.{one.document}.title", language),
        about="",
        source=names.body(task.done_in_post) if task else "",
        state=_("Signed") if one.issued_at else _("Signed, the letter is being made"),
        tone="good" if one.issued_at else "lapis",
        at=one.signed_at,
        detail=names.both(task.done_by, task.done_in_post) if task else "",
        url=reverse("backoffice:letter", args=[one.letter]),
    )


def _of_order(
    one: OutsideOrder, package: Package, task: Task | None, services: dict[str, str], language: str
) -> Evidence:
    return Evidence(
        title=package.text(f"steps.{task.step}.title", language) if task else one.data_service,
        about="",
        source=services.get(one.data_service, one.data_service),
        state=word("order-state", one.state) if one.state else _("Not answered yet"),
        tone=_TONES_OF_ORDERS.get(one.state, "info"),
        at=one.asked_at or one.put_at,
        detail=_("reference %(reference)s") % {"reference": one.reference} if one.reference else "",
    )


def _of_visit(one: Visit, package: Package, language: str) -> Evidence:
    return Evidence(
        title=package.text(f"needs.{one.need}.title", language),
        about="",
        source=people.get_unit(one.body).name(language),
        state=_("Booked"),
        tone="info",
        at=one.starts_at,
    )
