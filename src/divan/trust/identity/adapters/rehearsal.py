"""Twins of the registers that answer from an invented cast: for tests, without any network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from divan.trust.identity.adapters.registers import Question
from divan.trust.identity.values import Matched, NotMatched, RegisterAnswer, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedPerson:
    """Somebody who does not exist."""

    national_code: str
    first_name: str
    last_name: str
    father_name: str
    birth_date: date
    mobile: str
    alive: bool = True


@dataclass(slots=True)
class RehearsalRegistry:
    """A civil registry of invented people; ``mood`` makes it silent (``down``) or unreadable (``lie``)."""

    cast: Mapping[str, InventedPerson]
    mood: str = ""
    asked: list[Question] = field(default_factory=list)

    def answer(self, question: Question) -> RegisterAnswer:
        """Answer from the cast, as the registry would."""
        self.asked.append(question)
        if self.mood:
            return _moody(self.mood)
        person = self.cast.get(question.national_code)
        if person is None:
            return NotMatched("no-record")
        return Matched(
            {
                "first_name": person.first_name,
                "last_name": person.last_name,
                "father_name": person.father_name,
                "birth_date": person.birth_date.isoformat(),
                "alive": person.alive,
            }
        )


@dataclass(slots=True)
class RehearsalOwners:
    """A register of the mobile numbers of invented people; ``mood`` as above."""

    cast: Mapping[str, InventedPerson]
    mood: str = ""
    asked: list[Question] = field(default_factory=list)

    def answer(self, question: Question) -> RegisterAnswer:
        """Answer from the cast, as the register would."""
        self.asked.append(question)
        if self.mood:
            return _moody(self.mood)
        person = self.cast.get(question.national_code)
        is_owner = person is not None and person.mobile == question.parameters["mobile"]
        return Matched({"mobile": question.parameters["mobile"]}) if is_owner else NotMatched("not-the-owner")


def _moody(mood: str) -> Unknown:
    return Unknown("silent", again=True) if mood == "down" else Unknown("malformed", again=True)
