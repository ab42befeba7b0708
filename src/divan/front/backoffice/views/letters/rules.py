"""How far letters are referred in the own body: its rule and the exceptions of two posts, for who is in charge."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import ReferralRule, ReferralUnknown
from divan.foundation import clock
from divan.foundation.errors import Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.letter_referring import words_field
from divan.registers.people import queries as people
from divan.registers.people.values import Post
from divan_libs.persian.text import normalize

ALLOWED, FORBIDDEN = "allowed", "forbidden"
NO_DAYS = 999


@access(STAFF)
@require_http_methods(["GET", "POST"])
def referral_rules(request: HttpRequest) -> HttpResponse:
    """Show how letters are referred in the own body; take a change of the rule, an exception, or its end.

    :raises ReferralUnknown: for whoever is not in charge of the body's secretariats.
    """
    post, language = own_post(request), get_language() or "fa"
    if not queries.heads_body(post):
        raise ReferralUnknown
    problem = ""
    if request.method == "POST":
        try:
            said = _take(request)
        except Refusal as refusal:
            problem = str(text_of(refusal))
        else:
            messages.success(request, said)
            return redirect("backoffice:referral-rules")
    posts = people.list_posts_of_body(post.unit.body_code)
    titles = {one.uuid: one.title(language) for one in posts}
    rule_fields = _rule_fields(queries.rule_of(post.unit.body_uuid), request)
    exception_fields = _exception_fields(posts, request, language, problem)
    values = {
        "rule_fields": rule_fields,
        "exception_fields": exception_fields,
        "exceptions": [
            (one, titles.get(one.from_post, ""), titles.get(one.to_post, ""))
            for one in queries.list_referral_exceptions(post.unit.body_uuid)
        ],
        "error_summary": ErrorSummary.of([*rule_fields, *exception_fields]),
    }
    return render(request, "backoffice/letters/rules.html", values, status=422 if problem else 200)


def _take(request: HttpRequest) -> str:
    typed, actor, now = request.POST, actor_of(request), clock.now()
    do = typed.get("do", "")
    if do == "end":
        actions.end_referral_exception(exception=_uuid(typed.get("exception", "")), actor=actor, now=now)
        return _("The exception has ended.")
    if do == "except":
        actions.except_referral(
            from_post=_uuid(typed.get("from", "")),
            to_post=_uuid(typed.get("to", "")),
            allowed=typed.get("allowed") == ALLOWED,
            reason=typed.get("reason", ""),
            actor=actor,
            now=now,
        )
        return _("The exception holds from now on.")
    before = queries.rule_of(own_post(request).unit.body_uuid)
    ways = typed.getlist("ways")
    rule = ReferralRule(
        upward="upward" in ways,
        sideways="sideways" in ways,
        leading=before.leading,
        remind_days=_days(typed.get("remind", "")),
        escalate_days=_days(typed.get("escalate", "")),
    )
    actions.set_referral_rule(rule=rule, actor=actor, now=now)
    return _("The rule holds from now on.")


def _uuid(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError as error:
        raise ReferralUnknown from error


def _days(typed: str) -> int:
    """Return a count of days in whichever digits it was typed; what is none is a count that no rule allows."""
    words = normalize(typed)
    return int(words) if words.isdecimal() and len(words) < 4 else NO_DAYS


def _rule_fields(rule: ReferralRule, request: HttpRequest) -> list[Field]:
    typed = request.POST if request.POST.get("do") == "rule" else None
    ways = [
        Option("upward", _("to superiors as well"), _("Otherwise one reports, or writes a letter.")),
        Option("sideways", _("into units that are not one's own"), ""),
    ]
    taken = [name for name, is_on in (("upward", rule.upward), ("sideways", rule.sideways)) if is_on]
    return [
        Field(
            "ways",
            "choices",
            _("Down and to peers one always refers. Besides:"),
            "",
            typed.getlist("ways") if typed else taken,
            required=False,
            options=ways,
        ),
        Field(
            "remind",
            "number",
            _("A follow-up reminds again after so many working days"),
            _("From 1 to 60."),
            typed.get("remind", "") if typed else rule.remind_days,
        ),
        Field(
            "escalate",
            "number",
            _("The superior hears of it so many working days after its day"),
            _("From 0 to 60."),
            typed.get("escalate", "") if typed else rule.escalate_days,
        ),
    ]


def _exception_fields(posts: list[Post], request: HttpRequest, language: str, problem: str) -> list[Field]:
    typed = request.POST
    options = [Option(str(one.uuid), one.title(language)) for one in posts]
    errors = [problem] if problem else []
    kinds = [Option(ALLOWED, _("may refer")), Option(FORBIDDEN, _("may not refer"))]
    return [
        Field("from", "select", _("Who?"), "", typed.get("from", ""), options=options),
        Field("allowed", "choice", _("May or may not?"), "", typed.get("allowed", ALLOWED), options=kinds),
        Field("to", "select", _("To whom?"), "", typed.get("to", ""), options=options),
        words_field("reason", _("Why?"), typed.get("reason", ""), errors, rows=2),
    ]
