"""Any other register: one record about one subject, asked through the exchange."""

from __future__ import annotations

import json
from typing import NoReturn
from urllib.parse import quote

from divan.trust.exchange import queries as exchange
from divan.trust.exchange.values import DataServiceUnknown, ExchangeAnswer
from divan.trust.identity.adapters.registers import Ask, Question, ask_register
from divan.trust.identity.values import Matched, NotMatched, RegisterAnswer, Unknown
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace, canonical_subject

PATH = "/records"
MOST_FIELDS = 100
LONGEST_TEXT = 2000


class RecordsByExchange:
    """A register behind the exchange: ``GET /records/{subject}`` with the parameters as a query.

    Where the data service says that its subject stands in a query parameter, that parameter names it instead. It
    answers 200 with one JSON object, or 404 with the code ``no-record``. An object may name whom it is about as
    ``subject``; one that names somebody else confirms nobody. Texts, whole numbers, and yes or no are fields; what is
    none of these is left out, and whoever wanted it misses it.
    """

    def __init__(self, data_service: str, ask: Ask = exchange.ask) -> None:
        self._data_service = data_service
        self._ask = ask

    def answer(self, question: Question) -> RegisterAnswer:
        """Ask what is recorded; see :class:`divan.trust.identity.adapters.registers.Register`."""
        try:
            place = exchange.get_data_service(self._data_service).subject
        except DataServiceUnknown:
            return Unknown("unavailable", again=True)
        path, query = _address(place, question)
        return ask_register(
            self._ask,
            question,
            data_service=self._data_service,
            path=path,
            query=query or None,
            read=lambda answer: _read(answer, question),
        )


def _address(place: SubjectPlace | None, question: Question) -> tuple[str, dict[str, str]]:
    query = dict(question.parameters)
    if place is not None and place.where is SubjectIn.QUERY_PARAMETER:
        return PATH, {**query, place.at: question.national_code}
    return f"{PATH}/{quote(question.national_code, safe='')}", query


def _read(answer: ExchangeAnswer, question: Question) -> RegisterAnswer:
    try:
        told = json.loads(answer.body, object_pairs_hook=_named_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return Unknown("malformed", again=True)
    if not isinstance(told, dict) or len(told) > MOST_FIELDS:
        return Unknown("malformed", again=True)
    if answer.status == 404:
        # Any server says 404 for an address it does not serve; only the register's own word is a denial.
        return NotMatched("no-record") if told.get("code") == "no-record" else Unknown("malformed", again=True)
    about = told.pop("subject", question.national_code)
    if not isinstance(about, str) or canonical_subject(about) != canonical_subject(question.national_code):
        return Unknown("answer-of-another", again=True)
    return Matched({name: value for name, value in told.items() if _is_field(value)})


def _is_field(value: object) -> bool:
    return isinstance(value, bool | int) or (isinstance(value, str) and len(value) <= LONGEST_TEXT)


def _named_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a field stands twice")
    return told


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
