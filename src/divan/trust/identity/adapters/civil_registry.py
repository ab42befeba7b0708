"""The civil registry, asked through the exchange."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from divan.trust.exchange import queries as exchange
from divan.trust.exchange.values import ExchangeAnswer
from divan.trust.identity.adapters.registers import CIVIL_REGISTRY, Ask, Question, ask_register
from divan.trust.identity.values import Matched, NotMatched, RegisterAnswer, Unknown
from divan_libs.persian.text import normalize

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class _Record(BaseModel):
    """What the registry tells of a person; nothing is coerced."""

    model_config = ConfigDict(strict=True, frozen=True)

    national_code: str
    first_name: Name
    last_name: Name
    father_name: Name
    birth_date: date
    alive: bool


class _Absence(BaseModel):
    """How the registry says that it knows nobody by this code."""

    code: str


class RegistryByExchange:
    """The civil registry behind the exchange: ``GET /persons/{national_code}``."""

    def __init__(self, ask: Ask = exchange.ask) -> None:
        self._ask = ask

    def answer(self, question: Question) -> RegisterAnswer:
        """Ask who bears a national code; see :class:`divan.trust.identity.adapters.registers.Register`."""
        return ask_register(
            self._ask,
            question,
            data_service=CIVIL_REGISTRY,
            path=f"/persons/{question.national_code}",
            read=lambda answer: self._read(answer, question),
        )

    def _read(self, answer: ExchangeAnswer, question: Question) -> RegisterAnswer:
        try:
            if answer.status == 404:
                # Any server says 404 for an address it does not serve; only the registry's own word is a denial.
                absent = _Absence.model_validate_json(answer.body).code == "no-record"
                return NotMatched("no-record") if absent else Unknown("malformed", again=True)
            record = _Record.model_validate_json(answer.body)
        except ValidationError:
            return Unknown("malformed", again=True)
        if record.national_code != question.national_code:
            return Unknown("answer-of-another", again=True)
        if not date(1850, 1, 1) <= record.birth_date <= question.on:
            return Unknown("impossible", again=False)
        return Matched(
            {
                "first_name": normalize(record.first_name),
                "last_name": normalize(record.last_name),
                "father_name": normalize(record.father_name),
                "birth_date": record.birth_date.isoformat(),
                "alive": record.alive,
            }
        )
