"""A letter written down by hand in YAML, with its files beside it, for the command line and for trying out.

All values are text, so nothing is guessed on the way: a number keeps its zeros, a date its calendar.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from divan_libs.ece.contents import Content
from divan_libs.ece.errors import EceRefusal
from divan_libs.ece.moments import read_moment
from divan_libs.ece.sniffing import part_of
from divan_libs.ece.values import (
    Classification,
    ClassificationLevel,
    Letter,
    Moment,
    Part,
    Party,
    Priority,
    PriorityLevel,
    Receiver,
    ReceiveType,
    RelatedLetter,
    RelationKind,
    Software,
)

_MOST_BYTES = 1024 * 1024
_RECEIVE = {"main": ReceiveType.MAIN, "copy": ReceiveType.COPY}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PartyDraft(_Strict):
    """Who sends, or sent a related letter."""

    organization: str = ""
    department: str = ""
    position: str = ""
    name: str = ""
    code: str = ""


class ReceiverDraft(PartyDraft):
    """Who receives; ``receive`` is ``main`` or ``copy``."""

    receive: Annotated[str, Field(pattern="^(main|copy)$")] = "main"


class RelatedDraft(_Strict):
    """A letter that this one answers (``reply``) or continues (``follow-up``)."""

    kind: RelationKind
    number: str
    dated: str = ""
    sender: PartyDraft = PartyDraft()


class FileDraft(_Strict):
    """A file, named from the folder of the draft."""

    file: str
    description: str = ""


class LetterDraft(_Strict):
    """A letter as one writes it down."""

    sender: PartyDraft
    receivers: tuple[ReceiverDraft, ...]
    number: str
    dated: str
    subject: str
    origins: tuple[FileDraft, ...]
    attachments: tuple[FileDraft, ...] = ()
    related: tuple[RelatedDraft, ...] = ()
    priority: PriorityLevel = PriorityLevel.NORMAL
    classification: ClassificationLevel = ClassificationLevel.NORMAL
    keywords: tuple[str, ...] = ()


def read_draft(path: Path, *, software: Software) -> Letter:
    """Return the letter that a draft describes.

    :raises EceRefusal: ``ece.draft.unreadable`` for what is no such YAML, naming each wrong field;
        ``ece.draft.file`` for a file that cannot be read.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES)
        # The loader that knows strings, lists and mappings alone, and makes no object of anything.
        draft = LetterDraft.model_validate(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 (see above)
    except ValidationError as wrong:
        fields = [".".join(map(str, error["loc"])) for error in wrong.errors()]
        raise EceRefusal("ece.draft.unreadable", fields=fields) from wrong
    except (OSError, yaml.YAMLError, UnicodeDecodeError, RecursionError) as broken:
        raise EceRefusal("ece.draft.unreadable", reason=str(broken).splitlines()[0]) from broken
    return Letter(
        software=software,
        sender=Party(**draft.sender.model_dump()),
        receivers=tuple(
            Receiver(**one.model_dump(exclude={"receive"}), receive_type=_RECEIVE[one.receive])
            for one in draft.receivers
        ),
        letter_no=draft.number,
        written_at=_dated(draft.dated),
        subject=draft.subject,
        origins=tuple(_part(path.parent, one) for one in draft.origins),
        attachments=tuple(_part(path.parent, one) for one in draft.attachments),
        related=tuple(_related(one) for one in draft.related),
        priority=Priority(level=draft.priority),
        classification=Classification(level=draft.classification),
        keywords=draft.keywords,
    )


def _related(draft: RelatedDraft) -> RelatedLetter:
    return RelatedLetter(
        kind=draft.kind,
        letter_no=draft.number,
        dated=_dated(draft.dated) if draft.dated else None,
        sender=Party(**draft.sender.model_dump()),
    )


def _dated(text: str) -> Moment:
    return read_moment(text, None)


def _part(folder: Path, draft: FileDraft) -> Part:
    try:
        return part_of(Content.of_file(folder / draft.file), description=draft.description)
    except (OSError, ValueError) as unreadable:
        raise EceRefusal("ece.draft.file", file=draft.file) from unreadable
