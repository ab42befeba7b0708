"""The members, subsystems, groups and server of the instance as X-Road's shared parameters, for its clients' tools."""

from __future__ import annotations

import io
import zipfile
from xml.etree.ElementTree import Element, SubElement, tostring

from divan_gateway.metaservices import own_answer
from divan_gateway.routing import Routes
from divan_gateway.wire import Answer
from divan_libs.envelope.snapshot import Group, Snapshot

_XROAD = "http://x-road.eu/xsd/xroad.xsd"


def verification_conf(routes: Routes) -> Answer:
    """Return the archive of ``/verificationconf``: the shared parameters and the name of the instance."""
    instance = routes.server.instance
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"verificationconf/{instance}/shared-params.xml", shared_params(routes.snapshot))
        archive.writestr("verificationconf/instance-identifier", instance)
    answer = own_answer(packed.getvalue(), b"application/zip")
    answer.headers.append((b"content-disposition", b'attachment; filename="verificationconf.zip"'))
    return answer


def shared_params(snapshot: Snapshot) -> bytes:
    """Return the document; only its root has a namespace, as X-Road's has."""
    root = Element(f"{{{_XROAD}}}conf")
    _text(root, "instanceIdentifier", snapshot.server.instance)
    places: dict[object, Element] = {}
    for number, member in enumerate(snapshot.members):
        place = places[member.id] = SubElement(root, "member", id=f"id{number}")
        of_class = SubElement(place, "memberClass")
        _text(of_class, "code", member.id.member_class)
        _text(of_class, "description", member.id.member_class)
        _text(place, "memberCode", member.id.member_code)
        _text(place, "name", member.name)
    for number, subsystem in enumerate(snapshot.subsystems):
        if subsystem.id.subsystem is not None:
            place = SubElement(places[subsystem.id.member], "subsystem", id=f"sub{number}")
            _text(place, "subsystemCode", subsystem.id.subsystem)
    _server(root, snapshot, places)
    for group in snapshot.groups:
        if group.id.provider is None:
            _group(root, group)
    octets: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return octets


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


def _server(root: Element, snapshot: Snapshot, places: dict[object, Element]) -> None:
    server = SubElement(root, "securityServer")
    for member in snapshot.members:
        if member.id.parts() == snapshot.server.parts()[:3]:
            _text(server, "owner", places[member.id].get("id", ""))
    _text(server, "serverCode", snapshot.server.server_code)


def _group(root: Element, group: Group) -> None:
    place = SubElement(root, "globalGroup")
    _text(place, "groupCode", group.id.group_code)
    SubElement(place, "description")
    tags = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
    for member in sorted(group.members, key=str):
        told = SubElement(place, "groupMember", objectType=member.kind)
        for tag, text in zip(tags, member.parts(), strict=False):
            _text(told, tag, text)
