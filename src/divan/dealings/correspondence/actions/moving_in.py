"""Letters of an older product are moved in under their old numbers, some at a time, as often as it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.parts import name_recipients, put_files, relate_letter
from divan.dealings.correspondence.adapters.old_letters import LONGEST_FILE, read_list
from divan.dealings.correspondence.values import (
    LETTER_MOVED_IN,
    Direction,
    IntakeFile,
    LetterState,
    MovedIn,
    OldLetter,
    Party,
    PartyKind,
    RecipientLine,
    RelationLine,
    RowFault,
)
from divan.foundation import facts, files
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN, jalali_year
from divan_libs.persian.text import search_text

AT_ONCE = 100
"""Letters entered in one transaction: what a power cut takes with it, and how long a register's year is locked."""

Progress = Callable[[str, int], None]
Registers = dict[str, models.Register]
Houses = dict[str, UUID]


def move_in_letters(
    *,
    folder: Path,
    body: str,
    only_look: bool = False,
    leave_out: bool = False,
    actor: Actor,
    now: datetime,
    progress: Progress = lambda _stage, _count: None,
) -> MovedIn:
    """Enter the letters of a folder's list into the registers of a body, under the numbers they had.

    Unless ``leave_out`` is said, one faulty line keeps all out. Each hundred letters are a transaction: after a power
    cut the same command goes on, and a letter that stands there under its number is not entered twice. Relations are
    resolved when all letters stand. The years become closed ones of their registers, counted to their highest number.

    :raises SourceUnfit: if the folder has no list that can be read.
    """
    registers = {row.code: row for row in _registers(body)}
    read, fit, fresh, faults = _look(folder, registers, now)
    if only_look or (faults and not leave_out):
        stood = len(fit) - len(fresh)
        return MovedIn(read=read, entered=0, stood=stood, related=0, missing={}, faults=tuple(faults))
    houses = {search_text(one.name_fa): one.uuid for one in people.list_bodies()}
    entered: list[OldLetter] = []
    for some in _pieces(fresh):
        refused = _enter(some, registers, houses, actor=actor, now=now)
        faults += refused
        entered += [one for one in some if one.line not in {fault.line for fault in refused}]
        progress("letters", len(some))
    related = 0
    for some in _pieces([one for one in fit if one.relations]):
        related += _relate(some, registers, actor=actor, now=now)
        progress("relations", len(some))
    return MovedIn(
        read=read,
        entered=len(entered),
        stood=len(fit) - len(fresh),
        related=related,
        missing=_missing(fit, registers),
        faults=tuple(sorted(faults, key=lambda one: one.line)),
    )


def _look(
    folder: Path, registers: Registers, now: datetime
) -> tuple[int, list[OldLetter], list[OldLetter], list[RowFault]]:
    """Return how many lines a list has, the letters that are fit, those of them that do not stand yet, and faults."""
    letters, faults = read_list(folder)
    standing = _standing(letters, registers)
    for letter in letters:
        faults += _faults(letter, registers, standing, now)
    faulty = {one.line for one in faults}
    fit = [one for one in letters if one.line not in faulty]
    read = len(letters) + len(faulty - {one.line for one in letters})
    return read, fit, [one for one in fit if _key(one) not in standing], faults


def _registers(body: str) -> list[models.Register]:
    rows = models.Register.objects.select_related("secretariat", "body").filter(body__code=body)
    return list(rows.filter(secretariat__isnull=False))


def _key(letter: OldLetter) -> tuple[str, int, int]:
    return letter.register, letter.year, letter.count


def _standing(letters: Sequence[OldLetter], registers: Registers) -> dict[tuple[str, int, int], str]:
    """Return the subjects of the letters that stand under the numbers of a list."""
    years = {(one.register, one.year) for one in letters if one.register in registers}
    found: dict[tuple[str, int, int], str] = {}
    for code, year in years:
        rows = models.Letter.objects.filter(register=registers[code], year=year)
        for count, subject in rows.values_list("count", "subject"):
            found[code, year, count or 0] = subject
    return found


def _faults(
    letter: OldLetter, registers: Registers, standing: dict[tuple[str, int, int], str], now: datetime
) -> Iterator[RowFault]:
    """Yield why a letter cannot be entered under its number."""
    if letter.register not in registers:
        yield RowFault(line=letter.line, column="register", code="unknown", text=letter.register)
    elif letter.year >= jalali_year(now) or letter.registered_on > now.astimezone(TEHRAN).date():
        yield RowFault(line=letter.line, column="year", code="year-living", text=str(letter.year))
    elif standing.get(_key(letter), letter.subject) != letter.subject:
        text = "/".join(map(str, _key(letter)))
        yield RowFault(line=letter.line, column="count", code="number-taken", text=text)


def _pieces(letters: Sequence[OldLetter]) -> Iterator[Sequence[OldLetter]]:
    for start in range(0, len(letters), AT_ONCE):
        yield letters[start : start + AT_ONCE]


@transaction.atomic
def _enter(
    letters: Sequence[OldLetter], registers: Registers, houses: Houses, *, actor: Actor, now: datetime
) -> list[RowFault]:
    """Enter some letters; one whose files are refused stays out, and why is returned."""
    faults: list[RowFault] = []
    for code, year in sorted({(one.register, one.year) for one in letters}):
        _close_year(registers[code], year, letters, now)
    for letter in letters:
        try:
            with transaction.atomic():
                _enter_one(letter, registers[letter.register], houses, actor=actor, now=now)
        except Refusal as refusal:
            faults.append(RowFault(line=letter.line, column="file", code="file-unfit", text=refusal.code))
    power_may_fail("moving-in.before-commit")
    return faults


def _close_year(register: models.Register, year: int, letters: Sequence[OldLetter], now: datetime) -> None:
    """Lock a register's year, close it and let it end with the highest of its numbers: it gives none any more."""
    models.RegisterYear.objects.get_or_create(register=register, year=year, defaults={"closed_at": now})
    line = models.RegisterYear.objects.select_for_update().get(register=register, year=year)
    here = [one.count for one in letters if (one.register, one.year) == (register.code, year)]
    line.last, line.closed_at = max([line.last, *here]), line.closed_at or now
    line.save(update_fields=["last", "closed_at"])


def _enter_one(letter: OldLetter, register: models.Register, houses: Houses, *, actor: Actor, now: datetime) -> None:
    said = (letter.subject, letter.sender, *letter.recipients, *letter.keywords, letter.wording)
    at = datetime.combine(letter.registered_on, time(12), tzinfo=TEHRAN)
    incoming = letter.direction is Direction.INCOMING
    row = models.Letter(
        uuid=uuid4(),
        body_id=register.body_id,
        secretariat=register.secretariat,
        register=register,
        year=letter.year,
        count=letter.count,
        number=queries.number_key(letter.number) or f"{register.code}/{letter.year}/{letter.count}",
        direction=letter.direction,
        kind=letter.kind,
        subject=letter.subject,
        wording=letter.wording,
        recipient="؛ ".join(letter.recipients)[:200],
        sender=_party(letter.sender, houses).as_data() if incoming and letter.sender else {},
        their_number=queries.number_key(letter.their_number),
        their_date=letter.their_date,
        received_at=at if incoming else None,
        secrecy=letter.secrecy,
        urgency=letter.urgency,
        keywords=list(letter.keywords),
        paper={"moved_in": True},
        pages=letter.pages,
        signer_name=letter.signer_name,
        signer_title=letter.signer_title,
        signed_by_hand=not incoming,
        registered_at=at,
        state=LetterState.CLOSED if letter.is_closed else LetterState.REGISTERED,
        closed_at=now if letter.is_closed else None,
        search_text=search_text(" ".join(said)),
    )
    row.save()
    name_recipients(row, [RecipientLine(party=_party(one, houses)) for one in letter.recipients], actor=actor, now=now)
    _put_scans(row, letter, actor=actor, now=now)
    facts.record(
        LETTER_MOVED_IN, subject=row, actor=actor, at=now, register=register.code, year=row.year, count=row.count
    )


def _put_scans(row: models.Letter, letter: OldLetter, *, actor: Actor, now: datetime) -> None:
    lines = []
    for path in ([letter.file] if letter.file else []) + list(letter.attachments):
        stored = files.store_upload(
            name=path.name, content=[path.read_bytes()], actor=actor, now=now, limit=LONGEST_FILE
        )
        role = "origin" if path == letter.file else "attachment"
        lines.append(IntakeFile(file_uuid=stored.uuid, name=path.name, role=role))
    put_files(row, lines, actor=actor, now=now)


def _party(name: str, houses: Houses) -> Party:
    house = houses.get(search_text(name))
    return Party(kind=PartyKind.BODY if house else PartyKind.OUTSIDE, uuid=house, organization=name)


@transaction.atomic
def _relate(letters: Sequence[OldLetter], registers: Registers, *, actor: Actor, now: datetime) -> int:
    """Write the relations of some letters that are not written yet; return how many."""
    made = 0
    for letter in letters:
        row = models.Letter.objects.filter(
            register=registers[letter.register], year=letter.year, count=letter.count
        ).first()
        if row is None:
            continue
        known = set(models.Relation.objects.filter(letter=row).values_list("kind", "number", "year"))
        lines = [
            RelationLine(kind=one.kind, number=one.number, year=one.year)
            for one in letter.relations
            if (str(one.kind), queries.number_key(one.number), one.year) not in known
        ]
        relate_letter(row, lines, actor=actor, now=now)
        made += len(lines)
    power_may_fail("moving-in.before-relations")
    return made


def _missing(letters: Sequence[OldLetter], registers: Registers) -> dict[tuple[str, int], int]:
    """Return how many counts below the last of each register's year no letter and no reservation has."""
    by_year: dict[tuple[str, int], int] = defaultdict(int)
    for code, year in sorted({(one.register, one.year) for one in letters}):
        rows = models.Letter.objects.filter(register=registers[code], year=year)
        last = rows.aggregate(last=Max("count"))["last"] or 0
        kept = models.ReservedNumber.objects.filter(register=registers[code], year=year, count__lte=last)
        by_year[code, year] = last - rows.count() - kept.exclude(state="used").count()
    return {key: count for key, count in by_year.items() if count}
