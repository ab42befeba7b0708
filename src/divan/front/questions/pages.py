"""One page of an application: what it asks, what was sent of it is saved, and what an answer leads to is asked next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import AnswerFault, AnswersRefused, Case
from divan.foundation import clock, files
from divan.foundation.errors import Refusal, Trouble
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary
from divan.foundation.ui.frame import Link
from divan.foundation.ui.refusals import text_of
from divan.front.questions.drawing import question_fields
from divan.front.questions.posted import context_as_sent, not_yet_asked, read_posted
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.answers import may_change, visible_answers, visible_questions
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import FileQuestion, Package, Page


def known(case: Case) -> tuple[Package, Context, str]:
    """Return what a case is asked by: its package, its answers as they stand today, and the visitor's language."""
    package = queries.get_package_of(case)
    today = clock.now().astimezone(TEHRAN).date()
    return package, queries.context_of(case, package, today), get_language() or "fa"


@dataclass(frozen=True, slots=True)
class Objections:
    """Why a page is asked again: what cannot stand of single answers, and of the sending as a whole."""

    faults: tuple[AnswerFault, ...] = ()
    general: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything cannot stand."""
        return bool(self.faults or self.general)


NO_OBJECTIONS = Objections()


class Ask(Protocol):
    """Show a page of a case, with what was typed if it is shown again."""

    def __call__(self, case: Case, *, sent: QueryDict, objections: Objections = ...) -> HttpResponse:
        """Answer with the page."""


def take_page(
    request: HttpRequest, case: Case, page: Page, *, ask: Ask, following: Callable[[Case], str]
) -> HttpResponse:
    """Save what a page sent and lead on to the address that ``following`` names.

    The page is asked again where something cannot stand, with what was typed; and where an answer leads to a question
    on it that had not been asked, unless the visitor wants to come back later.
    """
    saved, objections = _saved(request, case.uuid, page)
    in_files = _take_files(request, case.uuid, page)
    now_held = saved if saved is not None and not request.FILES else queries.get_case(case.uuid)
    fresh = _led_to(now_held, page, request.POST)
    if objections and not in_files and {fault.question for fault in objections.faults} <= fresh:
        messages.info(request, _further())
        return ask(now_held, sent=request.POST)
    if objections or in_files:
        told = Objections((*objections.faults, *in_files.faults), in_files.general)
        return ask(now_held, sent=request.POST, objections=told)
    if fresh and request.POST.get("then") != "overview":
        messages.info(request, _further())
        return redirect(request.get_full_path())
    return redirect(following(now_held))


def _saved(request: HttpRequest, case: UUID, page: Page) -> tuple[Case | None, Objections]:
    given = read_posted(page.questions, request.POST)
    try:
        saved = actions.save_page(case=case, page=page.code, given=given, actor=actor_of(request), now=clock.now())
    except AnswersRefused as refusal:
        return None, Objections(_faults_of(refusal))
    return saved, NO_OBJECTIONS


def _faults_of(refusal: AnswersRefused) -> tuple[AnswerFault, ...]:
    faults = refusal.facts["faults"]
    return faults if isinstance(faults, tuple) else ()


def _take_files(request: HttpRequest, case: UUID, page: Page) -> Objections:
    faults: list[AnswerFault] = []
    general: list[str] = []
    actor, now = actor_of(request), clock.now()
    for question in (one for one in page.questions if isinstance(one, FileQuestion)):
        for upload in request.FILES.getlist(question.code)[: question.max_files]:
            try:
                stored = files.store_upload(name=upload.name or "file", content=upload.chunks(), actor=actor, now=now)
                actions.add_file(case=case, question=question.code, file=stored, actor=actor, now=now)
            except AnswersRefused as refusal:
                faults += _faults_of(refusal)
            except (Refusal, Trouble) as refusal:
                general.append(str(text_of(refusal)))
    return Objections(tuple(faults), tuple(general))


def _led_to(case: Case, page: Page, sent: QueryDict) -> frozenset[str]:
    package, context, _language = known(case)
    seen = context_as_sent(page.questions, context, sent)
    return not_yet_asked(visible_questions(package, seen, page.code), sent)


def _further() -> str:
    return _("Your answer leads to a further question on this page.")


def page_values(
    case: Case,
    page: Page,
    *,
    sent: QueryDict | None,
    objections: Objections,
    file_address: Callable[[UUID], str],
    codes: Sequence[str],
    province: str = "",
) -> dict[str, object]:
    """Return what a template shows of a page: its fields, files already given, errors, and its place among ``codes``.

    :param sent: what was typed, where the page is shown again.
    :param codes: the pages of the application in their order, this one among them.
    """
    package, context, language = known(case)
    seen = context if sent is None else context_as_sent(page.questions, context, sent)
    questions = visible_questions(package, seen, page.code)
    held = queries.list_case_files(case.uuid)
    fields = question_fields(
        package,
        questions,
        language=language,
        answers=visible_answers(package, context),
        sent=sent,
        faults=objections.faults,
        locked=[question.code for question in questions if not may_change(package, question, context)],
        files={code: Link(file_address(file), name) for code, file, name in held},
        province=province,
    )
    asked = {field.name for field in fields}
    return {
        "case": case,
        "title": package.text(f"pages.{page.code}.title", language),
        "lead": package.find_text(f"pages.{page.code}.lead", language),
        "fields": fields,
        "uploads": any(field.kind == "file" for field in fields),
        "shown": " ".join(question.code for question in questions),
        "held": [(file, name) for question, file, name in held if question in asked],
        "error_summary": ErrorSummary.of(fields, objections.general),
        "number": codes.index(page.code) + 1,
        "count": len(codes),
    }
