"""What clients' tools ask of the exchange itself."""

import io
import json
import zipfile
from xml.etree import ElementTree as ET

import pytest

from divan_gateway.tests.rig import CLIENT, PLAIN_CLIENT, PRODUCER, SERVER, Gateway, Ground, permit, service
from divan_libs.envelope.addresses import ClientId, GroupId
from divan_libs.envelope.snapshot import Group, Operation, ServiceKind

PETS = {
    "openapi": "3.0.3",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "http://10.1.2.3:8080/api/v1"}, {"url": "https://{host}/x"}],
    "paths": {},
}
CLIENTS = "{http://x-road.eu/xsd/xroad.xsd}"
IDS = "{http://x-road.eu/xsd/identifiers}"


@pytest.fixture(scope="module")
def described(provider, tmp_path_factory):
    ground = Ground.prepare(tmp_path_factory.mktemp("metaservices"))
    operations = (Operation(method="GET", path="/pets/*"), Operation(method="POST", path="/pets"))
    services = [
        service(
            "pets",
            provider.url(),
            kind=ServiceKind.OPENAPI,
            description=json.dumps(PETS),
            operations=operations,
        ),
        service("plain", provider.url()),
        service("EE/BUSINESS/producer/other/foreign", provider.url()),
    ]
    rights = [
        permit("pets", client=PLAIN_CLIENT, method="GET"),
        permit("plain", client=PLAIN_CLIENT, method="GET", glob="/a/**"),
    ]
    groups = (Group(id=GroupId.parse("EE/offices"), members=frozenset({ClientId.parse(CLIENT)})),)
    ground.publish(ground.snapshot(services, rights, groups=groups))
    process = Gateway(ground).wait_until()
    yield process
    assert process.stop() == 0
    assert ground.findings() == []


def of(described, name, **options):
    return described.plain("GET", f"/r1/{PRODUCER}/{name}", client=PLAIN_CLIENT, **options)


def test_a_subsystem_lists_its_services_and_what_of_them_the_caller_may_use(described):
    def listed(code, kind, *endpoints):
        return {
            "member_class": "BUSINESS",
            "member_code": "producer",
            "object_type": "SERVICE",
            "service_code": code,
            "service_type": kind,
            "subsystem_code": "sub",
            "xroad_instance": "EE",
            "endpoint_list": [{"method": method, "path": path} for method, path in endpoints],
        }

    every, allowed = of(described, "listMethods"), of(described, "allowedMethods")

    assert json.loads(every.body) == {
        "service": [listed("pets", "OPENAPI", ("GET", "/pets/*"), ("POST", "/pets")), listed("plain", "REST")]
    }
    assert json.loads(allowed.body) == {
        "service": [listed("pets", "OPENAPI", ("GET", "/pets/*")), listed("plain", "REST", ("GET", "/a/**"))]
    }
    assert every.values("Content-Type") == ["application/json"]
    assert every.value("x-road-service") == f"{PRODUCER}/listMethods"
    assert described.ground.closings()[-1].outcome == "answered"
    assert described.ground.closings()[-1].sent_at is None
    strangers = described.call("GET", f"/r1/{PRODUCER}/allowedMethods")
    assert json.loads(strangers.body) == {"service": []}


def test_only_who_is_known_asks_and_only_by_get(described):
    assert described.plain("GET", f"/r1/{PRODUCER}/listMethods").error == (
        "server.clientproxy.invalid_client_identifier"
    )
    assert described.plain("GET", f"/r1/{PRODUCER}/listMethods", client=CLIENT).error == (
        "server.clientproxy.ssl_authentication_failed"
    )
    posted = described.plain("POST", f"/r1/{PRODUCER}/listMethods", client=PLAIN_CLIENT, body=b"")
    assert posted.error == "server.serverproxy.unknown_service"


def test_a_description_is_told_without_the_hosts_of_the_provider(described):
    reply = of(described, "getOpenAPI?serviceCode=pets")
    document = json.loads(of(described, "getOpenAPI?SERVICECODE=pets").body)

    assert reply.values("Content-Type") == ["application/json"]
    assert document == json.loads(reply.body)
    assert document == PETS | {"servers": [{"url": "/api/v1"}, {"url": "https://{host}/x"}]}


@pytest.mark.parametrize(
    ("query", "error", "message"),
    [
        ("", "invalid_request", "Missing serviceCode in message body"),
        ("?serviceCode=plain", "internal_error", "Invalid service type: REST"),
        ("?serviceCode=x", "unknown_service", f"Service not found: SERVICE:{PRODUCER}/x"),
    ],
)
def test_descriptions_that_there_are_not(described, query, error, message):
    reply = of(described, f"getOpenAPI{query}")

    assert (reply.status, reply.error, reply.message) == (500, f"server.serverproxy.{error}", message)
    assert described.ground.closings()[-1].error == f"server.serverproxy.{error}"


def test_clients_are_listed_for_anybody_in_json_and_xml(described):
    as_json = json.loads(described.plain("GET", "/listClients", headers={"Accept": "application/json"}).body)
    as_xml = described.plain("GET", "/listClients")
    root = ET.fromstring(as_xml.body)  # noqa: S314 - what our own gateway said
    codes = {tuple(part.text for part in entry.find(f"{CLIENTS}id")) for entry in root}

    consumer = {"object_type": "MEMBER", "xroad_instance": "EE", "member_class": "BUSINESS", "member_code": "consumer"}
    assert {"id": consumer, "name": "consumer"} in as_json["member"]
    subsystem = consumer | {"object_type": "SUBSYSTEM", "subsystem_code": "sub"}
    assert {"id": subsystem, "name": "consumer"} in as_json["member"]
    assert as_xml.values("Content-Type") == ["text/xml;charset=UTF-8"]
    assert codes == {tuple(list(entry["id"].values())[1:]) for entry in as_json["member"]}
    assert root.find(f"{CLIENTS}member/{CLIENTS}id").get(f"{IDS}objectType") == "MEMBER"
    other = described.plain("GET", "/listClients?xRoadInstance=AA", headers={"Accept": "application/json"})
    assert json.loads(other.body) == {"member": []}


def test_the_shared_parameters_are_where_tools_look_for_them(described):
    reply = described.plain("GET", "/verificationconf")
    with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
        instance = archive.read("verificationconf/instance-identifier").decode()
        root = ET.fromstring(archive.read(f"verificationconf/{instance}/shared-params.xml"))  # noqa: S314 - as above

    assert (reply.values("Content-Type"), instance) == (["application/zip"], "EE")
    assert root.findtext("./instanceIdentifier") == "EE"
    found = {
        (
            member.findtext("./memberClass/code"),
            member.findtext("./memberCode"),
            subsystem.text,
        )
        for member in root.findall("./member")
        for subsystem in member.findall("./subsystem/subsystemCode")
    }
    assert ("BUSINESS", "producer", "sub") in found
    owner = root.findtext("./securityServer/owner")
    assert root.find(f"./member[@id='{owner}']/memberCode").text == SERVER.split("/")[2]
    assert root.findtext("./securityServer/serverCode") == "gateway"
    assert root.findtext("./securityServer/address") == "localhost"
    registered = {client.text for client in root.findall("./securityServer/client")}
    assert registered == {subsystem.get("id") for subsystem in root.findall("./member/subsystem")}
    assert len(registered) >= 5
    assert root.findtext("./globalGroup/groupMember/subsystemCode") == "sub"
