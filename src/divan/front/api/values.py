"""What the interface itself refuses, before any context is asked."""

from __future__ import annotations

from dataclasses import dataclass

from divan.foundation.errors import Refusal


@dataclass(frozen=True, slots=True)
class InputFault:
    """What is wrong with one value of a request; ``where`` is its part, ``name`` its name there.

    ``where`` is query, path, header, body or file, or application for what an application lacks before it is sent.
    ``text`` says it, where more is to be said than the code alone tells.
    """

    code: str
    where: str
    name: str
    text: str = ""


class SignInNeeded(Refusal):
    """The address is for somebody signed in, and the request carries no session."""

    code = "api.sign-in-needed"
    status = 401


class MethodNotAllowed(Refusal):
    """The address exists, but not with this method; the header Allow names those it has."""

    code = "api.method-not-allowed"
    status = 405


class InputRefused(Refusal):
    """Some values of the request cannot be taken; ``faults`` says which and why."""

    code = "api.input-refused"
    status = 422


class BodyUnreadable(Refusal):
    """The body is not what its address takes: no JSON, or no form with a file."""

    code = "api.body-unreadable"
    status = 400


class BodyTooLarge(Refusal):
    """The body is larger than any that is taken here."""

    code = "api.body-too-large"
    status = 413


class OriginRefused(Refusal):
    """The request changes something, and does not prove that it comes from the client that holds the session."""

    code = "api.origin-refused"
    status = 403


class PreconditionNeeded(Refusal):
    """What was seen is not named: the header If-Match says over which answers the change is meant."""

    code = "api.precondition-needed"
    status = 428


class Defect(Refusal):
    """Something broke on our side; the log says what."""

    code = "api.defect"
    status = 500
