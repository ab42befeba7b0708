"""The members, subsystems, groups and server of the instance as X-Road's shared parameters, for its clients' tools."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import TypeVar
from xml.etree.ElementTree import Element, SubElement, tostring

from divan_gateway.metaservices import own_answer
from divan_gateway.routing import Routes
from divan_gateway.wire import Answer
from divan_libs.envelope.addresses import MemberId
from divan_libs.envelope.snapshot import Group, Member, Snapshot, Subsystem

_XROAD = "http://x-road.eu/xsd/xroad.xsd"


def verification_conf(routes: Routes, address: str) -> Answer:
    """Return the archive of ``/verificationconf``: the shared parameters and the name of the instance.

    :param address: the name or number under which clients reach this gateway.
    """
    instance = routes.server.instance
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"verificationconf/{instance}/shared-params.xml", shared_params(routes.snapshot, address))
        archive.writestr("verificationconf/instance-identifier", instance)
    answer = own_answer(packed.getvalue(), b"application/zip")
    answer.headers.append((b"content-disposition", b'attachment; filename="verificationconf.zip"'))
    return answer


def shared_params(snapshot: Snapshot, address: str) -> bytes:
    """Return the document of this instance; only its root has a namespace, as X-Road's has.

    Who takes part from another instance stands in that one's document.
    """
    root = Element(f"{{{_XROAD}}}conf")
    _text(root, "instanceIdentifier", snapshot.server.instance)
    members: dict[MemberId, str] = {}
    clients: list[str] = []
    places: dict[MemberId, Element] = {}
    for number, member in enumerate(_own(snapshot.members, snapshot)):
        place = places[member.id] = SubElement(root, "member", id=f"id{number}")
        members[member.id] = f"id{number}"
        of_class = SubElement(place, "memberClass")
        _text(of_class, "code", member.id.member_class)
        _text(of_class, "description", member.id.member_class)
        _text(place, "memberCode", member.id.member_code)
        _text(place, "name", member.name)
    for number, subsystem in enumerate(_own(snapshot.subsystems, snapshot)):
        if subsystem.id.subsystem is None:
            clients.append(members[subsystem.id.member])
            continue
        place = SubElement(places[subsystem.id.member], "subsystem", id=f"sub{number}")
        _text(place, "subsystemCode", subsystem.id.subsystem)
        clients.append(f"sub{number}")
    _server(root, snapshot, members, clients, address)
    for group in snapshot.groups:
        if group.id.provider is None:
            _group(root, group)
    octets: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return octets


_Entry = TypeVar("_Entry", Member, Subsystem)


def _own(entries: Iterable[_Entry], snapshot: Snapshot) -> list[_Entry]:
    return [entry for entry in entries if entry.id.instance == snapshot.server.instance]


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


def _server(
    root: Element, snapshot: Snapshot, members: Mapping[MemberId, str], clients: Iterable[str], address: str
) -> None:
    """Tell of this gateway: every member and system of the instance is registered with it."""
    server = SubElement(root, "securityServer")
    for member, place in members.items():
        if member.parts() == snapshot.server.parts()[:3]:
            _text(server, "owner", place)
    _text(server, "serverCode", snapshot.server.server_code)
    _text(server, "address", address)
    for client in clients:
        _text(server, "client", client)


def _group(root: Element, group: Group) -> None:
    place = SubElement(root, "globalGroup")
    _text(place, "groupCode", group.id.group_code)
    SubElement(place, "description")
    tags = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
    for member in sorted(group.members, key=str):
        told = SubElement(place, "groupMember", objectType=member.kind)
        for tag, text in zip(tags, member.parts(), strict=False):
            _text(told, tag, text)
