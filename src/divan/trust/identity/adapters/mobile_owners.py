"""The register of mobile numbers, asked through the exchange."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from divan.trust.exchange import queries as exchange
from divan.trust.exchange.values import ExchangeAnswer
from divan.trust.identity.adapters.registers import MOBILE_OWNERS, Ask, Question, ask_register
from divan.trust.identity.values import Matched, NotMatched, RegisterAnswer, Unknown


class _Verdict(BaseModel):
    """Whether a number belongs to a person; only a truth value is one, not 1, not "true".

    It names the question, so that an answer to another one, repeated by whatever lies between, confirms nobody.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    mobile: str
    national_code: str
    matched: bool


class OwnersByExchange:
    """The register of mobile numbers behind the exchange: ``GET /owners?mobile=…&national_code=…``."""

    def __init__(self, ask: Ask = exchange.ask) -> None:
        self._ask = ask

    def answer(self, question: Question) -> RegisterAnswer:
        """Ask whether a number is a person's; see :class:`divan.trust.identity.adapters.registers.Register`."""
        return ask_register(
            self._ask,
            question,
            data_service=MOBILE_OWNERS,
            path="/owners",
            query={"mobile": question.parameters["mobile"], "national_code": question.national_code},
            read=lambda answer: self._read(answer, question),
        )

    def _read(self, answer: ExchangeAnswer, question: Question) -> RegisterAnswer:
        if answer.status != 200:
            return Unknown("malformed", again=True)
        try:
            verdict = _Verdict.model_validate_json(answer.body)
        except ValidationError:
            return Unknown("malformed", again=True)
        if (verdict.mobile, verdict.national_code) != (question.parameters["mobile"], question.national_code):
            return Unknown("answer-of-another", again=True)
        return Matched({"mobile": verdict.mobile}) if verdict.matched else NotMatched("not-the-owner")
