"""Refusals as problem details (RFC 9457): ``type`` is our stable code, words come in the language of the request."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, ConfigDict, Field

from divan.dealings.cases.values import AnswersRefused
from divan.foundation.errors import Refusal, Trouble
from divan.foundation.ui.refusals import text_of
from divan.front.api import texts
from divan.front.api.values import BodyTooLarge, BodyUnreadable, Defect, InputFault, InputRefused, SignInNeeded
from divan.front.texts.answers import problem_text

MEDIA_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)


class ProblemFault(BaseModel):
    """What is wrong with one value."""

    model_config = ConfigDict(populate_by_name=True)

    code: str
    where: str = Field(serialization_alias="in", description="query, path, header, body, file, or application")
    name: str = Field(description="its name there; parts of a body are joined by dots")
    detail: str


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(description="a stable code, the same in every language; docs/reference/errors.md lists them all")
    title: str
    status: int
    detail: str
    language: str = Field(description="the language of title and detail")
    reason: str | None = Field(default=None, description="a stable word that tells more than the code")
    errors: list[ProblemFault] = Field(default_factory=list, description="single values, where they are the reason")


def problem_answer(error: Refusal | Trouble, faults: Sequence[InputFault] = ()) -> HttpResponse:
    """Return the answer to a refusal (its status) or a trouble (503 and Retry-After), in the active language.

    ``faults`` are single values that are the reason, where the refusal does not name them itself.
    """
    said = text_of(error)
    faults = faults or _faults_in(error)
    reason = error.facts.get("reason")
    problem = Problem(
        type=error.code,
        title=said.title,
        status=error.status if isinstance(error, Refusal) else 503,
        detail=" ".join(part for part in (said.explanation, said.advice) if part),
        language=get_language() or "fa",
        reason=reason if isinstance(reason, str) else None,
        errors=[
            ProblemFault(
                code=fault.code, where=fault.where, name=fault.name, detail=fault.text or texts.fault_text(fault.code)
            )
            for fault in faults
        ],
    )
    absent = {name for name in ("reason", "errors") if not getattr(problem, name)}
    content = problem.model_dump_json(by_alias=True, exclude=absent)
    return HttpResponse(content, status=problem.status, content_type=MEDIA_TYPE, headers=_headers(error))


def _faults_in(error: Refusal | Trouble) -> Sequence[InputFault]:
    found = error.facts.get("faults")
    if not isinstance(found, tuple):
        return ()
    if isinstance(error, AnswersRefused):
        return [
            InputFault(
                code=fault.code,
                where="body",
                name=".".join(part for part in ("answers", fault.question, fault.at) if part),
                text=problem_text(fault.code, fault.facts),
            )
            for fault in found
        ]
    return found if isinstance(error, InputRefused) else ()


def _headers(error: Refusal | Trouble) -> Mapping[str, str]:
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, Trouble):
        headers["Retry-After"] = str(error.retry_after)
    elif isinstance(minutes := error.facts.get("minutes"), int):
        headers["Retry-After"] = str(60 * minutes)
    if isinstance(error, SignInNeeded):
        headers["WWW-Authenticate"] = 'Cookie realm="divan"'
    return headers


def faults_of(error: ValidationError) -> tuple[InputFault, ...]:
    """Return what is wrong with the values of a request, each with a code of ours."""
    return tuple(
        InputFault(
            code="api.input." + str(found["type"]).replace("_", "-"),
            where=str(found["loc"][0]),
            name=".".join(str(part) for part in found["loc"][1:]),
        )
        for found in error.errors
    )


def teach(api: NinjaAPI) -> None:
    """Let an API answer every error with problem details."""

    def said_no(_request: HttpRequest, error: Refusal | Trouble | type[Refusal | Trouble]) -> HttpResponse:
        assert isinstance(error, Refusal | Trouble)  # noqa: S101 (the framework hands over what was raised)
        return problem_answer(error)

    def invalid(_request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
        assert isinstance(error, ValidationError)  # noqa: S101 (as above)
        return problem_answer(InputRefused(faults=faults_of(error)))

    def unreadable(_request: HttpRequest, _error: object) -> HttpResponse:
        return problem_answer(BodyUnreadable())

    def too_large(_request: HttpRequest, _error: object) -> HttpResponse:
        return problem_answer(BodyTooLarge())

    def broken(request: HttpRequest, _error: object) -> HttpResponse:
        logger.exception("defect at %s", request.path)
        return problem_answer(Defect())

    api.add_exception_handler(Refusal, said_no)
    api.add_exception_handler(Trouble, said_no)
    api.add_exception_handler(ValidationError, invalid)
    for fault in (HttpError, UnreadablePostError, MultiPartParserError, SuspiciousOperation):
        api.add_exception_handler(fault, unreadable)
    api.add_exception_handler(RequestDataTooBig, too_large)
    api.add_exception_handler(Exception, broken)
