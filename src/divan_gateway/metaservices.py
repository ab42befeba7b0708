"""What the gateway itself tells of the exchange: X-Road's metaservices, from the snapshot in force.

The description of a service is part of the signed snapshot, so it is told even while its provider is down.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from divan_gateway.routing import Routes
from divan_gateway.wire import Answer
from divan_libs.envelope import errors
from divan_libs.envelope.addresses import ClientId, MemberId, Target
from divan_libs.envelope.permits import ANY_METHOD, Permit
from divan_libs.envelope.snapshot import Operation, Service, ServiceKind, Snapshot

LIST_METHODS, ALLOWED_METHODS, GET_OPENAPI = "listMethods", "allowedMethods", "getOpenAPI"
METASERVICES = frozenset({LIST_METHODS, ALLOWED_METHODS, GET_OPENAPI})
"""Codes that no service may have; any subsystem answers to them, by GET, without a right."""
_XROAD = "http://x-road.eu/xsd/xroad.xsd"
_IDENTIFIERS = "http://x-road.eu/xsd/identifiers"


def is_metaservice(method: bytes, target: Target) -> bool:
    """Tell whether a call is for the gateway itself; other methods are ordinary calls."""
    return method == b"GET" and target.service.service_code in METASERVICES


def answer_metaservice(routes: Routes, client: ClientId, target: Target, *, now: float) -> Answer:
    """Return the answer of a metaservice.

    :raises ExchangeRefusal: a description is asked for that does not exist.
    """
    provider = target.service.provider
    if target.service.service_code == GET_OPENAPI:
        return own_answer(_description(routes, target).encode(), b"application/json")
    services = [service for service in routes.snapshot.services if service.id.provider == provider]
    if target.service.service_code == LIST_METHODS:
        listed = [_listed(service, service.operations) for service in services]
    else:
        listed = list(_allowed(routes, client, services, now))
    return own_answer(_json({"service": listed}), b"application/json")


def own_answer(body: bytes, content_type: bytes) -> Answer:
    """Return an answer that nobody else was asked for."""
    ended_at = time.time_ns() // 1000
    return Answer(200, b"", [(b"content-type", content_type)], body, None, sent_at=None, ended_at=ended_at)


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _listed(service: Service, operations: Iterable[Operation]) -> dict[str, Any]:
    return {
        "member_class": service.id.member_class,
        "member_code": service.id.member_code,
        "object_type": "SERVICE",
        "service_code": service.id.service_code,
        "service_type": service.kind.value.upper(),
        "subsystem_code": service.id.subsystem,
        "xroad_instance": service.id.instance,
        "endpoint_list": [{"method": operation.method, "path": operation.path} for operation in operations],
    }


def _allowed(routes: Routes, client: ClientId, services: Iterable[Service], now: float) -> Iterable[dict[str, Any]]:
    for service in services:
        permits = [permit for permit in routes.permits_of(client, service.id) if _holds(permit, now)]
        if not permits:
            continue
        if service.operations:
            operations = [one for one in service.operations if any(_covers(permit, one) for permit in permits)]
        else:
            narrow = (permit for permit in permits if not permit.covers_whole_service)
            operations = [Operation(method=permit.method, path=permit.path_glob) for permit in narrow]
        yield _listed(service, operations)


def _holds(permit: Permit, now: float) -> bool:
    return permit.starts_at.timestamp() <= now and (permit.ends_at is None or now < permit.ends_at.timestamp())


def _covers(permit: Permit, operation: Operation) -> bool:
    if operation.method == ANY_METHOD:
        return permit.method == ANY_METHOD and permit.covers("GET", operation.path)
    return permit.covers(operation.method, operation.path)


def _description(routes: Routes, target: Target) -> str:
    pairs = parse_qsl(target.query or "", keep_blank_values=True)
    code = next((value for name, value in pairs if name.lower() == "servicecode"), "")
    if not code:
        raise errors.invalid_request("Missing serviceCode in message body")
    service_id = replace(target.service, service_code=code)
    route = routes.services.get(service_id)
    if route is None:
        raise errors.description_not_found(service_id)
    if route.service.kind is not ServiceKind.OPENAPI or route.service.description is None:
        raise errors.not_described(route.service.kind.value.upper())
    return _without_hosts(route.service.description)


@lru_cache(maxsize=256)
def _without_hosts(description: str) -> str:
    """Return a description whose servers are told by their paths: where a provider's system stands is not told."""
    document = json.loads(description)
    for server in document.get("servers", ()):
        address = server.get("url")
        if isinstance(address, str) and "{" not in address:
            server["url"] = urlsplit(address).path or "/"
    return json.dumps(document, ensure_ascii=False)


def list_clients(routes: Routes, accept: str, query: str) -> Answer:
    """Return the members and subsystems of the instance: JSON if the client accepts it, else XML.

    ``xRoadInstance`` may name the instance; of another one nobody is listed.
    """
    named = next((value for name, value in parse_qsl(query) if name == "xRoadInstance"), None)
    entries = [entry for entry in _entries(routes.snapshot) if named in (None, entry[0].instance)]
    if "application/json" in accept.lower():
        return own_answer(_json({"member": [_entry_as_json(*entry) for entry in entries]}), b"application/json")
    listed = "".join(_entry_as_xml(*entry) for entry in entries)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<xroad:clientList xmlns:xroad="{_XROAD}" xmlns:id="{_IDENTIFIERS}">{listed}</xroad:clientList>'
    )
    return own_answer(text.encode(), b"text/xml;charset=UTF-8")


_Entry = tuple[MemberId | ClientId, str, str | None]


def _entries(snapshot: Snapshot) -> Iterable[_Entry]:
    names = {member.id: member.name for member in snapshot.members}
    for member in snapshot.members:
        yield member.id, member.name, None
    for subsystem in snapshot.subsystems:
        if subsystem.id.subsystem is not None:
            yield subsystem.id, names[subsystem.id.member], subsystem.name or None


def _parts(identifier: MemberId | ClientId) -> dict[str, str]:
    names = ("xroad_instance", "member_class", "member_code", "subsystem_code")
    return dict(zip(names, identifier.parts(), strict=False))


def _entry_as_json(identifier: MemberId | ClientId, name: str, subsystem_name: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {"id": {"object_type": identifier.kind, **_parts(identifier)}, "name": name}
    return told if subsystem_name is None else {**told, "subsystem_name": subsystem_name}


_TAGS = {
    "xroad_instance": "xRoadInstance",
    "member_class": "memberClass",
    "member_code": "memberCode",
    "subsystem_code": "subsystemCode",
}


def _entry_as_xml(identifier: MemberId | ClientId, name: str, subsystem_name: str | None) -> str:
    parts = "".join(f"<id:{_TAGS[key]}>{escape(text)}</id:{_TAGS[key]}>" for key, text in _parts(identifier).items())
    more = "" if subsystem_name is None else f"<xroad:subsystemName>{escape(subsystem_name)}</xroad:subsystemName>"
    return (
        f'<xroad:member><xroad:id id:objectType="{identifier.kind}">{parts}</xroad:id>'
        f"<xroad:name>{escape(name)}</xroad:name>{more}</xroad:member>"
    )
