"""What drafts tell: whose they are, their versions and remarks, their way to signature, and who may not read them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.contents import content_of, step_of
from divan.dealings.correspondence.queries.letters import SECRETARIAT_ROLE, letter_of, letters_for
from divan.dealings.correspondence.queries.numbers import number_key
from divan.dealings.correspondence.queries.secretariats import may_edit_on_the_way
from divan.dealings.correspondence.values import (
    Direction,
    DraftMarks,
    DraftVersion,
    Letter,
    LetterContent,
    LetterState,
    LetterStep,
    LetterUnknown,
    OpenStep,
    PaperSize,
    RelationKind,
    Remark,
    Route,
    RouteStep,
    Secrecy,
    StepKind,
    StepState,
    StepUnknown,
)
from divan.registers.people import queries as people
from divan.registers.people.values import Post

MOST_DRAFTS = 200


def drafts_of(post: Post, at: datetime) -> QuerySet[models.Letter]:
    """Return the drafts of a post, under way or not, as far as its clearance opens them."""
    return letters_for(post, at).filter(drafter_post=post.uuid, state__in=(LetterState.DRAFT, LetterState.CIRCULATING))


def list_drafts(post: Post, at: datetime) -> list[Letter]:
    """Return the drafts of a post, newest first, 200 at most."""
    return [letter_of(row) for row in drafts_of(post, at).order_by("-id")[:MOST_DRAFTS]]


def get_draft(letter: UUID, post: Post, at: datetime) -> LetterContent:
    """Return all that a draft holds, for the post that writes it.

    :raises LetterUnknown: if there is none, or it is written in another post.
    """
    if not letters_for(post, at).filter(uuid=letter, drafter_post=post.uuid).exists():
        raise LetterUnknown
    return content_of(letter)


def marks_of(content: LetterContent) -> DraftMarks:
    """Return what is noted of a letter beside its words."""
    letter = content.letter
    return DraftMarks(
        direction=Direction(letter.direction),
        kind=letter.kind,
        secrecy=letter.secrecy,
        urgency=letter.urgency,
        keywords=letter.keywords,
        deadline_at=letter.deadline_at,
        paper_size=PaperSize(str(content.paper.get("size", PaperSize.A4))),
        archive_class=str(content.paper.get("class", "")),
    )


def list_versions(letter: UUID) -> list[DraftVersion]:
    """Return the versions of a letter, newest first."""
    rows = models.LetterVersion.objects.filter(letter__uuid=letter).order_by("-version")
    return [
        DraftVersion(
            version=row.version,
            subject=row.subject,
            body_html=row.body_html,
            author=row.author,
            author_post=row.author_post,
            written_at=row.written_at,
        )
        for row in rows
    ]


def list_remarks(letter: UUID) -> list[Remark]:
    """Return the remarks on a letter, oldest first."""
    rows = models.Remark.objects.filter(letter__uuid=letter).order_by("id")
    return [
        Remark(
            uuid=row.uuid,
            version=row.version,
            author=row.author,
            author_post=row.author_post,
            quote=row.quote,
            text=row.text,
            written_at=row.written_at,
            settled_at=row.settled_at,
        )
        for row in rows
    ]


def steps_of_round(letter: models.Letter) -> list[models.LetterStep]:
    """Return the steps of the newest round of a letter, in their order."""
    newest = models.LetterStep.objects.filter(letter=letter).order_by("-round").values_list("round", flat=True).first()
    rows = models.LetterStep.objects.select_related("letter").filter(letter=letter, round=newest or 0)
    return list(rows.order_by("rank", "id"))


def route_of(content: LetterContent) -> Route:
    """Return the way that a letter goes, or will go once it is started again: the steps of its newest round."""
    newest = max((step.round for step in content.steps), default=0)
    steps = [step for step in content.steps if step.round == newest]
    ranks = {step.rank for step in steps if step.kind is StepKind.SIGNATURE}
    signatures = sum(step.kind is StepKind.SIGNATURE for step in steps)
    return Route(
        steps=tuple(RouteStep(kind=step.kind, post=step.post) for step in steps),
        any_order=signatures > 1 and len(ranks) == 1,
    )


def open_step_of(letter: UUID, post: UUID) -> LetterStep | None:
    """Return the paraph or signature of a letter that waits for a post, or None."""
    rows = models.LetterStep.objects.select_related("letter").filter(letter__uuid=letter, post_uuid=post)
    row = rows.filter(state=StepState.OPEN).first()
    return step_of(row) if row else None


def get_open_step(step: UUID, post: Post, at: datetime) -> OpenStep:
    """Return a step that waits for a post, with what acting on it will do.

    :raises StepUnknown: if there is none, it does not wait any more, or it is another post's.
    """
    rows = models.LetterStep.objects.select_related("letter")
    row = rows.filter(uuid=step, post_uuid=post.uuid, state=StepState.OPEN).first()
    if row is None or not letters_for(post, at).filter(id=row.letter_id).exists():
        raise StepUnknown
    others = [one for one in steps_of_round(row.letter) if one.id != row.id and one.kind == StepKind.SIGNATURE]
    is_signature = row.kind == StepKind.SIGNATURE
    return OpenStep(
        step=step_of(row),
        version=row.letter.version,
        is_first_signature=is_signature and all(one.state != StepState.DONE for one in others),
        is_last=is_signature and all(one.state == StepState.DONE for one in others),
        is_numbered=row.letter.state == LetterState.NUMBERED,
    )


def find_step(step: UUID) -> LetterStep | None:
    """Return a step in whatever state, or None."""
    row = models.LetterStep.objects.select_related("letter").filter(uuid=step).first()
    return step_of(row) if row else None


def clearances_of(posts: Iterable[UUID], at: datetime) -> dict[UUID, Secrecy]:
    """Return the clearances of posts at a moment; those without one are absent."""
    rows = models.Clearance.objects.filter(post_uuid__in=list(posts), starts_at__lte=at).exclude(ends_at__lte=at)
    return {row.post_uuid: Secrecy(row.secrecy) for row in rows.order_by("starts_at")}


def list_uncleared(posts: Iterable[UUID], secrecy: Secrecy, at: datetime) -> list[Post]:
    """Return which of these posts are not cleared for a class of secrecy, in their order."""
    asked = list(dict.fromkeys(posts))
    if secrecy is Secrecy.ORDINARY:
        return []
    cleared = clearances_of(asked, at)
    below = [one for one in asked if cleared.get(one, Secrecy.ORDINARY).rank < secrecy.rank]
    known = people.find_posts(below)
    return [known[one] for one in below if one in known]


def propose_route(post: Post, at: datetime) -> Route:
    """Return the route that the newest letter of a post took as far as its posts are held, or that of the chart.

    By the chart the superiors of the post in its body paraph upward, and the highest of them signs.
    """
    rows = letters_for(post, at).filter(drafter_post=post.uuid).exclude(state__in=(LetterState.DRAFT, "discarded"))
    newest = rows.order_by("-id").first()
    steps = steps_of_round(newest) if newest else []
    held = people.holders_of([step.post_uuid for step in steps], at)
    kept = [step for step in steps if step.post_uuid in held]
    signatures = [step.rank for step in kept if step.kind == StepKind.SIGNATURE]
    if not signatures:
        return _by_chart(post, at)
    return Route(
        steps=tuple(RouteStep(kind=StepKind(step.kind), post=step.post_uuid) for step in kept),
        any_order=len(signatures) > 1 and len(set(signatures)) == 1,
    )


def _by_chart(post: Post, at: datetime) -> Route:
    above = [one.uuid for one in people.superiors_of(post.uuid, inside=True)]
    held = people.holders_of(above, at)
    # Who holds two of the posts above is asked once, in the nearer.
    once = {held[one].uuid: one for one in reversed(above) if one in held}
    chain = [one for one in above if one in once.values()] or [post.uuid]
    paraphs = [RouteStep(kind=StepKind.PARAPH, post=one) for one in chain[:-1]]
    return Route(steps=(*paraphs, RouteStep(kind=StepKind.SIGNATURE, post=chain[-1])))


def list_letters_relating(letter: UUID, post: Post, at: datetime) -> list[tuple[RelationKind, Letter]]:
    """Return the letters that refer to a letter and have a number, as far as a post may read them, oldest first."""
    rows = models.Relation.objects.filter(other__uuid=letter).order_by("id").values_list("kind", "letter_id")
    kinds = {row_id: RelationKind(kind) for kind, row_id in rows}
    readable = letters_for(post, at).filter(id__in=kinds).exclude(state__in=models.UNNUMBERED).order_by("id")
    return [(kinds[row.id], letter_of(row)) for row in readable]


def is_revoked(letter: UUID) -> bool:
    """Whether a letter that is signed revokes this one; known to everybody who may read this one."""
    rows = models.Relation.objects.filter(other__uuid=letter, kind=RelationKind.REVOKES)
    return rows.exclude(letter__state__in=(*models.UNNUMBERED, LetterState.NUMBERED)).exists()


def may_edit_in_step(letter: UUID) -> bool:
    """Whether who paraphs or signs may change the words, which a secretariat sets, or has to return the letter."""
    row = models.Letter.objects.select_related("secretariat").filter(uuid=letter).first()
    if row is None or row.state != LetterState.CIRCULATING:
        return False
    return row.secretariat is None or may_edit_on_the_way(row.secretariat.settings)


def may_put_scan(post: Post, letter: Letter) -> bool:
    """Whether a post records that a letter was signed by hand: who writes it, or the secretariat of its body."""
    keeps = post.role == SECRETARIAT_ROLE and post.unit.body_uuid == letter.body_uuid
    waits = letter.signed_by_hand and letter.state is LetterState.NUMBERED and letter.scan_uuid is None
    return waits and (keeps or letter.drafter_post == post.uuid)


def list_readable(uuids: Iterable[UUID], post: Post, at: datetime) -> frozenset[UUID]:
    """Return which of these letters a post may read."""
    return frozenset(letters_for(post, at).filter(uuid__in=list(uuids)).values_list("uuid", flat=True))


def search_own_letters(text: str, post: Post, at: datetime, *, limit: int = 20) -> list[Letter]:
    """Return the numbered letters a post may read whose number is this in any spelling, ours or theirs, newest first.

    A bare count finds every letter with it; the parts of a number are found in either direction, as Persian pages turn
    them round.
    """
    key = number_key(text)
    if not key:
        return []
    parts = [part for part in re.split(r"[/\\\-_.–]+", key) if part]
    counts = [int(part) for part in parts if part.isdigit() and len(part) < 9]
    known = letters_for(post, at).exclude(state__in=models.UNNUMBERED)
    books = list(models.Register.objects.filter(body__uuid=post.unit.body_uuid).values_list("id", flat=True))
    years = models.RegisterYear.objects.filter(register_id__in=books).values_list("year", flat=True).distinct()
    ours = Q(register_id__in=books, year__in=list(years), count__in=counts)
    theirs = Q(their_number__in={key, text.strip()[:60], "/".join(reversed(parts))[:60]})
    rows = known.filter(ours | theirs).order_by("-registered_at", "-id")[: limit * 5]
    fits = [row for row in rows if _is_numbered(row, key, parts)]
    return [letter_of(row) for row in fits[:limit]]


def _is_numbered(row: models.Letter, key: str, parts: list[str]) -> bool:
    if row.their_number and number_key(row.their_number) in {key, "/".join(reversed(parts))}:
        return True
    if len(parts) == 1:
        return str(row.count) == parts[0].lstrip("0")
    written = [part for part in re.split(r"[/\\\-_.–]+", number_key(row.number)) if part]
    plain = [row.register.code if row.register else "", str(row.year), str(row.count)]
    return any(parts in (one, one[::-1]) for one in (written, plain))
