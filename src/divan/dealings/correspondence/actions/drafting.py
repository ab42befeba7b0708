"""Drafts: begun, saved without ever losing what somebody wrote, copied, and given up."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.numbering import unit_row
from divan.dealings.correspondence.actions.parts import name_recipients, put_files, relate_letter
from divan.dealings.correspondence.actions.reading import note_reader
from divan.dealings.correspondence.actions.referring import acting_post
from divan.dealings.correspondence.actions.worklist import finish_work
from divan.dealings.correspondence.values import (
    DraftMarks,
    DraftText,
    IntakeFile,
    Letter,
    LetterNotDraft,
    LetterState,
    LetterUnknown,
    RecipientLine,
    RecipientRole,
    SavedDraft,
    Secrecy,
    SecrecyTooHigh,
    TemplateLines,
    kinds,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people.values import Post, PostNotHeld
from divan_libs.persian.text import normalize, search_text
from divan_libs.richtext.cleaning import clean, plain_text

LONGEST_KEYWORD = 60
MOST_KEYWORDS = 20


def own_draft(letter: UUID, *, actor: Actor, now: datetime) -> models.Letter:
    """Return the locked row of a draft that the actor writes, in the running transaction.

    :raises PostNotHeld: if the actor does not hold the post in which it is written, now.
    :raises LetterUnknown: if there is no such draft of that post.
    :raises LetterNotDraft: if it is on its way, numbered or given up.
    """
    row = drafter_row(letter, actor=actor, now=now)
    if row.state != LetterState.DRAFT:
        raise LetterNotDraft(state=row.state)
    return row


def drafter_row(letter: UUID, *, actor: Actor, now: datetime) -> models.Letter:
    """Return the locked row of a letter, in whatever state, that was written in the actor's post.

    :raises PostNotHeld: if the actor does not hold that post now.
    :raises LetterUnknown: if there is no such letter of that post, or the post's clearance does not open it.
    """
    post = acting_post(actor, now)
    row = models.Letter.objects.select_for_update(of=("self",)).filter(uuid=letter, drafter_post=post.uuid).first()
    if row is None or Secrecy(row.secrecy) not in queries.readable_by(post, now):
        raise LetterUnknown
    return row


def require_cleared(post: Post, secrecy: Secrecy, now: datetime) -> None:
    """Refuse a class of secrecy that is above the clearance of a post, or above what its substitute may read.

    :raises SecrecyTooHigh: as said.
    """
    if secrecy not in queries.readable_by(post, now):
        raise SecrecyTooHigh


def cleaned(text: DraftText) -> DraftText:
    """Return the words of a draft as they are kept."""
    return DraftText(subject=normalize(text.subject).replace("\n", " ")[:300], body_html=clean(text.body_html))


def write_text(row: models.Letter, text: DraftText, *, actor: Actor, now: datetime) -> None:
    """Write cleaned words into a letter as its next version, which is kept; the caller saves the letter."""
    row.version += 1
    row.subject, row.body_html, row.wording = text.subject, text.body_html, plain_text(text.body_html)
    keep_version(row, row.version, text, actor=actor, now=now)


def keep_version(row: models.Letter, version: int, text: DraftText, *, actor: Actor, now: datetime) -> None:
    """Keep the words of a letter as a version of it."""
    if actor.uuid is None or actor.post is None:
        raise PostNotHeld
    kept = models.LetterVersion.objects.create(
        uuid=uuid4(),
        letter=row,
        version=version,
        subject=text.subject,
        body_html=text.body_html,
        author=actor.uuid,
        author_post=actor.post,
        written_at=now,
    )
    facts.record(kinds.VERSION_KEPT, subject=kept, actor=actor, at=now, letter=row.uuid, version=version)


def write_marks(row: models.Letter, marks: DraftMarks) -> None:
    """Write what is noted beside the words into a letter; the caller saves it."""
    words = (normalize(word).replace("\n", " ")[:LONGEST_KEYWORD] for word in marks.keywords)
    row.direction, row.kind = marks.direction, marks.kind[:40]
    row.secrecy, row.urgency = marks.secrecy, marks.urgency
    row.keywords = list(dict.fromkeys(word for word in words if word))[:MOST_KEYWORDS]
    row.deadline_at = marks.deadline_at
    row.paper = {**row.paper, "size": str(marks.paper_size)}
    if marks.archive_class or "class" in row.paper:
        row.paper["class"] = marks.archive_class[:40]


def renew_search(row: models.Letter) -> None:
    """Renew what is derived of a letter's words, keywords and recipients; the caller saves it."""
    named = models.Recipient.objects.filter(letter=row, hidden=False).order_by("position")
    parties = [(one.role, str(queries.recipient_of(one).party)) for one in named]
    row.recipient = "؛ ".join(said for role, said in parties if role == RecipientRole.MAIN)[:200]
    said = " ".join(name for _, name in parties)
    row.search_text = search_text(" ".join((row.subject, said, *row.keywords, row.wording)))


def _begun(post: Post, about: tuple[str, UUID] | None, *, actor: Actor, now: datetime) -> models.Letter:
    secretariat = queries.secretariat_for(post)
    return models.Letter(
        uuid=uuid4(),
        body=unit_row(post.unit.body_uuid),
        secretariat=models.Secretariat.objects.get(uuid=secretariat.uuid),
        drafter=actor.uuid,
        drafter_post=post.uuid,
        drafted_at=now,
        state=LetterState.DRAFT,
        about_kind=about[0] if about else "",
        about_uuid=about[1] if about else None,
    )


@transaction.atomic
def start_draft(
    *,
    text: DraftText,
    marks: DraftMarks,
    recipients: tuple[RecipientLine, ...] = (),
    letterhead: TemplateLines | None = None,
    about: tuple[str, UUID] | None = None,
    actor: Actor,
    now: datetime,
) -> Letter:
    """Begin a letter in the actor's post, with the words given as its first version.

    ``about`` is the kind and identifier of what it is about, such as a case; ``letterhead`` what a template changes.

    :raises PostNotHeld: if the actor does not hold the post now.
    :raises SecretariatUnknown: if the body of the post has no secretariat.
    :raises SecrecyTooHigh: if the class of secrecy is above the post's clearance.
    """
    post = acting_post(actor, now)
    require_cleared(post, marks.secrecy, now)
    row = _begun(post, about, actor=actor, now=now)
    write_marks(row, marks)
    if letterhead is not None:
        lines = {name: getattr(letterhead, name) for name in letterhead.__slots__ if getattr(letterhead, name)}
        row.paper = {**row.paper, "letterhead": lines}
    row.save()
    write_text(row, cleaned(text), actor=actor, now=now)
    name_recipients(row, recipients, actor=actor, now=now)
    renew_search(row)
    row.save()
    note_reader(row, post.uuid, now)
    facts.record(kinds.LETTER_DRAFTED, subject=row, actor=actor, at=now, letter_kind=row.kind)
    return queries.get_letter(row.uuid)


@transaction.atomic
def save_draft(
    *, letter: UUID, seen: int, text: DraftText, marks: DraftMarks, actor: Actor, now: datetime
) -> SavedDraft:
    """Save a draft; ``seen`` is the version that was open while it was written.

    What somebody saved in between stays as a version, and so does this: the words become the newest version, the marks
    are left as the other one set them and ``between`` says so. Words that did not change make no version.

    :raises PostNotHeld, LetterUnknown, LetterNotDraft: as said of drafts.
    :raises SecrecyTooHigh: if the class of secrecy is above the post's clearance.
    """
    row = own_draft(letter, actor=actor, now=now)
    between = row.version if row.version != seen else None
    if between is None:
        require_cleared(acting_post(actor, now), marks.secrecy, now)
        write_marks(row, marks)
    kept = cleaned(text)
    if (kept.subject, kept.body_html) != (row.subject, row.body_html):
        write_text(row, kept, actor=actor, now=now)
    power_may_fail("draft.after-version")
    renew_search(row)
    row.save()
    facts.record(kinds.DRAFT_CHANGED, subject=row, actor=actor, at=now, version=row.version)
    return SavedDraft(version=row.version, between=between)


@transaction.atomic
def discard_draft(*, letter: UUID, actor: Actor, now: datetime) -> None:
    """Give up a draft; it stays to be read in its post, and to be copied.

    :raises PostNotHeld, LetterUnknown, LetterNotDraft: as said of drafts.
    """
    row = own_draft(letter, actor=actor, now=now)
    row.state = LetterState.DISCARDED
    row.save(update_fields=["state"])
    finish_work(about_uuid=row.uuid, actor=actor, now=now)
    facts.record(kinds.DRAFT_DISCARDED, subject=row, actor=actor, at=now)


@transaction.atomic
def copy_letter(*, letter: UUID, with_files: bool = False, actor: Actor, now: datetime) -> Letter:
    """Begin a draft with the words, marks and recipients of a letter that the actor may read.

    :raises PostNotHeld, SecretariatUnknown, SecrecyTooHigh: as when a draft is begun.
    :raises LetterUnknown: if the letter is not for the actor's post.
    """
    queries.get_letter_for(letter, acting_post(actor, now), now)
    content = queries.content_of(letter)
    marks = queries.marks_of(content)
    if marks.direction == "incoming":
        marks = DraftMarks(kind=marks.kind, secrecy=marks.secrecy, urgency=marks.urgency, keywords=marks.keywords)
    lines = [
        RecipientLine(party=one.party, role=one.role, text=one.text, hidden=one.hidden) for one in content.recipients
    ]
    begun = start_draft(
        text=DraftText(subject=content.letter.subject, body_html=content.body_html),
        marks=marks,
        recipients=tuple(lines) if content.letter.drafter_post else (),
        actor=actor,
        now=now,
    )
    row = models.Letter.objects.select_for_update(of=("self",)).get(uuid=begun.uuid)
    if content.letter.drafter_post:
        relate_letter(row, [one for one in content.relations if one.kind != "revokes"], actor=actor, now=now)
    if with_files:
        files = [one for one in content.files if one.role == "attachment"]
        kept = [IntakeFile(file_uuid=one.file_uuid, name=one.name, description=one.description) for one in files]
        put_files(row, kept, actor=actor, now=now)
    return begun
