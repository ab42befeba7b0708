"""Referring a letter (ارجاع) as questions: to whom, for what, until when; and what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import (
    LONGEST_REPORT,
    Letter,
    ReceiverNotCleared,
    ReferralAgainstChart,
    ReferralWaits,
    TermCategory,
)
from divan.foundation.errors import Refusal
from divan.foundation.ui.fields import Field, Option, read_date
from divan.foundation.ui.refusals import text_of
from divan.front.texts.answers import problem_text
from divan.front.texts.letters.referrals import WORDS
from divan.front.texts.words import word
from divan.registers.people import queries as people
from divan.registers.people.values import Post
from divan_libs.persian.jalali import TEHRAN, InvalidDate, parse_jalali
from divan_libs.persian.text import search_text

Problems = Mapping[str, str]

SEARCHED = 30
"""A body with more posts than this looks for receivers by a part of their name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedReferral:
    """What was typed into the form of a referral, read."""

    to_posts: tuple[UUID, ...]
    instruction: str
    note: str
    due_at: datetime | None
    secret: bool
    hidden: bool
    copy: bool
    ends_own: bool


def terms_of(post: Post, category: TermCategory, language: str) -> dict[str, str]:
    """Return the words of a category in a language, by code: the body's own, or those that the house begins with."""
    found = queries.find_terms(post.unit.body_uuid, category)
    if not found:
        return {code: str(text) for code, text in WORDS[str(category)].items()}
    return {code: (en if language == "en" and en else fa) for code, (fa, en) in found.items()}


def term_text(post: Post, category: TermCategory, code: str, language: str) -> str:
    """Return one word of a category; what is no longer among a body's terms is said as the house says it."""
    return terms_of(post, category, language).get(code) or (word(str(category), code) if code else "")


def referral_fields(
    letter: Letter | None,
    post: Post,
    now: datetime,
    language: str,
    *,
    has_own: bool,
    sent: QueryDict | None = None,
    looked_for: str = "",
    problems: Problems | None = None,
) -> list[Field]:
    """Return the questions of a referral; none where the chart lets this post refer to nobody.

    Without a letter they are those of several letters at once.
    """
    typed = sent if sent is not None else QueryDict()
    chosen = typed.getlist("to")
    options = receiver_options(letter, post, now, language, looked_for=looked_for, keep=chosen)
    if not options and not looked_for:
        return []
    wrong = problems or {}

    def errors(part: str) -> list[str]:
        return [wrong[part]] if part in wrong else []

    instructions = terms_of(post, TermCategory.INSTRUCTION, language)
    marks = [
        Option("copy", _("For information only"), _("They read it and report nothing.")),
        Option("secret", _("The note is private"), _("Only you and the receiver read it and the report.")),
        Option("hidden", _("Others who got it do not see this referral"), ""),
    ]
    if has_own:
        marks.append(Option("ends-own", _("I am done with it"), _("Your own referral ends; reports come to you.")))
    return [
        Field("to", "choices", _("To whom?"), "", chosen, errors("to"), options=options),
        *_group_fields(letter, post, now, typed),
        Field(
            "instruction",
            "select",
            _("For what?"),
            "",
            typed.get("instruction", ""),
            errors("instruction"),
            options=[Option(code, text) for code, text in instructions.items()],
        ),
        words_field("note", _("Note"), typed.get("note", ""), errors("note"), required=False),
        Field("due", "date", _("Until"), "", read_date(typed, "due"), errors("due"), required=False),
        Field("marks", "choices", _("How?"), "", typed.getlist("marks"), errors("marks"), False, options=marks),
    ]


def _group_fields(letter: Letter | None, post: Post, now: datetime, typed: QueryDict) -> list[Field]:
    """Return the question for groups of recipients: of each group the posts to which this post may refer the letter.

    The value of a group is those posts, so that what is sent is exactly what was offered.
    """
    receivers = {one.uuid: one for one in queries.list_receivers(post)}
    shut = set(queries.posts_not_cleared(letter, receivers, now)) if letter else set()
    options = []
    for group in queries.list_groups(post.unit.body_uuid):
        posts = [one.uuid for one in group.members if one.uuid in receivers and one.uuid not in shut]
        if posts:
            names = _(", ").join(receivers[one].title(get_language() or "fa") for one in posts)
            options.append(Option(",".join(map(str, posts)), group.name, names))
    if not options:
        return []
    return [
        Field("groups", "choices", _("To a whole group?"), "", typed.getlist("groups"), required=False, options=options)
    ]


def words_field(
    name: str, label: str, typed: str, errors: list[str], *, hint: str = "", required: bool = True, rows: int = 3
) -> Field:
    """Return a question that is answered in words."""
    attributes = {"rows": str(rows), "maxlength": str(LONGEST_REPORT)}
    return Field(name, "long-text", label, hint, typed, errors, required, attributes=attributes)


def receiver_options(
    letter: Letter | None, post: Post, now: datetime, language: str, *, looked_for: str = "", keep: Iterable[str] = ()
) -> list[Option]:
    """Return the posts that this post may refer a letter to, with their holders; who is not cleared for it is left out.

    In a large body only those that fit what was looked for stand there, and those already chosen.
    """
    receivers = queries.list_receivers(post)
    shut = set(queries.posts_not_cleared(letter, [one.uuid for one in receivers], now)) if letter else set()
    holders = people.holders_of([one.uuid for one in receivers], now)
    kept, needle = set(keep), search_text(looked_for)
    options = []
    for one in receivers:
        holder = holders[one.uuid].full_name if one.uuid in holders else _("vacant")
        label = f"{one.title(language)} – {holder}"
        found = needle in search_text(f"{label} {one.unit.name(language)}") if needle else len(receivers) <= SEARCHED
        if one.uuid not in shut and (found or str(one.uuid) in kept):
            options.append(Option(str(one.uuid), label, "" if one.unit == post.unit else one.unit.name(language)))
    return options


def is_large(post: Post) -> bool:
    """Whether the receivers of a post are so many that one looks for them."""
    return len(queries.list_receivers(post)) > SEARCHED


def read_referral(sent: QueryDict, fields: list[Field], now: datetime) -> tuple[TypedReferral, dict[str, str]]:
    """Return what was typed, and what is wrong with it by the name of the field."""
    problems: dict[str, str] = {}
    options = {field.name: {option.value for option in field.options} for field in fields}
    chosen = [one for one in sent.getlist("to") if one in options.get("to", set())]
    for group in sent.getlist("groups"):
        chosen += group.split(",") if group in options.get("groups", set()) else []
    chosen = list(dict.fromkeys(chosen))
    if not chosen:
        problems["to"] = _("Choose one receiver at least.")
    instruction = sent.get("instruction", "")
    if instruction not in options.get("instruction", set()):
        problems["instruction"] = _("Choose what it is for.")
    note = sent.get("note", "")
    if len(note) > LONGEST_REPORT:
        problems["note"] = problem_text("answers.too-long", {"maximum": LONGEST_REPORT})
    due_at, problem = read_day(sent, "due", now)
    if problem:
        problems["due"] = problem
    marks = set(sent.getlist("marks"))
    typed = TypedReferral(
        to_posts=tuple(UUID(one) for one in chosen),
        instruction=instruction,
        note=note,
        due_at=due_at,
        secret="secret" in marks,
        hidden="hidden" in marks,
        copy="copy" in marks,
        ends_own="ends-own" in marks,
    )
    return typed, problems


def read_day(sent: QueryDict, name: str, now: datetime, *, required: bool = False) -> tuple[datetime | None, str]:
    """Return the end of the day that was typed in Jalali, and what is wrong with it."""
    typed = read_date(sent, name)
    if not typed:
        return None, _("Choose a day.") if required else ""
    try:
        moment = datetime.combine(parse_jalali(typed), time.max, TEHRAN)
    except InvalidDate:
        return None, problem_text("answers.date.invalid", {})
    return (moment, "") if moment > now else (None, problem_text("answers.date.in-past", {}))


def refused_receivers(refusal: Refusal, language: str) -> dict[str, str]:
    """Return what a refusal means on the form: with the names of the receivers that it concerns."""
    text = text_of(refusal)
    if not isinstance(refusal, (ReferralAgainstChart, ReceiverNotCleared, ReferralWaits)):
        return {"to": str(text)}
    named = refusal.facts.get("posts")
    posts = people.find_posts(named if isinstance(named, list) else [])
    names = _(", ").join(one.title(language) for one in posts.values())
    return {"to": f"{text.title} {names}" if names else str(text)}
