"""The operational-monitoring record of a message, with X-Road's names of fields, read from its evidence.

The gateway is client's and provider's at once, so a message has one record (``securityServerType`` is ``Client``). What
belongs to SOAP, or happens after the evidence is durable (``responseOutTs``), is None.
"""

from __future__ import annotations

from divan_libs.envelope.addresses import AddressError, ClientId, RepresentedParty, ServiceId
from divan_libs.envelope.evidence.records import Closing, Intent, Outcome

PROTOCOL, XROAD_VERSION = "1", "7.8"


def monitoring_record(intent: Intent, closing: Closing, *, server: str, kept_at: int) -> dict[str, object]:
    """Return all fields of the record; ``kept_at`` is when it was taken over, in microseconds since 1970.

    ``server`` is the address of the gateway. ``succeeded`` is as X-Road has it: an answer with a status below 400.

    :raises AddressError: if the intent names no client or service, which no gateway writes.
    """
    succeeded = closing.outcome == Outcome.ANSWERED and closing.status is not None and closing.status < 400
    return {
        "monitoringDataTs": kept_at // 1_000_000,
        "securityServerInternalIp": None,
        "securityServerType": "Client",
        "requestInTs": intent.received_at // 1000,
        "requestOutTs": _milliseconds(closing.sent_at),
        "responseInTs": closing.ended_at // 1000 if closing.outcome == Outcome.ANSWERED else None,
        "responseOutTs": None,
        **_client(intent.client),
        **_service(intent.service),
        "restMethod": intent.method,
        "restPath": intent.path,
        "serviceVersion": None,
        **_represented(intent.represented_party),
        "messageId": intent.message_id,
        "messageUserId": intent.user_id,
        "messageIssue": intent.issue,
        "messageProtocolVersion": PROTOCOL,
        "clientSecurityServerAddress": server,
        "serviceSecurityServerAddress": server,
        "requestMimeSize": None,
        "requestSize": intent.request_size if closing.request_size is None else closing.request_size,
        "requestAttachmentCount": None,
        "responseMimeSize": None,
        "responseSize": closing.response_size,
        "responseAttachmentCount": None,
        "succeeded": succeeded,
        "statusCode": closing.status,
        "faultCode": closing.error,
        "faultString": None,
        "serviceType": "REST",
        "xRoadVersion": XROAD_VERSION,
        "xRequestId": intent.request_id,
    }


def _milliseconds(at: int | None) -> int | None:
    return None if at is None else at // 1000


def _client(address: str) -> dict[str, object]:
    client = ClientId.parse(address)
    return {
        "clientXRoadInstance": client.instance,
        "clientMemberClass": client.member_class,
        "clientMemberCode": client.member_code,
        "clientSubsystemCode": client.subsystem,
    }


def _service(address: str) -> dict[str, object]:
    service = ServiceId.parse(address)
    return {
        "serviceXRoadInstance": service.instance,
        "serviceMemberClass": service.member_class,
        "serviceMemberCode": service.member_code,
        "serviceSubsystemCode": service.subsystem,
        "serviceCode": service.service_code,
    }


def _represented(address: str | None) -> dict[str, object]:
    named: dict[str, object] = {"representedPartyClass": None, "representedPartyCode": None}
    if not address:
        return named
    try:
        party = RepresentedParty.parse(address)
    except AddressError:
        return named | {"representedPartyCode": address}
    return {"representedPartyClass": party.party_class, "representedPartyCode": party.party_code}
