"""A draft as questions: its words, marks and recipients, and how what was sent is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import (
    Direction,
    DraftMarks,
    DraftText,
    LetterContent,
    PaperSize,
    Recipient,
    RecipientLine,
    RecipientRole,
    Secrecy,
    TermCategory,
    Urgency,
)
from divan.foundation.ui.fields import Field, Option, read_date
from divan.front.backoffice.archive_classes import NAME as CLASS
from divan.front.backoffice.archive_classes import class_field, read_class
from divan.front.backoffice.letter_referring import read_day
from divan.front.backoffice.letter_words import read_words, words_of
from divan.front.texts.answers import problem_text
from divan.front.texts.words import word
from divan.registers.people.values import Post
from divan_libs.persian.jalali import TEHRAN
from divan_libs.persian.text import latin_digits

LONGEST_SUBJECT = 300
LONGEST_COPY_TEXT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedDraft:
    """What was typed into a draft; ``seen`` is the version that was open."""

    seen: int
    text: DraftText
    marks: DraftMarks
    lines: tuple[RecipientLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    """A recipient with its questions."""

    recipient: Recipient
    said: str
    fields: Sequence[Field]


def kinds_of(post: Post, language: str) -> dict[str, str]:
    """Return the kinds of letters that the body of a post knows, by code."""
    return {one.code: one.text(language) for one in queries.list_terms(post.unit.body_uuid, TermCategory.LETTER_KIND)}


def text_fields(text: DraftText, *, problems: Mapping[str, str]) -> list[Field]:
    """Return the questions for the words of a letter."""
    return [
        Field(
            "subject",
            "text",
            _("Subject"),
            "",
            text.subject,
            _errors(problems, "subject"),
            attributes={"maxlength": str(LONGEST_SUBJECT)},
        ),
        words_of("body", _("Text"), text.body_html, _errors(problems, "body")),
    ]


def _errors(problems: Mapping[str, str], name: str) -> list[str]:
    return [problems[name]] if name in problems else []


def kind_fields(post: Post, marks: DraftMarks, language: str) -> list[Field]:
    """Return the questions of where a letter goes and what kind it is."""
    kinds = kinds_of(post, language)
    directions = [
        Option(Direction.OUTGOING, _("Out of the body"), _("To other bodies, organizations and persons.")),
        Option(Direction.INTERNAL, _("Within the body"), _("To its own units and posts.")),
    ]
    return [
        Field("direction", "choice", _("Where does it go?"), "", str(marks.direction), options=directions),
        Field(
            "kind",
            "select",
            _("Kind of letter"),
            "",
            marks.kind,
            options=[Option(code, said) for code, said in kinds.items()],
        ),
    ]


def mark_fields(
    post: Post, marks: DraftMarks, now: datetime, language: str, *, problems: Mapping[str, str]
) -> list[Field]:
    """Return the questions for the marks of a letter; classes of secrecy above one's own are not offered."""
    readable = queries.readable_by(post, now)
    day = marks.deadline_at.astimezone(TEHRAN).date() if marks.deadline_at else ""
    return [
        Field(
            "secrecy",
            "select",
            _("Class of secrecy"),
            "",
            str(marks.secrecy),
            _errors(problems, "secrecy"),
            options=[Option(str(one), word("secrecy", one)) for one in readable],
        ),
        Field(
            "urgency",
            "select",
            _("Urgency"),
            "",
            str(marks.urgency),
            options=[Option(str(one), word("urgency", one)) for one in Urgency],
        ),
        Field("deadline", "date", _("To be dealt with until"), "", day, _errors(problems, "deadline"), required=False),
        Field("keywords", "text", _("Keywords"), _("Parted by commas."), _(", ").join(marks.keywords), required=False),
        Field(
            "paper",
            "select",
            _("Paper"),
            "",
            str(marks.paper_size),
            options=[Option(PaperSize.A4, "A4"), Option(PaperSize.A5, "A5")],
        ),
        *class_field(post.unit.body_uuid, marks.archive_class, language, _errors(problems, CLASS)),
    ]


def recipient_rows(recipients: Sequence[Recipient], sent: QueryDict | None = None) -> list[RecipientRow]:
    """Return the recipients of a draft with their questions, as they were typed where something was sent."""
    return [_row(position, one, sent) for position, one in enumerate(recipients, start=1)]


def _row(position: int, one: Recipient, sent: QueryDict | None) -> RecipientRow:
    key = f"r-{one.uuid}"
    typed = sent if sent is not None and f"{key}-role" in sent else None
    roles = [Option(str(role), word("recipient-role", role)) for role in RecipientRole]
    marks = [Option("hidden", _("Not printed"), ""), Option("remove", _("Take off"), "")]
    given = ["hidden"] if one.hidden else []
    fields = [
        Field(
            f"{key}-role",
            "select",
            _("Gets"),
            "",
            typed.get(f"{key}-role", "") if typed else str(one.role),
            options=roles,
        ),
        Field(
            f"{key}-text",
            "text",
            _("What the copy is for"),
            "",
            typed.get(f"{key}-text", "") if typed else one.text,
            required=False,
            attributes={"maxlength": str(LONGEST_COPY_TEXT)},
        ),
        Field(f"{key}-place", "number", _("Place"), "", typed.get(f"{key}-place", "") if typed else str(position)),
        Field(
            f"{key}-marks",
            "choices",
            _("More"),
            "",
            typed.getlist(f"{key}-marks") if typed else given,
            required=False,
            options=marks,
        ),
    ]
    return RecipientRow(recipient=one, said=str(one.party), fields=fields)


def read_draft(
    sent: QueryDict, content: LetterContent, post: Post, now: datetime, language: str
) -> tuple[TypedDraft, dict[str, str]]:
    """Return what was typed into a draft, and what is wrong with it by the name of the field."""
    problems: dict[str, str] = {}
    subject = sent.get("subject", "")
    if len(subject) > LONGEST_SUBJECT:
        problems["subject"] = problem_text("answers.too-long", {"maximum": LONGEST_SUBJECT})
    body, problem = read_words(sent, "body", kept=content.body_html)
    if problem:
        problems["body"] = problem
    marks, wrong = _read_marks(sent, queries.marks_of(content), post, now, language)
    typed = TypedDraft(
        seen=_whole(sent.get("seen", "")),
        text=DraftText(subject=subject, body_html=body),
        marks=marks,
        lines=read_lines(sent, content.recipients),
    )
    return typed, {**problems, **wrong}


def _whole(text: str) -> int:
    plain = latin_digits(text.strip())
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 7 else 0


def _read_marks(
    sent: QueryDict, before: DraftMarks, post: Post, now: datetime, language: str
) -> tuple[DraftMarks, dict[str, str]]:
    problems: dict[str, str] = {}
    secrecy = sent.get("secrecy", "")
    known = {str(one): one for one in Secrecy}
    if secrecy not in known:
        problems["secrecy"] = _("Choose the class of secrecy.")
    deadline, problem = _read_deadline(sent, before, now)
    if problem:
        problems["deadline"] = problem
    archive_class, problem = read_class(post.unit.body_uuid, sent.get(CLASS, ""), before.archive_class)
    if problem:
        problems[CLASS] = problem
    kind = sent.get("kind", "letter")
    keywords = sent.get("keywords", "").replace(_(", ").strip(), ",").split(",")
    marks = DraftMarks(
        direction=Direction.INTERNAL if sent.get("direction") == Direction.INTERNAL else Direction.OUTGOING,
        kind=kind if kind in kinds_of(post, language) or kind == before.kind else "letter",
        secrecy=known.get(secrecy, before.secrecy),
        urgency=next((one for one in Urgency if one == sent.get("urgency")), Urgency.ORDINARY),
        keywords=tuple(word for word in (one.strip() for one in keywords) if word),
        deadline_at=deadline,
        paper_size=PaperSize.A5 if sent.get("paper") == PaperSize.A5 else PaperSize.A4,
        archive_class=archive_class,
    )
    return marks, problems


def _read_deadline(sent: QueryDict, before: DraftMarks, now: datetime) -> tuple[datetime | None, str]:
    """Return the day that was typed; one that stood there already may be past by now."""
    at, problem = read_day(sent, "deadline", now)
    if problem and before.deadline_at is not None:
        kept = Field("deadline", "date", "", "", before.deadline_at.astimezone(TEHRAN).date()).date_parts
        if "/".join(kept) == latin_digits(read_date(sent, "deadline")):
            return before.deadline_at, ""
    return at, problem


def read_lines(sent: QueryDict, recipients: Sequence[Recipient]) -> tuple[RecipientLine, ...]:
    """Return the recipients as they were typed, in their order, without those taken off."""
    placed = []
    for position, one in enumerate(recipients, start=1):
        key = f"r-{one.uuid}"
        line = RecipientLine(party=one.party, role=one.role, text=one.text, hidden=one.hidden)
        if f"{key}-role" in sent:
            marks = set(sent.getlist(f"{key}-marks"))
            if "remove" in marks:
                continue
            is_copy = sent.get(f"{key}-role") == RecipientRole.COPY
            text = sent.get(f"{key}-text", "").strip()[:LONGEST_COPY_TEXT]
            role = RecipientRole.COPY if is_copy else RecipientRole.MAIN
            line = replace(line, role=role, text=text, hidden="hidden" in marks)
        placed.append((_whole(sent.get(f"{key}-place", "")) or position, position, line))
    return tuple(line for _place, _position, line in sorted(placed, key=lambda one: one[:2]))


def letter_uuid(text: str) -> UUID | None:
    """Return the identifier in an address, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
