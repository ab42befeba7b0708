"""Refusals of the exchange: X-Road's codes and wording, written in the dialect and the format that a client asks for.

Codes are those of X-Road 7.8 (``server.serverproxy.access_denied``). Real clients compare wordings, so these are
X-Road's own; text for people is made elsewhere from the codes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

from divan_libs.envelope.addresses import ClientId, ServerId, ServiceId


class EnvelopeError(ValueError):
    """Something of the exchange that was read, or should be written, does not hold.

    ``code`` is stable (``exchange.snapshot.expired``); ``facts`` carries the data behind it. The message is for
    developers.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        details = ", ".join(f"{name}={value!r}" for name, value in facts.items())
        super().__init__(f"{code} ({details})" if details else code)


class Dialect(StrEnum):
    """How codes and statuses are written."""

    XROAD_7_8 = "xroad-7.8"
    """Lower snake case, 500 for everything that a gateway refuses: what X-Road 7.8 does."""
    XROAD_7_7 = "xroad-7.7"
    """The same statuses with the CamelCase codes of earlier versions."""
    PR_REST = "pr-rest"
    """What the published specification says: CamelCase, and 400 ``Client.BadRequest`` for a malformed call."""
    HTTP_STATUS = "http-status"
    """Codes of 7.8 with the HTTP status that fits (401, 403, 404, 503, 504): Divan's own, by choice of the operator."""


class ExchangeRefusal(Exception):
    """The exchange will not carry a message, or could not.

    ``code`` is X-Road's code with its prefix; ``message`` its wording; ``status`` the HTTP status that fits;
    ``malformed`` is true when the call itself does not follow the protocol; ``retry_after`` is told in seconds when
    asking again later makes sense.
    """

    def __init__(
        self, code: str, message: str, *, status: int, malformed: bool = False, retry_after: int | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.malformed = malformed
        self.retry_after = retry_after


def invalid_call(message: str) -> ExchangeRefusal:
    """Refuse a call whose target, version or identifiers do not follow the protocol."""
    return ExchangeRefusal("server.clientproxy.internal_error", message, status=400, malformed=True)


def bad_request(message: str) -> ExchangeRefusal:
    """Refuse what is not an HTTP message that can be carried (too large, not HTTP/1.1, broken)."""
    return ExchangeRefusal("client.bad_request", message, status=400, malformed=True)


def not_found() -> ExchangeRefusal:
    """Refuse an address outside the protocol."""
    return ExchangeRefusal("client.not_found", "No such resource; service calls start with /r1/", status=404)


def missing_client() -> ExchangeRefusal:
    """Refuse a call without ``X-Road-Client``."""
    return ExchangeRefusal(
        "server.clientproxy.invalid_client_identifier",
        "The client identifier is missing",
        status=400,
        malformed=True,
    )


def unknown_client(client: ClientId) -> ExchangeRefusal:
    """Refuse a client that is not registered here."""
    return ExchangeRefusal("server.clientproxy.unknown_member", f"Client '{client}' not found", status=403)


def unauthenticated(message: str) -> ExchangeRefusal:
    """Refuse a client that did not prove who it is."""
    return ExchangeRefusal("server.clientproxy.ssl_authentication_failed", message, status=401)


def unknown_server(server: ServerId) -> ExchangeRefusal:
    """Refuse a target server that nobody knows."""
    return ExchangeRefusal(
        "server.clientproxy.invalid_security_server", f'Could not find security server "{server}"', status=404
    )


def unknown_provider(service: ServiceId) -> ExchangeRefusal:
    """Refuse a call to a provider that is not in the routing snapshot."""
    return ExchangeRefusal(
        "server.clientproxy.unknown_member",
        f'Could not find addresses for service provider "{service}"',
        status=404,
    )


def outdated_snapshot() -> ExchangeRefusal:
    """Refuse everything while the routing snapshot has expired."""
    return ExchangeRefusal("server.clientproxy.global_conf_outdated", "Global configuration is expired", status=503)


def unknown_service(service: ServiceId) -> ExchangeRefusal:
    """Refuse a service that its provider does not offer."""
    return ExchangeRefusal("server.serverproxy.unknown_service", f"Unknown service: {service}", status=404)


def access_denied(service: ServiceId) -> ExchangeRefusal:
    """Refuse a call for which there is no permit now."""
    return ExchangeRefusal("server.serverproxy.access_denied", f"Request is not allowed: {service}", status=403)


def too_many(message: str, seconds: int) -> ExchangeRefusal:
    """Refuse a call beyond the rate or the daily quota of a permit; after ``seconds`` it may go."""
    return ExchangeRefusal("server.serverproxy.too_many_requests", message, status=429, retry_after=seconds)


def service_disabled(service: ServiceId, notice: str) -> ExchangeRefusal:
    """Refuse a service that its provider has switched off, with the provider's notice."""
    return ExchangeRefusal(
        "server.serverproxy.service_disabled", f"Service {service} is disabled: {notice}", status=503
    )


def invalid_request(message: str) -> ExchangeRefusal:
    """Refuse a call that does not name the person whose data are asked where the service says it must."""
    return ExchangeRefusal("server.serverproxy.invalid_request", message, status=400)


def description_not_found(service: ServiceId) -> ExchangeRefusal:
    """Refuse to describe a service that its provider does not offer."""
    return ExchangeRefusal("server.serverproxy.unknown_service", f"Service not found: {service}", status=404)


def not_described(kind: str) -> ExchangeRefusal:
    """Refuse to describe a service that has no description."""
    return ExchangeRefusal("server.serverproxy.internal_error", f"Invalid service type: {kind}", status=404)


def invalid_answer(message: str) -> ExchangeRefusal:
    """Say that the answer of the provider's system does not follow the description of the service."""
    return ExchangeRefusal("server.serverproxy.invalid_response", message, status=502)


def provider_unreachable(message: str) -> ExchangeRefusal:
    """Say that the provider's system refused or broke the connection."""
    return ExchangeRefusal("server.serverproxy.network_error", message, status=502)


def provider_failed(message: str, *, timed_out: bool = False) -> ExchangeRefusal:
    """Say that the provider's system answered too late, too much or not in HTTP."""
    return ExchangeRefusal("server.serverproxy.io_error", message, status=504 if timed_out else 502)


def provider_resting(seconds: int) -> ExchangeRefusal:
    """Refuse because the provider's system failed again and again and is left alone for a moment."""
    message = "The service provider's system failed repeatedly and is not asked for a moment"
    return ExchangeRefusal("server.serverproxy.network_error", message, status=503, retry_after=seconds)


def client_left() -> ExchangeRefusal:
    """Say that the client broke the connection before its message was whole, or before it had the whole answer."""
    return ExchangeRefusal("server.clientproxy.io_error", "The client broke the connection", status=400)


def too_large(message: str) -> ExchangeRefusal:
    """Refuse a body beyond a limit."""
    return ExchangeRefusal("client.bad_request", message, status=413, malformed=True)


def too_slow() -> ExchangeRefusal:
    """Refuse a request that does not come to its end."""
    return ExchangeRefusal("client.bad_request", "The request did not come in time", status=408, malformed=True)


def provider_unknown_host(message: str) -> ExchangeRefusal:
    """Say that no address of the provider's system could be resolved."""
    return ExchangeRefusal("server.serverproxy.unknown_host", message, status=502)


def provider_unauthenticated(message: str) -> ExchangeRefusal:
    """Say that the provider's system did not prove who it is."""
    return ExchangeRefusal("server.serverproxy.ssl_authentication_failed", message, status=502)


def logging_failed(message: str) -> ExchangeRefusal:
    """Refuse because the evidence of the message cannot be kept."""
    return ExchangeRefusal("server.clientproxy.logging_failed", message, status=503)


def internal_error() -> ExchangeRefusal:
    """Say that the exchange itself failed; the ``detail`` of the answer leads to its own log."""
    return ExchangeRefusal("server.clientproxy.internal_error", "Internal error", status=500)


@dataclass(frozen=True, slots=True)
class RenderedRefusal:
    """A refusal ready for the wire; ``code`` goes to the header ``X-Road-Error``.

    ``retry_after`` in seconds goes to the header of that name; ``is_true_status`` when the client asked for it.
    """

    status: int
    code: str
    content_type: str
    body: bytes
    retry_after: int | None = None
    is_true_status: bool = False


_OLD_PREFIXES = {
    "server.clientproxy": "Server.ClientProxy",
    "server.serverproxy": "Server.ServerProxy",
    "client": "Client",
}
_OLD_NAMES = {"io_error": "IOError", "global_conf_outdated": "OutdatedGlobalConf"}


def _old_code(code: str) -> str:
    prefix, _, name = code.rpartition(".")
    return f"{_OLD_PREFIXES[prefix]}.{_OLD_NAMES.get(name) or ''.join(word.capitalize() for word in name.split('_'))}"


def _code_and_status(refusal: ExchangeRefusal, dialect: Dialect) -> tuple[str, int]:
    match dialect:
        case Dialect.HTTP_STATUS:
            return refusal.code, refusal.status
        case Dialect.PR_REST if refusal.malformed:
            return "Client.BadRequest", 400
        case Dialect.XROAD_7_8:
            code = refusal.code
        case _:
            code = _old_code(refusal.code)
    if refusal.code.startswith("server."):
        return code, 500
    return code, 404 if refusal.status == 404 else 400


_XML_TYPES = {"text/xml": "text/xml", "application/xml": "application/xml", "text/*": "text/xml"}


def error_media_type(accept: str | None) -> str:
    """Return the media type of a refusal for an ``Accept`` header: the first XML type it names, else JSON.

    As X-Road does: the order counts, weights do not, other parameters are ignored.
    """
    for entry in (accept or "").split(","):
        found = _XML_TYPES.get(entry.split(";", 1)[0].strip().lower())
        if found is not None:
            return found
    return "application/json"


def render_refusal(
    refusal: ExchangeRefusal,
    *,
    accept: str | None,
    detail: str,
    dialect: Dialect = Dialect.XROAD_7_8,
    true_status: bool = False,
) -> RenderedRefusal:
    """Return the answer to a refused call; ``detail`` is the id under which the refusal stands in the log.

    With ``true_status`` the HTTP status is the one that fits, whatever the dialect; codes stay those of the dialect.
    """
    code, status = _code_and_status(refusal, dialect)
    status = refusal.status if true_status else status
    media_type = error_media_type(accept)
    if media_type == "application/json":
        text = json.dumps({"type": code, "message": refusal.message, "detail": detail}, ensure_ascii=False)
        octets = text.encode("utf-8", "replace")
        return RenderedRefusal(status, code, media_type, octets, refusal.retry_after, true_status)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<error><type>{escape(code)}</type><message>{_xml_text(refusal.message)}</message>"
        f"<detail>{escape(detail)}</detail></error>"
    )
    octets = text.encode("utf-8", "replace")
    return RenderedRefusal(status, code, f"{media_type};charset=utf-8", octets, refusal.retry_after, true_status)


def _xml_text(text: str) -> str:
    printable = "".join(letter if letter in "\t\n\r" or letter >= " " else "\ufffd" for letter in text)
    return escape(printable)
