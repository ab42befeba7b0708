"""Life events and one's way through them as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from divan.dealings.cases import queries
from divan.dealings.cases.queries import SharedQuestion
from divan.dealings.cases.values import BundleRun, CaseState
from divan.front.api import application_data
from divan.front.api.application_data import Seen
from divan.front.api.entrance import spoken
from divan.front.api.question_data import asked_question
from divan.front.api.schemas import bundles as shapes
from divan.front.api.schemas.applications import Words
from divan.front.api.schemas.cases import State
from divan.front.api.values import InputFault
from divan.front.texts.fees import shown_fee
from divan.front.texts.words import word
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import OfferedBundle
from divan_libs.servicepack.answers import Missing, complete, to_json, visible_answers
from divan_libs.servicepack.bundles import Bundle


def _words(bundle: Bundle, key: str) -> Words:
    return Words(fa=bundle.text(key, "fa"), en=bundle.text(key, "en"))


def _find_words(bundle: Bundle, key: str) -> Words | None:
    persian = bundle.find_text(key, "fa")
    return Words(fa=persian, en=bundle.find_text(key, "en")) if persian else None


def life_event_of(offered: OfferedBundle) -> shapes.LifeEvent:
    """Return a life event with its services and the questions that decide which of them one needs."""
    bundle = offered.bundle
    always = {one.code for one in bundle.services if one.when is None}
    return shapes.LifeEvent(
        code=bundle.code,
        title=_words(bundle, "title"),
        description=_words(bundle, "description"),
        services=[
            shapes.BundledService(
                code=one.code,
                title=one.title,
                why=bundle.find_text(f"services.{one.code}.why", spoken()) or None,
                delivery=one.delivery,
                always=one.code in always,
            )
            for one in offered.services
        ],
        questions=[
            shapes.LifeEventQuestion(
                code=one.code,
                label=_words(bundle, f"questions.{one.code}.label"),
                hint=_find_words(bundle, f"questions.{one.code}.hint"),
            )
            for one in bundle.questions
        ],
    )


def _parts(run: BundleRun) -> dict[str, Seen]:
    return {service: application_data.seen(queries.get_case(case)) for service, case in run.parts.items()}


def _shared(run: BundleRun, parts: Mapping[str, Seen]) -> list[SharedQuestion]:
    drafts = {service: (one.case, one.package) for service, one in parts.items() if one.case.state is CaseState.DRAFT}
    return queries.shared_questions(run, drafts)


def shared_of(run: BundleRun) -> list[SharedQuestion]:
    """Return what at least two drafts of a bundle ask."""
    return _shared(run, _parts(run))


def bundle_of(run: BundleRun) -> shapes.Bundle:
    """Return how far each application of a bundle has come."""
    parts = _parts(run)
    return shapes.Bundle(
        uuid=run.uuid,
        life_event=run.code,
        title=_words(catalogue.get_bundle(run.bundle), "title"),
        state=run.state,
        answers=dict(run.answers),
        parts=[_part(service, one) for service, one in parts.items()],
        shared=[_shared_question(one, parts) for one in _shared(run, parts)],
        begun_at=run.begun_at,
        sent_at=run.sent_at,
    )


def _part(service: str, one: Seen) -> shapes.BundlePart:
    is_draft = one.case.state is CaseState.DRAFT
    missing = complete(one.package, one.context) if is_draft else []
    fee = shown_fee(one.package, one.context, one.case, spoken())
    return shapes.BundlePart(
        service=service,
        title=one.package.text("card.title", spoken()),
        case=one.case.uuid,
        number=one.case.number or None,
        state=State(code=one.case.state, text=word("case-state", one.case.state)),
        missing=application_data.missing_of(one.package, missing),
        due_rials=fee.total - fee.paid if is_draft and fee.due_now else 0,
    )


def _shared_question(shared: SharedQuestion, parts: Mapping[str, Seen]) -> shapes.SharedQuestion:
    by_case = {one.case.uuid: (service, one) for service, one in parts.items()}
    _service, first = by_case[shared.targets[0][0]]
    answer = visible_answers(first.package, first.context).get(shared.question.code)
    return shapes.SharedQuestion(
        name=shared.name,
        question=asked_question(
            shared.package,
            shared.question,
            shown=True,
            locked=False,
            answer=None if answer is None else to_json(answer),
        ),
        services=[by_case[case][0] for case, _question in shared.targets],
    )


def faults_of(run: BundleRun, missing: Mapping[str, Sequence[Missing]]) -> list[InputFault]:
    """Return what the applications of a bundle lack, named ``service.code``."""
    faults = []
    for service, one in _parts(run).items():
        for lack in application_data.missing_of(one.package, list(missing.get(service, ()))):
            faults.append(InputFault(f"missing.{lack.kind}", "application", f"{service}.{lack.code}", lack.text))
    return faults
