"""The part of a letter's page that shows what it says: recipients, references, words and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import LetterState, Recipient, RelationLine
from divan.front.backoffice.letter_parts.composing import Part, Reading
from divan.front.texts.words import word


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRelation:
    """A reference with the letter it leads to, where that may be read."""

    said: str
    line: RelationLine
    leads_to: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRecipient:
    """A recipient in words."""

    recipient: Recipient
    said: str
    role: str


def build(reading: Reading) -> Mapping[str, object] | None:
    """Return what a letter says; nothing for one without words, recipients or files of its own."""
    content = reading.content
    letter = content.letter
    relations = _relations(reading)
    pointing = queries.list_letters_relating(letter.uuid, reading.post, reading.now)
    is_erased = queries.erased_at(letter.uuid) is not None
    says = content.body_html or (content.files and not is_erased)
    if not (says or content.recipients or relations or pointing):
        return None
    is_unsigned = letter.state in {LetterState.DRAFT, LetterState.CIRCULATING, LetterState.DISCARDED}
    return {
        "letter": letter,
        "html": content.body_html,
        "wording": content.wording if not content.body_html and letter.secretariat_uuid else "",
        "recipients": [
            ShownRecipient(recipient=one, said=str(one.party), role=word("recipient-role", one.role))
            for one in content.recipients
            if not one.hidden or letter.drafter_post == reading.post.uuid
        ],
        "relations": relations,
        "pointing": [(word("letter-relation", kind), other) for kind, other in pointing],
        "is_erased": is_erased,
        "is_revoked": queries.is_revoked(letter.uuid),
        "files": () if is_erased else content.files,
        "own_step": queries.open_step_of(letter.uuid, reading.post.uuid),
        "previews": letter.drafter_post is not None and letter.document_uuid is None and bool(content.body_html),
        "may_copy": bool(content.body_html) and not is_erased,
        "may_answer": not is_unsigned and not is_erased and letter.direction != "outgoing",
        "may_revoke": letter.drafter_post is not None and letter.state in {"signed", "filed", "dispatched", "closed"},
    }


def _relations(reading: Reading) -> list[ShownRelation]:
    others = [one.other for one in reading.content.relations if one.other is not None]
    readable = queries.list_readable(others, reading.post, reading.now)
    return [
        ShownRelation(
            said=word("letter-relation", one.kind), line=one, leads_to=one.other if one.other in readable else None
        )
        for one in reading.content.relations
    ]


PART = Part(template="paper", build=build)
