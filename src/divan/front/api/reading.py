"""The description made ready for its page: operations and shapes, with types that people can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str

SUMMARIES: Mapping[str, Text] = {
    "listServices": _("List the services offered now"),
    "getService": _("Tell a service: card, requirements, form, steps, fees"),
    "getPackage": _("Give the published version of a service, byte for byte"),
    "listOwnCases": _("List one's own cases"),
    "getOwnCase": _("Tell one's own case"),
    "trackCase": _("Tell where a case stands by its number and secret"),
    "getSession": _("Tell as whom a session acts, and the token of its changes"),
    "listPlaces": _("Look for places by their names"),
    "beginApplication": _("Begin an application for a service"),
    "getApplication": _("Tell what an application asks, has and lacks"),
    "giveUpApplication": _("Give a draft up and erase its answers"),
    "getAnswers": _("Give the answers as they stand, with their revision"),
    "saveAnswers": _("Save answers over those that were read"),
    "getFee": _("Tell what an application costs so far"),
    "askAgain": _("Ask a register again that did not answer"),
    "submitApplication": _("Send an application or a correction, or get its invoice"),
    "attachFile": _("Put a file to a question"),
    "getFile": _("Give a file back"),
    "removeFile": _("Take a file off an application"),
    "addDocument": _("Add a paper to a case that runs"),
    "askSignature": _("Ask second parties to sign"),
    "getVisit": _("Tell the free times of a visit"),
    "bookVisit": _("Book or move a visit"),
    "cancelVisit": _("Give a booked visit up"),
    "listSignatures": _("List what others ask one to sign"),
    "getSignature": _("Tell what one is asked to sign"),
    "answerSignature": _("Sign, or refuse to sign"),
    "listLifeEvents": _("List the life events"),
    "beginBundle": _("Begin the services of a life event together"),
    "listBundles": _("List the life events one has begun"),
    "getBundle": _("Tell how far each application of a life event has come"),
    "giveUpBundle": _("Give a life event up with its drafts"),
    "leaveBundle": _("Take an application out of a life event"),
    "answerShared": _("Answer once what several applications ask"),
    "submitBundle": _("Send all applications of a life event, or get their invoice"),
    "withdrawCase": _("Withdraw a case"),
    "askInvoice": _("Get the invoice of a case"),
    "object": _("Object to a decision"),
    "rateCase": _("Say how one was served"),
    "listPermits": _("List one's permits"),
    "getPermit": _("Tell a permit and what may be begun about it"),
    "beginEntry": _("Begin a renewal or amendment of a permit"),
    "handBackPermit": _("Hand a permit back"),
    "listInvoices": _("List one's invoices"),
    "getInvoice": _("Tell an invoice"),
    "beginPayment": _("Begin to pay an invoice"),
    "getPayment": _("Tell how an attempt to pay stands"),
    "verifyCode": _("Judge a document by its code"),
    "verifyFile": _("Judge a PDF by its own bytes"),
}

MEANINGS: Mapping[str, Text] = {
    "q": _("words that all must occur"),
    "after": _("“next” of the page before"),
    "limit": _("most lines of a page"),
    "language": _("fa or en; else the header Accept-Language decides"),
    "code": _("code of the service or document"),
    "case": _("identifier of the case"),
    "file": _("identifier of the file"),
    "need": _("code of the requirement"),
    "signature": _("identifier of the signature that is asked for"),
    "run": _("identifier of the life event that was begun"),
    "permit": _("identifier of the permit"),
    "entry": _("code of the renewal or amendment"),
    "invoice": _("identifier of the invoice"),
    "payment": _("identifier of the attempt to pay"),
    "level": _("only divisions of this level"),
    "Idempotency-Key": _("one for each request that is meant; sent again under it, the same request is done once"),
    "If-Match": _("the revision of the answers that were read, or *"),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value in the address or the query."""

    name: str
    type: str
    required: bool
    meaning: Text


@dataclass(frozen=True, slots=True)
class Operation:
    """An address with a method: what it takes and what it gives."""

    code: str
    method: str
    address: str
    summary: Text
    signed_in: bool
    parameters: tuple[Parameter, ...]
    takes: str
    gives: str

    @property
    def line(self) -> str:
        """Method and address in one line."""
        return f"{self.method} {self.address}"


@dataclass(frozen=True, slots=True)
class Member:
    """A named value of a shape."""

    name: str
    type: str
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape that operations take or give."""

    name: str
    meaning: str
    members: tuple[Member, ...]


def operations_of(description: Mapping[str, Any]) -> list[Operation]:
    """Return the operations in their order."""
    return [
        _operation(address, method, found)
        for address, methods in description["paths"].items()
        for method, found in methods.items()
    ]


def _operation(address: str, method: str, found: Mapping[str, Any]) -> Operation:
    return Operation(
        code=found["operationId"],
        method=method.upper(),
        address=address,
        summary=SUMMARIES[found["operationId"]],
        signed_in="security" in found,
        parameters=tuple(
            Parameter(one["name"], type_of(one["schema"]), one["required"], MEANINGS[one["name"]])
            for one in found["parameters"]
        ),
        takes=_content(found.get("requestBody", {})),
        gives=next((_content(told) for status, told in found["responses"].items() if status[0] == "2"), ""),
    )


def _content(body: Mapping[str, Any]) -> str:
    for media_type, content in body.get("content", {}).items():
        return media_type if media_type.startswith("multipart/") else type_of(content["schema"])
    return ""


def shapes_of(description: Mapping[str, Any]) -> list[Shape]:
    """Return the shapes by name."""
    return [
        Shape(name, found.get("description", ""), tuple(_members(found)))
        for name, found in description["components"]["schemas"].items()
    ]


def _members(found: Mapping[str, Any]) -> Iterator[Member]:
    for name, value in found.get("properties", {}).items():
        yield Member(name, type_of(value), name in found.get("required", ()), value.get("description", ""))


def type_of(schema: Mapping[str, Any]) -> str:
    """Return a schema in one line: ``Version``, ``[Option]``, ``string (uuid) | null``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(type_of(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"[{type_of(schema['items'])}]"
    if "format" in schema:
        return f"{schema['type']} ({schema['format']})"
    return str(schema.get("const", schema.get("type", "any")))
