"""A referral (ارجاع) as questions: to which colleague, with what instruction, until when."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.foundation.ui.fields import Field, Option, read_date
from divan.front.backoffice.choices import LONGEST_NOTE, Problems
from divan.front.texts.answers import problem_text
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN, InvalidDate, parse_jalali


def referral_fields(
    post: UUID, now: datetime, language: str, *, sent: QueryDict | None = None, problems: Problems | None = None
) -> list[Field]:
    """Return the questions of a referral: to whom (held posts of the same body), what, and until when."""
    found = people.get_post(post)
    colleagues = [one for one in people.list_posts_of_body(found.unit.body_code) if one.uuid != post]
    holders = people.holders_of([one.uuid for one in colleagues], now)
    options = [
        Option(str(one.uuid), f"{one.title(language)} – {holders[one.uuid].full_name}")
        for one in colleagues
        if one.uuid in holders
    ]
    if not options:
        return []
    wrong = problems or {}

    def errors(part: str) -> list[str]:
        return [wrong[part]] if part in wrong else []

    typed = sent if sent is not None else QueryDict()
    return [
        Field(
            "to",
            "select",
            _("To whom?"),
            "",
            typed.get("to", ""),
            errors("to"),
            options=[Option("", _("Choose a colleague")), *options],
        ),
        Field(
            "instruction",
            "long-text",
            _("Instruction"),
            _("What is to be looked at or answered? The case stays with you."),
            typed.get("instruction", ""),
            errors("instruction"),
            attributes={"rows": "3", "maxlength": str(LONGEST_NOTE)},
        ),
        Field("due", "date", _("Answer until"), "", read_date(typed, "due"), errors("due"), required=False),
    ]


def read_referral(
    sent: QueryDict, fields: list[Field], now: datetime
) -> tuple[UUID | None, datetime | None, dict[str, str]]:
    """Return the post, the end of the day until which to answer, and what is wrong by the name of the field."""
    problems: dict[str, str] = {}
    known = {option.value for field in fields if field.name == "to" for option in field.options if option.value}
    to = sent.get("to", "")
    if to not in known:
        problems["to"] = _("Choose a colleague.")
    instruction = sent.get("instruction", "").strip()
    if not instruction:
        problems["instruction"] = _("Write what your colleague is to do.")
    elif len(instruction) > LONGEST_NOTE:
        problems["instruction"] = problem_text("answers.too-long", {"maximum": LONGEST_NOTE})
    due_at, typed = None, read_date(sent, "due")
    if typed:
        try:
            due_at = datetime.combine(parse_jalali(typed), time.max, TEHRAN)
        except InvalidDate:
            problems["due"] = problem_text("answers.date.invalid", {})
        else:
            if due_at <= now:
                problems["due"] = problem_text("answers.date.in-past", {})
    return (UUID(to) if to in known else None), due_at, problems
