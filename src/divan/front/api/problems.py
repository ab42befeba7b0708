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

from divan.foundation.errors import Refusal, Trouble
from divan.foundation.ui.refusals import text_of
from divan.front.api import texts
from divan.front.api.values import BodyTooLarge, BodyUnreadable, Defect, InputFault, InputRefused, SignInNeeded

MEDIA_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)


class ProblemFault(BaseModel):
    """What is wrong with one value."""

    model_config = ConfigDict(populate_by_name=True)

    code: str
    where: str = Field(serialization_alias="in", description="query, path, body or file")
    name: str = Field(description="its name there; parts of a body are joined by dots")
    detail: str


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(description="a stable code, the same in every language; docs/reference/errors.md lists them all")
    title: str
    status: int
    detail: str
    language: str = Field(description="the language of title and detail")
    errors: list[ProblemFault] = Field(default_factory=list, description="single values, where they are the reason")


def problem_answer(error: Refusal | Trouble) -> HttpResponse:
    """Return the answer to a refusal (its status) or a trouble (503 and Retry-After), in the active language."""
    said = text_of(error)
    faults: Sequence[InputFault] = error.facts["faults"] if isinstance(error, InputRefused) else ()  # type: ignore[assignment]  # this refusal holds them
    problem = Problem(
        type=error.code,
        title=said.title,
        status=error.status if isinstance(error, Refusal) else 503,
        detail=" ".join(part for part in (said.explanation, said.advice) if part),
        language=get_language() or "fa",
        errors=[
            ProblemFault(code=fault.code, where=fault.where, name=fault.name, detail=texts.fault_text(fault.code))
            for fault in faults
        ],
    )
    content = problem.model_dump_json(by_alias=True, exclude=None if faults else {"errors"})
    return HttpResponse(content, status=problem.status, content_type=MEDIA_TYPE, headers=_headers(error))


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
