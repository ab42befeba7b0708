"""Where a refusal of the exchange belongs on a form, and what it says there."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from divan.foundation.errors import Refusal
from divan.foundation.ui.refusals import text_of

Place = tuple[str, Promise]

_PERMIT: Mapping[str, Place] = {
    "method": ("scopes", _("Choose one of the methods: GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, TRACE or *.")),
    "path": ("scopes", _("A path begins with a slash and has at most 300 letters.")),
    "scopes": ("scopes", _("Write between one and twenty lines, each once: a method and a path.")),
    "matches-nothing": ("scopes", _("The data service has no such operation. See its description.")),
    "purpose": ("purpose_fa", _("A right is given for a purpose: write it.")),
    "legal-basis": ("legal_basis_fa", _("A right needs a legal basis: write it.")),
    "period": ("ends_on", _("The end must come after the beginning, and after today.")),
    "past": ("starts_on", _("The beginning lies in the past. Leave it empty for “at once”.")),
    "long": ("ends_on", _("A right lasts at most five years; then it is asked for again.")),
    "limit": ("rate", _("Limits are whole numbers from 1.")),
    "hidden": ("hidden", _("Each line names a field of the answer, beginning with a slash, such as /born/on.")),
    "follows": ("", _("The permit that this follows has no end, or has been revoked.")),
}
_WIDER: Mapping[str, Place] = {
    "ends_at": ("ends_on", _("It was asked for a shorter time. You may shorten it, not lengthen it.")),
    "rate_per_minute": ("rate", _("Fewer calls were asked for. You may lower the number, not raise it.")),
    "daily_quota": ("quota", _("Fewer calls were asked for. You may lower the number, not raise it.")),
    "hidden": ("hidden", _("Fields that were to stay hidden must stay so. You may hide more.")),
    "hours": ("", _("The hours are those that were asked for.")),
}
_SERVICE: Mapping[str, Place] = {
    "code": ("code", _("Two plain words in small Latin letters with a slash between, such as schools/pupil.")),
    "address-taken": ("service", _("Another data service has this address.")),
    "timeout": ("timeout", _("Between 1 and 3600 seconds.")),
    "exchange.snapshot.address": ("base_urls", _("Each line is an http or https address without a query.")),
    "exchange.snapshot.health-path": ("health_path", _("The path begins with a slash.")),
    "exchange.snapshot.description": ("validation", _("Upload a description first.")),
    "size": ("file", _("The file is larger than 1 MB.")),
    "archive": ("file", _("This is a compressed file. Unpack it and choose the OpenAPI document in it.")),
    "encoding": ("file", _("The file is no UTF-8 text. Save it as UTF-8 and choose it again.")),
    "syntax": ("file", _("The file is neither JSON nor YAML.")),
    "alias": ("file", _("The file uses YAML references (& and *). Write the parts out, or use $ref.")),
    "depth": ("file", _("The file is nested too deeply.")),
    "not OpenAPI 3": ("file", _("This is no OpenAPI 3 document.")),
    "reference-outside": ("file", _("The description points outside itself. Put all parts into one file.")),
}
_CSR: Mapping[str, Place] = {
    "size": ("csr", _("The file is too large for a certificate request.")),
    "private-key": (
        "csr",
        _("This file holds a private key. It was not kept. Make a new key: nobody but you may ever have it."),
    ),
    "unreadable": ("csr", _("This is no certificate request (PKCS#10, PEM or DER).")),
    "signature": ("csr", _("The request is not signed with its own key, or was altered.")),
    "hash": ("csr", _("The request is signed with an outdated hash. Use SHA-256 or stronger.")),
    "key-kind": ("csr", _("This kind of key is not used here. Use P-256, P-384, P-521 or RSA.")),
    "key-weak": ("csr", _("The key is too weak. Use P-256, or RSA with at least 2048 bits.")),
    "name": ("csr", _("The request names somebody else: its name must be the address of the subsystem.")),
    "key-taken": ("csr", _("Another subsystem uses this key. Make a key of your own.")),
    "key-revoked": ("csr", _("A certificate of this key was revoked. Make a new key.")),
    "key-certified": ("csr", _("This key has a certificate in force; it is renewed by itself. Make a new key.")),
    "address": ("csr", _("The address of the subsystem is too long for a certificate.")),
}
_GROUP: Mapping[str, Place] = {
    "name": ("name_fa", _("Write a name.")),
    "members": ("members", _("A group has at most 5000 subsystems.")),
    "instance": ("code", _("The address belongs to another exchange.")),
}
_BY_CODE: Mapping[str, Mapping[str, Place]] = {
    "exchange.permit-faulty": _PERMIT,
    "exchange.data-service-faulty": _SERVICE,
    "exchange.csr-unfit": _CSR,
    "exchange.group-faulty": _GROUP,
}
_FIELDS: Mapping[str, str] = {
    "exchange.reason-missing": "reason",
    "exchange.consent-missing": "reference",
    "exchange.certificate-faulty": "certificates",
    "exchange.address-faulty": "address",
}


def placed(refusal: Refusal) -> dict[str, str]:
    """Return what a refusal says, under the name of the question it belongs to; "" for the page as a whole."""
    facts = {name: str(value) for name, value in refusal.facts.items()}
    reason = facts.get("reason", "")
    if refusal.code == "exchange.permit-faulty" and reason == "wider":
        field, said = _WIDER.get(facts.get("what", ""), ("", _PERMIT["follows"][1]))
        return {field: str(said)}
    known = _BY_CODE.get(refusal.code, {}).get(reason)
    if known is None:
        return {_FIELDS.get(refusal.code, ""): str(text_of(refusal))}
    field, said = known
    # What exactly was meant stands beside the sentence: the line of a path, the name that was wanted.
    named = facts.get("scope") or facts.get("names", "")
    return {field: f"{said} ({named})" if named else str(said)}
