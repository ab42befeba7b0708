"""Letters are found by words, numbers and marks, in bounded time however many there are and however frequent a word is.

A post that has few letters asks these, one by one. All others, and secretariats for their body, ask the index of words
month by month from the newest on: a frequent word fills the page within the first months. What the last year does not
fill is asked of all times at once where that is little, as with a rare word; else quarter by quarter, then year by
year, as with a word that was frequent long ago. So nobody's twenty hits need the sorting of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries import lexemes
from divan.dealings.correspondence.queries.letters import (
    SECRETARIAT_ROLE,
    clearance_of,
    letter_of,
    letters,
    letters_for,
)
from divan.dealings.correspondence.queries.passages import passage_of
from divan.dealings.correspondence.values import FoundLetter, FoundPage, LetterFilters, LetterPlace
from divan.registers.people.values import Post
from divan_libs.persian.jalali import TEHRAN

FOUND_PAGE = 20
MOST_COUNTED = 200
"""More hits than these are said as "more than": nobody reads them, and counting them would read them all."""

FEW = 4_000
"""A post with no more letters than these is asked letter by letter; with more, by the index of words."""

NEAR_WINDOWS = 5
QUARTERS = 48
FAR_YEARS = 80
"""Spans asked at once before all others, quarters before whole years, and how far back letters go."""

AHEAD = timedelta(days=400)
"""Letters of another product may bear a date that is still to come."""

LITTLE = 2_000
"""So many hits of all times are read and sorted at once; that costs less than a look at each quarter."""


def search_letters(filters: LetterFilters, post: Post, at: datetime, *, after: str = "") -> FoundPage:
    """Return a page of the letters that a post may read and that fit, newest first.

    ``after`` is what the page before returned. Count and page hold nothing that the post may not read.
    """
    query = _query(filters)
    most = FOUND_PAGE if after else MOST_COUNTED
    places = _places(query, filters, post, at, before=read_place(after), most=most + 1)
    open_to = set(letters_for(post, at).filter(id__in=[one.row for one in places]).values_list("id", flat=True))
    readable = [one for one in places if one.row in open_to]
    shown = readable[:FOUND_PAGE]
    known = {row.id: row for row in letters().filter(id__in=[one.row for one in shown])}
    rows = [known[one.row] for one in shown]
    texts = _file_texts(rows) if filters.text else {}
    words = lexemes.words_of(filters.text.replace("*", " "))
    items = tuple(
        FoundLetter(
            letter=letter_of(row),
            subject=passage_of(row.subject, words, whole=True),
            passage=_passage(row, words, texts.get(row.id, [])),
        )
        for row in rows
    )
    more = len(readable) > FOUND_PAGE or len(places) > most
    last = shown[-1] if shown else places[-1] if places else None
    return FoundPage(
        items=items,
        after=write_place(last) if more and last else "",
        count=None if after else min(len(readable), MOST_COUNTED + 1),
    )


def read_place(after: str) -> LetterPlace | None:
    """Return where a page begins, or None for what no page returned."""
    moment, _, row = after.partition("~")
    try:
        at, number = datetime.fromisoformat(moment), int(row)
    except ValueError:
        return None
    return LetterPlace(at=at, row=number) if at.tzinfo and 0 < number < 2**63 else None


def write_place(place: LetterPlace) -> str:
    """Return a place as an address carries it."""
    return f"{place.at.astimezone(UTC).isoformat()}~{place.row}"


def _query(filters: LetterFilters) -> list[str]:
    """Return the tsqueries that all must hold."""
    said = {name: getattr(filters, name) for name in ("direction", "kind", "urgency", "secrecy", "state")}
    marks = [lexemes.mark(name, value) for name, value in said.items() if value]
    marks += [lexemes.mark("secretariat", filters.secretariat.hex)] if filters.secretariat else []
    marks += [lexemes.unit_lexeme(filters.unit)] if filters.unit else []
    marks += [lexemes.mark("files", 1)] if filters.with_files else []
    marks += [lexemes.keyword_lexeme(filters.keyword)] if lexemes.words_of(filters.keyword) else []
    marks += [lexemes.mark("from", word) for word in lexemes.words_of(filters.sender)]
    marks += [lexemes.mark("to", word) for word in lexemes.words_of(filters.recipient)]
    return lexemes.text_query(filters.text) + [lexemes.quoted(one) for one in marks]


def _places(
    query: list[str], filters: LetterFilters, post: Post, at: datetime, *, before: LetterPlace | None, most: int
) -> list[LetterPlace]:
    """Return where the newest letters stand that fit, from what the post came to have and what it keeps."""
    bounds = {
        "secrecy": clearance_of(post.uuid, at).rank,
        "since": _midnight(filters.since or date(1900, 1, 1)),
        "until": _midnight((filters.until or date(2199, 12, 30)) + timedelta(days=1)),
        "before_at": before.at if before else _midnight(date(2200, 1, 1)),
        "before_row": before.row if before else 2**62,
        "most": most,
        "post": post.uuid,
    }
    own = _own_row(post)
    has_few = models.Reader.objects.filter(post_uuid=post.uuid)[: FEW + 1].count() <= FEW
    found = set(_ask(_OF_FEW, bounds, query) if has_few else _newest(query, own, bounds, at, _OF_MANY))
    if post.role == SECRETARIAT_ROLE:
        numbered = [*query, lexemes.quoted(lexemes.mark("numbered", 1))]
        found |= set(_newest(numbered, own, bounds, at, _OF_BODY))
    return sorted(found, key=lambda one: (one.at, one.row), reverse=True)[:most]


def _own_row(post: Post) -> int:
    row = models.Secretariat.objects.filter(body__uuid=post.unit.body_uuid).values_list("body_id", flat=True).first()
    return row or 0


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=TEHRAN)


def _newest(query: list[str], body: int, bounds: dict[str, Any], now: datetime, whose: str) -> list[LetterPlace]:
    """Return the newest places of a body that fit, asking no further back than is needed for as many as are wanted."""
    newest = min(bounds["until"] - timedelta(days=1), bounds["before_at"], now + AHEAD)
    span = (newest.astimezone(TEHRAN), bounds["since"].astimezone(TEHRAN))
    spans = list(windows(body, *span, today=now.astimezone(TEHRAN)))
    near, far = spans[:NEAR_WINDOWS], spans[NEAR_WINDOWS:]
    steps = [(near, query, whose)]
    if any(one.endswith(":*") for one in query):
        # The index gathers what begins so in all bodies and years before a span narrows it; the letters of one month
        # are read sooner. A beginning that is seldom goes on as words do.
        steps = [(near[:1], [], f"{whose} {_WORDS}"), (near[1:], query, whose)]
    found: list[LetterPlace] = []
    for some, words, condition in steps:
        found += _in_spans(some, words, condition, {**bounds, "most": bounds["most"] - len(found)}, query)
    if len(found) >= bounds["most"] or not far:
        return found
    little = _all_if_little(" & ".join([*query, lexemes.quoted(lexemes.mark("body", body))]), bounds, whose)
    if little is not None:
        return little
    return found + _in_spans(far, query, whose, {**bounds, "most": bounds["most"] - len(found)}, query)


def _in_spans(
    spans: list[str], words: list[str], condition: str, bounds: dict[str, Any], query: list[str]
) -> list[LetterPlace]:
    if not spans or bounds["most"] <= 0:
        return []
    asked = [" & ".join([*words, span]) for span in spans]
    return _ask(_IN_SPANS.format(condition), {**bounds, "queries": asked}, query)


def _all_if_little(query: str, bounds: dict[str, Any], whose: str) -> list[LetterPlace] | None:
    """Return all that fits, or None where the words have more hits than are read at once."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_ALL_TIMES.format(whose), {**bounds, "query": query, "little": LITTLE})
        rows = cursor.fetchall()
    hits = rows[0][0]
    return None if hits > LITTLE else [LetterPlace(at=at, row=row) for _, at, row in rows if row is not None]


def windows(body: int, newest: datetime, oldest: datetime, *, today: datetime) -> Iterator[str]:
    """Yield tsqueries of spans of a body's letters, newest first, that leave nothing out between two moments.

    This month with all that is dated after it, two months, then quarters: a word that was frequent once, long ago,
    leaves no more than a quarter's hits to sort.
    """
    top = newest.year * 12 + newest.month - 1
    month = min(top, today.year * 12 + today.month - 1)
    end = max(oldest.year * 12 + oldest.month - 1, (newest.year - FAR_YEARS) * 12)

    def months(span: int) -> str:
        span_of = range(max(month - span + 1, end), (top if span == 1 else month) + 1)
        return lexemes.any_of(lexemes.mark(f"month:{body}", f"{one // 12}-{one % 12 + 1:02d}") for one in span_of)

    for span in (1, 2, *([3] * QUARTERS)):
        if month >= end or (span == 1 and top >= end):
            yield months(span)
            month -= span
    if month >= end and month % 12 != 11:
        yield months(month % 12 + 1)
        month -= month % 12 + 1
    for year in range(month // 12, end // 12 - 1, -1) if month >= end else ():
        yield lexemes.quoted(lexemes.mark(f"year:{body}", year))


def _ask(statement: str, bounds: dict[str, Any], query: list[str]) -> list[LetterPlace]:
    with connection.cursor() as cursor:
        cursor.execute(statement if query else statement.replace(_WORDS, ""), {**bounds, "query": " & ".join(query)})
        return [LetterPlace(at=at, row=row) for at, row in cursor.fetchall()]


_WORDS = "AND coalesce(e.words @@ %(query)s::tsquery, false)"
_BOUNDS = """e.secrecy <= %(secrecy)s AND e.at >= %(since)s AND e.at < %(until)s
        AND (e.at, e.letter_id) < (%(before_at)s, %(before_row)s)"""
_ORDER = "ORDER BY e.at DESC, e.letter_id DESC LIMIT %(most)s"

# The condition on words is wrapped so that it is asked of the few rows and never becomes a walk through the index.
_OF_FEW = f"""
    WITH mine AS MATERIALIZED (SELECT letter_id FROM correspondence_reader WHERE post_uuid = %(post)s)
    SELECT e.at, e.letter_id FROM mine JOIN correspondence_letterentry e ON e.letter_id = mine.letter_id
    WHERE {_BOUNDS} {_WORDS} {_ORDER}
"""  # noqa: S608 (composed of our own texts)

# Spans are asked one after another, the newest first, and no further than the limit outside needs: the join is a loop
# over them. OFFSET 0 keeps the planner from walking the letters in order of time in the hope of meeting a rare word.
_IN_SPANS = f"""
    SELECT found.at, found.letter_id FROM unnest(%(queries)s::text[]) AS span(query), LATERAL (
        SELECT e.at, e.letter_id FROM (
            SELECT at, letter_id, secrecy, words FROM correspondence_letterentry
            WHERE words @@ span.query::tsquery OFFSET 0
        ) e WHERE {_BOUNDS} {{}} {_ORDER}
    ) found LIMIT %(most)s
"""  # noqa: S608 (as above)
_OF_ALL_TIMES = f"""
    WITH hits AS MATERIALIZED (
        SELECT e.at, e.letter_id, e.secrecy FROM (VALUES (%(query)s)) AS asked(query), LATERAL (
            SELECT at, letter_id, secrecy FROM correspondence_letterentry WHERE words @@ asked.query::tsquery OFFSET 0
        ) e LIMIT %(little)s + 1
    )
    SELECT counted.hits, found.at, found.letter_id FROM (SELECT count(*) AS hits FROM hits) counted
    LEFT JOIN (SELECT e.at, e.letter_id FROM hits e WHERE {_BOUNDS} {{}} {_ORDER}) found ON true
"""  # noqa: S608 (as above)
_OF_BODY = ""
_OF_MANY = (
    "AND EXISTS (SELECT 1 FROM correspondence_reader r WHERE r.post_uuid = %(post)s AND r.letter_id = e.letter_id)"
)


def _file_texts(rows: list[models.Letter]) -> dict[int, list[tuple[str, str]]]:
    """Return name and text of the files of letters."""
    lying = models.LetterFile.objects.filter(letter__in=rows, removed_at=None).order_by("position", "id")
    names = [(one.letter_id, one.file_uuid, one.name) for one in lying]
    texts = models.FileText.objects.filter(file_uuid__in=[uuid for _, uuid, _ in names], state="read")
    by_file = dict(texts.values_list("file_uuid", "text"))
    found: dict[int, list[tuple[str, str]]] = {}
    for letter, uuid, name in names:
        if uuid in by_file:
            found.setdefault(letter, []).append((name, by_file[uuid]))
    return found


def _passage(row: models.Letter, words: list[str], texts: list[tuple[str, str]]) -> Any:
    """Return the passage of a letter's text that shows most of what was looked for, else of a file's."""
    if not words:
        return None
    own = passage_of(row.wording, words)
    if any(hit for _, hit in own.runs):
        return own
    for name, text in texts:
        found = passage_of(text, words, file_name=name)
        if any(hit for _, hit in found.runs):
            return found
    return own if own.runs else None
