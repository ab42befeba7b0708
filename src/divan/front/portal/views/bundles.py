"""Life events: several services begun as one, what they share asked once, paid once, sent together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.queries import SharedQuestion
from divan.dealings.cases.values import (
    AnswersRefused,
    BundleNotComplete,
    BundleRun,
    Case,
    CaseState,
)
from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, SIGNED_IN, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Problem
from divan.foundation.ui.frame import Link
from divan.foundation.ui.pieces import Row
from divan.front.portal.options import options
from divan.front.portal.summaries import summaries
from divan.front.questions.drawing import place_name, question_fields
from divan.front.questions.outside import asked_facts
from divan.front.questions.posted import is_redisplay, read_posted
from divan.front.questions.sending import send_bundle
from divan.front.texts.fees import ShownFee, shown_fee
from divan.front.texts.missing import missing_text
from divan.front.texts.words import TONES, word
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import OfferedBundle
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.answers import complete, visible_answers
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.filling import answer_in_words
from divan_libs.servicepack.models import Package


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A service of a bundle as its pages show it."""

    service: str
    title: str
    case: Case
    package: Package
    context: Context
    state: str
    tone: str
    url: str
    missing: tuple[str, ...]
    fee: ShownFee

    @property
    def is_draft(self) -> bool:
        """Whether it was not sent yet."""
        return self.case.state is CaseState.DRAFT


def _language() -> str:
    return get_language() or "fa"


def own_run(request: HttpRequest, run: UUID) -> BundleRun:
    """Return the acting person's way through a bundle.

    :raises BundleRunUnknown: if there is none, or it is another person's.
    """
    return queries.get_bundle_run(run, actor_of(request).uuid)


def parts_of(run: BundleRun) -> list[Part]:
    """Return the services of a bundle that somebody began, in its order."""
    return [_part(service, queries.get_case(uuid)) for service, uuid in run.parts.items()]


def _part(service: str, case: Case) -> Part:
    language, package = _language(), queries.get_package_of(case)
    context = queries.context_of(case, package, clock.now().astimezone(TEHRAN).date())
    is_draft = case.state is CaseState.DRAFT
    missing = complete(package, context) if is_draft else []
    lacks = tuple(missing_text(package, one.kind, one.code, language) for one in missing)
    ready = (_("Ready to be sent"), "good") if not lacks else (_("Not complete"), "waiting")
    return Part(
        service=service,
        title=package.text("card.title", language),
        case=case,
        package=package,
        context=context,
        state=ready[0] if is_draft else word("case-state", case.state),
        tone=ready[1] if is_draft else TONES[case.state],
        url=reverse("portal:application" if is_draft else "portal:case", args=[case.uuid]),
        missing=lacks,
        fee=shown_fee(package, context, case, language),
    )


@access(PUBLIC)
@require_safe
def life_event(request: HttpRequest, code: str) -> HttpResponse:
    """Show a life event with its services, and ask what decides which of them one needs."""
    offered = catalogue.get_offered_bundle(code, language=_language())
    return render(request, "portal/life_event.html", _event_values(offered, _questions(offered, {})))


def _event_values(offered: OfferedBundle, fields: list[Field]) -> dict[str, object]:
    bundle, language = offered.bundle, _language()
    always = {one.code for one in bundle.services if one.when is None}
    return {
        "code": bundle.code,
        "title": bundle.text("title", language),
        "description": bundle.text("description", language),
        "services": [
            {
                "listing": one,
                "why": bundle.find_text(f"services.{one.code}.why", language),
                "always": one.code in always,
                "here": one.delivery == "electronic",
                "delivery": word("delivery", one.delivery),
            }
            for one in offered.services
        ],
        "fields": fields,
        "error_summary": ErrorSummary.of(fields),
        "trail": [Link("/", _("First page")), Link(reverse("portal:services"), _("Services"))],
    }


def _questions(offered: OfferedBundle, sent: Mapping[str, str], *, judge: bool = False) -> list[Field]:
    language = _language()
    return [
        Field(
            one.code,
            "yes-no",
            offered.bundle.text(f"questions.{one.code}.label", language),
            offered.bundle.find_text(f"questions.{one.code}.hint", language),
            sent.get(one.code, ""),
            [_("Answer with yes or no.")] if judge and sent.get(one.code) not in {"yes", "no"} else [],
        )
        for one in offered.bundle.questions
    ]


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a bundle, or go on with the one begun; a GET only comes from the sign-in page."""
    if request.method == "GET":
        return redirect("portal:life-event", code)
    offered = catalogue.get_offered_bundle(code, language=_language())
    sent = {one.code: request.POST.get(one.code, "") for one in offered.bundle.questions}
    fields = _questions(offered, sent, judge=True)
    if any(field.errors for field in fields):
        return render(request, "portal/life_event.html", _event_values(offered, fields), status=422)
    answers = {name: value == "yes" for name, value in sent.items()}
    run = actions.begin_bundle(
        code=code, answers=answers, language=_language(), actor=actor_of(request), now=clock.now()
    )
    return redirect("portal:bundle-run", run.uuid)


@access(SIGNED_IN)
@require_safe
def overview(request: HttpRequest, run: UUID) -> HttpResponse:
    """Show how far each request of a bundle has come, what is asked once for several, and the way to send all."""
    found = own_run(request, run)
    parts, bundle = parts_of(found), catalogue.get_bundle(found.bundle)
    done = sum(not part.missing for part in parts)
    offered = [one for one in catalogue.list_bundles(language=_language()) if one.ref.code == found.code]
    beside = [
        one
        for one in (offered[0].services if offered else ())
        if one.code in bundle.chosen(found.answers) and one.code not in found.parts
    ]
    values = {
        "run": found,
        "title": bundle.text("title", _language()),
        "parts": parts,
        "done": done,
        "drafts": any(part.is_draft for part in parts),
        "asking": any(need.state == "asked" for part in parts for need in part.case.needs if part.is_draft),
        "shared": _shared_rows(found, parts),
        "beside": beside,
    }
    return render(request, "portal/bundle_run.html", values)


def _shared(run: BundleRun, parts: list[Part]) -> list[SharedQuestion]:
    return queries.shared_questions(run, {part.service: (part.case, part.package) for part in parts if part.is_draft})


def _shared_rows(run: BundleRun, parts: list[Part]) -> list[Row]:
    return [
        Row(
            one.package.text(f"questions.{one.question.code}.label", _language()),
            answer_in_words(one.package, one.question, answer, _language(), place_name)
            if (answer := _known(parts, one)) is not None
            else _("Not answered yet"),
        )
        for one in _shared(run, parts)
    ]


def _known(parts: list[Part], shared: SharedQuestion) -> AnswerValue | None:
    """Return what the first draft that asks a shared question holds for it: what was given, or a register knows."""
    part = next(part for part in parts if part.case.uuid == shared.targets[0][0])
    return visible_answers(part.package, part.context).get(shared.question.code)


def _prefix(name: str) -> str:
    return f"{name}-"


def _fields(
    parts: list[Part], shared: list[SharedQuestion], sent: QueryDict | None, refused: AnswersRefused | None
) -> list[Field]:
    told = refused.facts["faults"] if refused else ()
    faults = list(told) if isinstance(told, tuple) else []
    fields: list[Field] = []
    for one in shared:
        answer = _known(parts, one)
        answers = {one.question.code: answer} if answer is not None else {}
        fields += question_fields(
            one.package,
            [one.question],
            language=_language(),
            answers=answers,
            sent=sent,
            faults=[replace(fault, question=one.question.code) for fault in faults if fault.question == one.name],
            province=options().province_code,
            prefix=_prefix(one.name),
        )
    return fields


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def shared(request: HttpRequest, run: UUID) -> HttpResponse:
    """Ask once what several requests of a bundle need, and carry it into all of them."""
    found = own_run(request, run)
    parts = parts_of(found)
    asked = _shared(found, parts)
    if not asked:
        return redirect("portal:bundle-run", run)
    refused = None
    if request.method == "POST" and not is_redisplay(request.POST):
        given = {one.name: read_posted([one.question], request.POST, _prefix(one.name)) for one in asked}
        try:
            actions.answer_shared(run=run, given=given, actor=actor_of(request), now=clock.now())
        except AnswersRefused as refusal:
            refused = refusal
        else:
            messages.success(request, _("Carried into every request that asks for it."))
            return redirect("portal:bundle-run", run)
    fields = _fields(parts, asked, request.POST if request.method == "POST" else None, refused)
    values = {
        "run": found,
        "title": catalogue.get_bundle(found.bundle).text("title", _language()),
        "fields": fields,
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "portal/bundle_shared.html", values, status=422 if refused else 200)


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, run: UUID) -> HttpResponse:
    """Show every request of a bundle once more; pay once and send all, or send all, however often it is pressed."""
    found = own_run(request, run)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            return _send(request, found)
        except BundleNotComplete:
            problems.append(Problem(_("A request is not complete; nothing was sent.")))
    parts, language = parts_of(found), _language()
    drafts = [part for part in parts if part.is_draft]
    if not drafts:
        return redirect("portal:bundle-run", run)
    values = {
        "run": found,
        "title": catalogue.get_bundle(found.bundle).text("title", language),
        "parts": [
            {
                "part": part,
                "summaries": summaries(
                    part.package,
                    part.context,
                    part.case,
                    language,
                    changing=True,
                    pages=queries.pages_asked(part.package, part.context, part.case),
                ),
                "facts": [Row(one.title, one.state) for one in asked_facts(part.case, part.package, language)],
            }
            for part in drafts
        ],
        "ready": not any(part.missing for part in drafts),
        "several": len(drafts) > 1,
        "due_now": any(part.fee.due_now for part in drafts),
        "total": sum(part.fee.total - part.fee.paid for part in drafts if part.fee.due_now),
        "error_summary": ErrorSummary(tuple(problems)),
    }
    return render(request, "portal/bundle_check.html", values, status=422 if problems else 200)


def _send(request: HttpRequest, run: BundleRun) -> HttpResponse:
    asked = send_bundle(run, actor=actor_of(request), now=clock.now())
    if asked is not None:
        return redirect("portal:invoice", asked.invoice)
    messages.success(request, _("Every request was sent; each has its own number and answer."))
    return redirect("portal:bundle-run", run.uuid)


@access(SIGNED_IN)
@require_POST
def leave(request: HttpRequest, run: UUID, service: str) -> HttpResponse:
    """Take a request out of a bundle; it stays among one's drafts."""
    actions.leave_bundle(run=run, service=service, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The request was taken out; it stays among what you have not sent yet."))
    return redirect("portal:bundle-run", run)


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def give_up(request: HttpRequest, run: UUID) -> HttpResponse:
    """Give a bundle up after asking once more; the answers of what was not sent are erased."""
    found = own_run(request, run)
    if request.method == "POST":
        actions.give_up_bundle(run=run, actor=actor_of(request), now=clock.now())
        messages.success(request, _("Given up; the answers were erased."))
        return redirect("portal:cases")
    title = catalogue.get_bundle(found.bundle).text("title", _language())
    return render(request, "portal/bundle_give_up.html", {"run": found, "title": title})
