"""What it means to ask a register: the port, and what every answer that came through the exchange has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from divan.foundation.errors import Refusal, Trouble
from divan.trust.exchange.values import ExchangeAnswer, ExchangeSilent
from divan.trust.identity.values import RegisterAnswer, Unknown

CIVIL_REGISTRY = "civil-registry/person"
MOBILE_OWNERS = "mobile-register/owner"
OWN_WAYS = frozenset({CIVIL_REGISTRY, MOBILE_OWNERS})
"""Data services that are asked in a way of their own; all others give one record about one subject."""

TIMEOUT = 5.0
"""Seconds to wait for one answer; a register that needs longer is asked again."""
LONGEST_ANSWER = 64 * 1024
WORTH_ANOTHER_TRY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: whom about, with what besides, why, on which day, and under which message identifier.

    ``national_code`` is the subject's; of a foreigner or an organization it is the number that they have instead.
    ``post`` and ``post_body`` are title and body of the post whose act asked, empty where the person asked themselves.
    """

    national_code: str
    purpose: str
    message_id: str
    on: date
    parameters: Mapping[str, str] = field(default_factory=dict)
    post: str = ""
    post_body: str = ""


class Register(Protocol):
    """Somebody who answers questions about persons."""

    def answer(self, question: Question) -> RegisterAnswer:
        """Ask once, wait no longer than :data:`TIMEOUT`, and say matched, not matched or unknown; never raise."""


class CivilRegistry(Register, Protocol):
    """The civil registry: who bears a national code. Matched tells names, birth date (ISO) and whether alive."""


class MobileOwners(Register, Protocol):
    """The register of mobile numbers: whether a number belongs to a person. Matched tells nothing more."""


class Ask(Protocol):
    """The exchange's way to be asked; :func:`divan.trust.exchange.queries.ask` is one."""

    def __call__(
        self,
        *,
        data_service: str,
        path: str,
        query: Mapping[str, str] | None,
        subject: str,
        purpose: str,
        post: str,
        post_body: str,
        message_id: str,
        timeout: float,
    ) -> ExchangeAnswer:
        """Send one message and return its answer.

        :raises ExchangeSilent: when none came.
        """


def ask_register(
    ask: Ask,
    question: Question,
    *,
    data_service: str,
    path: str,
    query: Mapping[str, str] | None = None,
    read: Callable[[ExchangeAnswer], RegisterAnswer],
) -> RegisterAnswer:
    """Send a question through the exchange and read its answer; what cannot be read is unknown, never a denial.

    Silence, overload (408, 425, 429) and faults of the server (5xx) are worth another try. Other refusals are not: the
    exchange or the register will say the same again. An answer of another form is: registers do stumble.
    """
    try:
        answer = ask(
            data_service=data_service,
            path=path,
            query=query,
            subject=question.national_code,
            purpose=question.purpose,
            post=question.post,
            post_body=question.post_body,
            message_id=question.message_id,
            timeout=TIMEOUT,
        )
    except ExchangeSilent:
        return Unknown("silent", again=True)
    except (Refusal, Trouble):
        # The exchange of this installation is not ready yet; that is no word of the register.
        return Unknown("unavailable", again=True)
    if answer.status >= 500 or answer.status in WORTH_ANOTHER_TRY:
        return Unknown("unavailable", again=True)
    if len(answer.body) > LONGEST_ANSWER:
        return Unknown("malformed", again=False)
    if answer.status in {200, 404}:
        return read(answer)
    return Unknown("refused", again=False)
