"""What a new version changes, in words: for applicants, officers, fees, clocks, papers, and for cases that run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from divan_libs.persian.text import persian_digits
from divan_libs.servicepack.change_words import AREAS, SENTENCES
from divan_libs.servicepack.drawing.words import clock_in_words
from divan_libs.servicepack.models import ClockLength, Holder, Outcome, Package, Question, Step
from divan_libs.servicepack.models.fees import TariffRow


class Area(StrEnum):
    """Whom or what a change concerns."""

    APPLICANTS = "applicants"
    OFFICERS = "officers"
    CLOCKS = "clocks"
    FEES = "fees"
    PAPERS = "papers"
    LAWS = "laws"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: ``code`` names the sentence, ``facts`` are its words by language."""

    area: Area
    code: str
    facts: tuple[tuple[str, str, str], ...] = ()
    """Name, Persian word, English word."""

    def in_words(self, language: str = "fa") -> str:
        """Return the sentence."""
        place = 2 if language == "en" else 1
        return SENTENCES[self.code][place - 1].format(**{fact[0]: fact[place] for fact in self.facts})


def area_in_words(area: Area, language: str = "fa") -> str:
    """Return the heading of an area."""
    return AREAS[area.value][1 if language == "en" else 0]


def changes(old: Package, new: Package) -> list[Change]:
    """Return what a new version changes, area by area; an empty list means that nothing at all differs.

    Where anything changes, the last sentences say what becomes of cases that run on the old version.
    """
    if old.digest() == new.digest():
        return []
    both = _Both(old, new)
    found = [*both.form(), *both.needs(), *both.outcomes(), *both.steps(), *both.clocks(), *both.fees()]
    found += [*both.papers(), *both.laws(), *both.texts(), *both.running()]
    order = list(Area)
    return sorted(dict.fromkeys(found), key=lambda change: order.index(change.area))


class _Both:
    """Two versions side by side."""

    def __init__(self, old: Package, new: Package) -> None:
        self.old, self.new = old, new

    def _words(self, name: str, key: str) -> tuple[str, str, str]:
        """Return the words of a text, of the version that has it, the new one first."""
        fa, en = (
            self.new.find_text(key, language) or self.old.find_text(key, language) or key.split(".")[1]
            for language in ("fa", "en")
        )
        return name, fa, en

    def _came_and_went(
        self, area: Area, what: str, before: Iterable[str], after: Iterable[str], key: Callable[[str], str]
    ) -> Iterator[Change]:
        first, second = list(before), list(after)
        for code in second:
            if code not in first:
                yield Change(area, f"{what}-added", (self._words("name", key(code)),))
        for code in first:
            if code not in second:
                yield Change(area, f"{what}-removed", (self._words("name", key(code)),))

    def form(self) -> Iterator[Change]:
        before = {question.code: question for question in self.old.form.questions()}
        after = {question.code: question for question in self.new.form.questions()}
        yield from self._came_and_went(
            Area.APPLICANTS, "question", before, after, lambda code: f"questions.{code}.label"
        )
        for code, question in after.items():
            if code in before:
                yield from self._question(before[code], question)
        pages = [page.code for page in self.old.form.pages], [page.code for page in self.new.form.pages]
        yield from self._came_and_went(Area.APPLICANTS, "page", *pages, lambda code: f"pages.{code}.title")

    def _question(self, before: Question, after: Question) -> Iterator[Change]:
        name = self._words("name", f"questions.{after.code}.label")
        if before.type != after.type:
            kinds = ("before", before.type, before.type), ("after", after.type, after.type)
            yield Change(Area.APPLICANTS, "question-type", (name, *kinds))
            return
        if before.required != after.required:
            yield Change(Area.APPLICANTS, "question-required" if after.required else "question-optional", (name,))
        if before.show_when != after.show_when:
            yield Change(Area.APPLICANTS, "question-shown", (name,))
        aside = {"required", "show_when", "read_by", "reported"}
        if before.model_dump(exclude=aside) != after.model_dump(exclude=aside):
            yield Change(Area.APPLICANTS, "question-limits", (name,))
        if before.read_by != after.read_by:
            yield Change(Area.OFFICERS, "question-readers", (name,))

    def needs(self) -> Iterator[Change]:
        before = {need.code: need for need in self.old.needs.requirements}
        after = {need.code: need for need in self.new.needs.requirements}
        yield from self._came_and_went(
            Area.APPLICANTS, "requirement", before, after, lambda code: f"needs.{code}.title"
        )
        for code, need in after.items():
            if code in before and before[code] != need:
                yield Change(Area.APPLICANTS, "requirement-changed", (self._words("name", f"needs.{code}.title"),))

    def outcomes(self) -> Iterator[Change]:
        before = {outcome.code: outcome for outcome in self.old.flow.outcomes}
        after = {outcome.code: outcome for outcome in self.new.flow.outcomes}
        yield from self._came_and_went(Area.APPLICANTS, "outcome", before, after, lambda code: f"outcomes.{code}.title")
        for code, outcome in after.items():
            if code in before:
                yield from self._outcome(before[code], outcome)
        withdrawals = self.old.flow.withdrawal, self.new.flow.withdrawal
        if withdrawals[0] != withdrawals[1]:
            yield Change(Area.APPLICANTS, "withdrawal-changed")
        entries = [entry.code for entry in self.old.flow.entries], [entry.code for entry in self.new.flow.entries]
        yield from self._came_and_went(Area.APPLICANTS, "entry", *entries, lambda code: f"entries.{code}.title")

    def _outcome(self, before: Outcome, after: Outcome) -> Iterator[Change]:
        name = self._words("name", f"outcomes.{after.code}.title")
        if before.deemed != after.deemed:
            yield Change(Area.APPLICANTS, "outcome-deemed" if after.deemed else "outcome-not-deemed", (name,))
        yield from _of_clock("validity-changed", name, before.validity, after.validity)
        reviews = before.review.clock if before.review else None, after.review.clock if after.review else None
        yield from _of_clock("review-changed", name, *reviews)

    def steps(self) -> Iterator[Change]:
        before = {step.code: step for step in self.old.flow.steps}
        after = {step.code: step for step in self.new.flow.steps}
        yield from self._came_and_went(Area.OFFICERS, "step", before, after, lambda code: f"steps.{code}.title")
        for code, step in after.items():
            if code in before:
                yield from self._step(before[code], step)

    def _step(self, before: Step, after: Step) -> Iterator[Change]:
        name = self._words("name", f"steps.{after.code}.title")
        if before.by_itself or after.by_itself:
            if before != after:
                yield Change(Area.OFFICERS, "routes-changed", (name,))
            return
        if before.holder != after.holder:
            holders = ("before", *_holder(before.holder)), ("after", *_holder(after.holder))
            yield Change(Area.OFFICERS, "step-holder", (name, *holders))
        actions = {action.code: action for action in before.actions}, {action.code: action for action in after.actions}
        yield from self._came_and_went(
            Area.OFFICERS, "action", *actions, lambda code: f"actions.{after.code}.{code}.label"
        )
        for code in actions[0].keys() & actions[1].keys():
            if actions[0][code] != actions[1][code]:
                label = self._words("action", f"actions.{after.code}.{code}.label")
                yield Change(Area.OFFICERS, "action-changed", (name, label))
        if before.report != after.report:
            yield Change(Area.OFFICERS, "report-changed", (name,))
        if before.when != after.when:
            yield Change(Area.OFFICERS, "step-condition", (name,))
        if before.owned.silence != after.owned.silence:
            yield Change(Area.CLOCKS, "silence-changed", (name,))
        yield from _of_clock("step-clock", name, before.clock, after.clock)

    def clocks(self) -> Iterator[Change]:
        yield from _of_clock("promise-changed", None, self.old.card.promised_time, self.new.card.promised_time)
        deadlines = self.old.flow.deadline, self.new.flow.deadline
        yield from _of_clock("deadline-changed", None, *(known.clock if known else None for known in deadlines))
        if deadlines[0] and deadlines[1] and deadlines[0].silence != deadlines[1].silence:
            yield Change(Area.CLOCKS, "deadline-silence")

    def fees(self) -> Iterator[Change]:
        before, after = self.old.fees, self.new.fees
        if (before.free is None) != (after.free is None):
            yield Change(Area.FEES, "fees-free" if after.free else "fees-no-longer-free")
        tariffs = {tariff.code: tariff for tariff in before.tariffs}, {tariff.code: tariff for tariff in after.tariffs}
        yield from self._came_and_went(Area.FEES, "tariff", *tariffs, lambda code: f"fees.{code}.title")
        for code in tariffs[1]:
            if code in tariffs[0] and tariffs[0][code] != tariffs[1][code]:
                yield from self._tariff(code, _rows(self.old, code), _rows(self.new, code))

    def _tariff(self, code: str, before: Mapping[str, TariffRow], after: Mapping[str, TariffRow]) -> Iterator[Change]:
        name = self._words("name", f"fees.{code}.title")
        amounts = [(row, before.get(row), after.get(row)) for row in dict.fromkeys([*before, *after])]
        changed = [(row, old, new) for row, old, new in amounts if old != new]
        for row, old, new in changed:
            words = ("before", *_amount(old)), ("after", *_amount(new)), ("row", row, row)
            yield Change(Area.FEES, "tariff-amount", (name, *words))
        if not changed:
            yield Change(Area.FEES, "tariff-changed", (name,))

    def papers(self) -> Iterator[Change]:
        for kind, key in (("documents", "documents.{}.title"), ("records", "records.{}.title")):
            before = {one.code: one for one in getattr(self.old.outputs, kind)}
            after = {one.code: one for one in getattr(self.new.outputs, kind)}
            what = kind.removesuffix("s")
            yield from self._came_and_went(Area.PAPERS, what, before, after, key.format)
            for code, paper in after.items():
                if code in before and before[code] != paper:
                    yield Change(Area.PAPERS, f"{what}-changed", (self._words("name", key.format(code)),))
        if self.old.outputs.messages != self.new.outputs.messages:
            yield Change(Area.PAPERS, "messages-changed")

    def laws(self) -> Iterator[Change]:
        before = {law.code: law.title for law in self.old.card.laws}
        after = {law.code: law.title for law in self.new.card.laws}
        for code in after.keys() - before.keys():
            yield Change(Area.LAWS, "law-added", (("name", after[code], after[code]),))
        for code in before.keys() - after.keys():
            yield Change(Area.LAWS, "law-removed", (("name", before[code], before[code]),))

    def texts(self) -> Iterator[Change]:
        changed = {
            key
            for language in self.new.texts
            for key in self.old.texts.get(language, {}).keys() & self.new.texts[language].keys()
            if self.old.texts[language][key] != self.new.texts[language][key]
        }
        if changed:
            count = str(len(changed))
            yield Change(Area.APPLICANTS, "texts-changed", (("count", persian_digits(count), count),))

    def running(self) -> Iterator[Change]:
        yield Change(Area.RUNNING, "running-stay")
        for step in self.old.flow.steps:
            if self.new.flow.step(step.code) is None:
                yield Change(Area.RUNNING, "running-in-lost-step", (self._words("name", f"steps.{step.code}.title"),))
        known = {question.code for question in self.old.form.questions()}
        asked = [question for question in self.new.form.questions() if question.required and question.code not in known]
        if asked:
            count = str(len(asked))
            yield Change(Area.RUNNING, "running-lack-answers", (("count", persian_digits(count), count),))


def _rows(package: Package, tariff: str) -> dict[str, TariffRow]:
    """Return the rows of the latest period of a tariff."""
    found = next(known for known in package.fees.tariffs if known.code == tariff)
    return {row.code: row for row in found.periods[-1].rows}


def _amount(row: TariffRow | None) -> tuple[str, str]:
    if row is None:
        return "نبود", "absent"
    if row.amount is None:
        return "محاسبه‌شدنی", "worked out"
    return f"{persian_digits(f'{row.amount:,}').replace(',', '٬')} ریال", f"{row.amount:,} rials"


def _holder(holder: Holder) -> tuple[str, str]:
    body = f"@{holder.at.body}" if holder.at is not None and holder.at.body is not None else ""
    return f"{holder.role}{body}", f"{holder.role}{body}"


def _of_clock(
    code: str, name: tuple[str, str, str] | None, before: ClockLength | None, after: ClockLength | None
) -> Iterator[Change]:
    if before == after:
        return
    facts = [name] if name is not None else []
    for key, clock in (("before", before), ("after", after)):
        words = [clock_in_words(clock, language) for language in ("fa", "en")] if clock else ["نداشت", "none"]
        facts.append((key, words[0], words[1]))
    yield Change(Area.CLOCKS, code, tuple(facts))
