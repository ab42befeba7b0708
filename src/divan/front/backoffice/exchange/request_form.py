"""A request for a permit as questions, and the conditions under which it is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.foundation.ui.fields import Field, Option, read_date
from divan.foundation.ui.numbers import jalali
from divan.front.backoffice.exchange.asking import choice, lines, text
from divan.front.backoffice.permit_form import moment
from divan.front.backoffice.secretariat.reading import Problems, errors, whole
from divan.front.texts.answers import problem_text
from divan.front.texts.words import WORDS, word
from divan.trust.exchange.values import DataService, Permit, Subsystem, WeeklyHours
from divan.trust.exchange.values.control import Conditions, NewRequest, RequestKind, Scope
from divan_libs.persian.jalali import TEHRAN
from divan_libs.persian.text import latin_digits, normalize

DAYS = ("6", "7", "1", "2", "3", "4", "5")
"""Days of the week as ISO 8601 counts them, from Saturday on."""


def first_answers(permit: Permit | None, kind: RequestKind) -> QueryDict:
    """Return the answers with which the form begins: those of the permit that is to be amended or renewed."""
    begun = QueryDict(mutable=True)
    begun["scopes"] = "GET /**"
    if permit is None:
        return begun
    begun["consumer"], begun["data_service"] = permit.consumer.address, permit.data_service.code
    begun["scopes"] = f"{permit.method} {permit.path_glob}"
    for name in ("purpose_fa", "purpose_en", "legal_basis_fa", "legal_basis_en"):
        begun[name] = getattr(permit, name)
    if permit.legal_basis_confirmed:
        begun["confirmed"] = "yes"
    begun["rate"], begun["quota"] = str(permit.rate_per_minute or ""), str(permit.daily_quota or "")
    begun["hidden"] = "\n".join(permit.hidden)
    if permit.hours:
        begun.setlist("days", [str(day) for day in permit.hours[0].days])
        begun["from"], begun["to"] = (f"{at:%H:%M}" for at in (permit.hours[0].starts, permit.hours[0].ends))
    if permit.ends_at is not None:
        name = "starts_on" if kind is RequestKind.RENEWAL else "ends_on"
        _put_day(begun, name, permit.ends_at)
    return begun


def _put_day(begun: QueryDict, name: str, at: datetime) -> None:
    parts = latin_digits(jalali(at.astimezone(TEHRAN).date(), "numeric")).split("/")
    for part, value in zip(("year", "month", "day"), parts, strict=True):
        begun[f"{name}-{part}"] = value


def request_fields(
    answers: QueryDict,
    problems: Problems,
    *,
    consumers: Sequence[Subsystem],
    services: Sequence[DataService],
    language: str,
) -> list[Field]:
    """Return the questions of a request."""

    def asked(name: str, label: str, hint: str = "", **how: object) -> Field:
        return text(name, label, hint, answers.get(name, ""), problems, **how)  # type: ignore[arg-type]  # of text()

    own = [Option(one.address, f"{one.name(language)} ({one.address})") for one in consumers]
    offered = [Option(one.code, f"{one.name(language)} ({one.code})") for one in services]
    return [
        choice("consumer", _("Which of your systems asks?"), "", answers.get("consumer", ""), problems, own),
        choice("data_service", _("Which data service?"), "", answers.get("data_service", ""), problems, offered),
        asked(
            "scopes",
            _("What of it?"),
            _("A method and a path in each line, such as GET /persons/*. Two stars stand for everything below."),
            kind="long-text",
        ),
        asked("purpose_fa", _("Purpose, in Persian"), _("The person whose data are asked reads it.")),
        asked("purpose_en", _("Purpose, in English"), required=False),
        asked("legal_basis_fa", _("Legal basis, in Persian"), _("Law, article and date.")),
        asked("legal_basis_en", _("Legal basis, in English"), required=False),
        Field(
            "confirmed",
            "choices",
            _("State of the legal basis"),
            "",
            answers.getlist("confirmed"),
            required=False,
            options=[Option("yes", _("I have read the article in its official text"))],
        ),
        _day("starts_on", _("Valid from"), _("Empty means at once."), answers, problems, required=False),
        *condition_fields(answers, problems),
        *_hour_fields(answers, problems),
    ]


def _hour_fields(answers: QueryDict, problems: Problems) -> list[Field]:
    begins, ends = answers.get("from", ""), answers.get("to", "")
    hint, hint_of_end = _("Hour and minute, for example 8:30."), _("Empty means the end of the day.")
    return [
        Field(
            "days",
            "choices",
            _("Only on these days"),
            _("None means every day."),
            answers.getlist("days"),
            errors(problems, "days"),
            required=False,
            options=[Option(day, word("week-day", day)) for day in DAYS],
        ),
        text("from", _("From, on these days"), hint, begins, problems, kind="time", required=False),
        text("to", _("Until, on these days"), hint_of_end, ends, problems, kind="time", required=False),
    ]


def condition_fields(answers: QueryDict, problems: Problems) -> list[Field]:
    """Return the questions of the conditions that a reviewer may narrow."""

    def asked(name: str, label: str, hint: str, kind: str) -> Field:
        return text(name, label, hint, answers.get(name, ""), problems, kind=kind, required=False)

    return [
        _day("ends_on", _("Valid until the end of"), _("At most five years."), answers, problems, required=True),
        asked("rate", _("Calls a minute at most"), _("Of each line above; empty means no limit."), "number"),
        asked("quota", _("Calls a day at most"), _("Of each line above; empty means no limit."), "number"),
        asked(
            "hidden",
            _("Fields that are taken out of the answers"),
            _("One in each line, as a path into the JSON answer, such as /father_name."),
            "long-text",
        ),
    ]


def condition_answers(conditions: Conditions) -> QueryDict:
    """Return conditions as their questions begin."""
    begun = QueryDict(mutable=True)
    _put_day(begun, "ends_on", conditions.ends_at)
    begun["rate"], begun["quota"] = str(conditions.rate_per_minute or ""), str(conditions.daily_quota or "")
    begun["hidden"] = "\n".join(conditions.hidden)
    return begun


def _day(name: str, label: str, hint: str, answers: QueryDict, problems: Problems, *, required: bool) -> Field:
    return Field(name, "date", label, hint, read_date(answers, name), errors(problems, name), required=required)


def read_conditions(sent: QueryDict, problems: Problems, hours: tuple[WeeklyHours, ...] = ()) -> Conditions | None:
    """Return the conditions that were typed, or None with what is wrong."""
    ends_at = moment(sent, "ends_on", time.max, problems)
    if ends_at is None and "ends_on" not in problems:
        problems["ends_on"] = problem_text("answers.required", {})
    limits = {name: _limit(sent, name, problems) for name in ("rate", "quota")}
    if problems or ends_at is None:
        return None
    return Conditions(
        ends_at=ends_at,
        hours=hours,
        rate_per_minute=limits["rate"],
        daily_quota=limits["quota"],
        hidden=lines(sent.get("hidden", "")),
    )


def _limit(sent: QueryDict, name: str, problems: Problems) -> int | None:
    if not sent.get(name, "").strip():
        return None
    found = whole(sent.get(name, ""), most=10_000_000)
    if not found:
        problems[name] = _("Limits are whole numbers from 1.")
    return found or None


def read_request(
    sent: QueryDict, problems: Problems, *, kind: RequestKind, follows: Permit | None
) -> NewRequest | None:
    """Return the request that was typed, or None with what is wrong."""
    for name in ("consumer", "data_service"):
        if not sent.get(name):
            problems[name] = _("Choose one.")
    for name in ("scopes", "purpose_fa", "legal_basis_fa"):
        if not sent.get(name, "").strip():
            problems[name] = problem_text("answers.required", {})
    most = {"purpose_fa": 300, "purpose_en": 300, "legal_basis_fa": 500, "legal_basis_en": 500}
    for name, longest in most.items():
        if len(sent.get(name, "")) > longest:
            problems[name] = problem_text("answers.too-long", {"maximum": longest})
    starts_at = moment(sent, "starts_on", time.min, problems)
    if kind is RequestKind.RENEWAL and follows is not None:
        # To the moment: between the end of the one and the beginning of the other there is neither gap nor overlap.
        starts_at = follows.ends_at
    conditions = read_conditions(sent, problems, _hours(sent, problems))
    if problems or conditions is None:
        return None
    return NewRequest(
        consumer=sent.get("consumer", ""),
        data_service=sent.get("data_service", ""),
        scopes=tuple(_scope(line) for line in lines(sent.get("scopes", ""))[:50]),
        purpose_fa=normalize(sent.get("purpose_fa", "")),
        purpose_en=sent.get("purpose_en", "").strip(),
        legal_basis_fa=normalize(sent.get("legal_basis_fa", "")),
        legal_basis_en=sent.get("legal_basis_en", "").strip(),
        legal_basis_confirmed=sent.get("confirmed") == "yes",
        starts_at=starts_at,
        conditions=conditions,
        kind=kind,
        follows=follows.uuid if follows else None,
    )


def _scope(line: str) -> Scope:
    method, _space, path = line.partition(" ")
    return Scope(method=method.upper(), path_glob=path.strip())


def _hours(sent: QueryDict, problems: Problems) -> tuple[WeeklyHours, ...]:
    days = [day for day in DAYS if day in sent.getlist("days")]
    starts, ends = (_clock(sent, name, problems) for name in ("from", "to"))
    if not days:
        if sent.get("from", "").strip() or sent.get("to", "").strip():
            problems["days"] = _("Choose the days for which the hours are meant.")
        return ()
    if ends != time() and starts >= ends:
        problems["to"] = _("The end must come after the beginning.")
    if "from" in problems or "to" in problems:
        return ()
    return (WeeklyHours(days=tuple(sorted(int(day) for day in days)), starts=starts, ends=ends),)


def _clock(sent: QueryDict, name: str, problems: Problems) -> time:
    typed = latin_digits(sent.get(name, "").strip())
    if not typed:
        return time()
    try:
        return datetime.strptime(typed, "%H:%M").time()  # noqa: DTZ007 (an hour of the day, of no day)
    except ValueError:
        problems[name] = _("Hour and minute, for example 8:30.")
        return time()


def hours_in_words(hours: tuple[WeeklyHours, ...]) -> list[str]:
    """Return hours of the week as people read them."""
    return [
        _("%(days)s from %(starts)s to %(ends)s")
        % {
            "days": _(", ").join(str(WORDS["week-day"][day]) for day in DAYS if int(day) in one.days),
            "starts": f"{one.starts:%H:%M}",
            "ends": f"{one.ends:%H:%M}" if one.ends != time() else "24:00",
        }
        for one in hours
    ]
