"""``/asic``: who took part in a message gets its signed container, once it is timestamped."""

import datetime as dt
import io
import json
import shutil
import subprocess
import threading
import zipfile

import pytest
from tests.waiting import wait_for

from divan_gateway.tests.rig import CLIENT, PLAIN_CLIENT, PRODUCER, STRANGER, Gateway, Ground, permit, service
from divan_libs.asic import containers
from divan_libs.asic.reading import Shape
from divan_libs.asic.verification import verify_container
from divan_libs.asic.xades import XADES
from divan_libs.envelope.addresses import ClientId
from divan_libs.envelope.evidence.containers import batch_signature, message_signature
from divan_libs.envelope.evidence.finding import find_messages
from divan_libs.envelope.evidence.records import MessageSignature
from divan_libs.envelope.evidence.stamps import StampedBatches, stamp_path
from divan_libs.envelope.snapshot import Connection, Signing, Subsystem
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.encoding import write_certificates
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.timestampers import LocalTimestamper
from divan_libs.pki.timestamps import TimestampAuthority


def question(message_id, client=PLAIN_CLIENT, more="&unique&requestOnly"):
    names = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
    told = "&".join(f"{name}={part}" for name, part in zip(names, client.split("/"), strict=True))
    return f"/asic?queryId={message_id}&{told}{more}"


@pytest.fixture(scope="module")
def witnessed(provider, tmp_path_factory):
    """A gateway whose key has a certificate; its segments are small, so that messages lie in many."""
    ground = Ground.prepare(tmp_path_factory.mktemp("asic"))
    now = dt.datetime.now(dt.UTC)
    authority = RehearsalAuthority.create(now)
    certificate = authority.issue_witness(ground.evidence_key.public_key(), "EE/BUSINESS/producer/gateway", now=now)
    key = ground.directory / "evidence.key"
    key.write_bytes(key.read_bytes() + write_certificates((certificate, *authority.chain)))
    services = [service("echo", provider.url()), service("alone", provider.url(), signing=Signing.MESSAGE)]
    rights = [permit(item.name, client=client) for item in services for client in (PLAIN_CLIENT, CLIENT)]
    subsystems = {item.id: item for item in ground.snapshot(services, []).subsystems}
    for name in (PRODUCER, STRANGER):
        subsystems[ClientId.parse(name)] = Subsystem(id=ClientId.parse(name), name="", connection=Connection.HTTP)
    ground.publish(ground.snapshot(services, rights, subsystems=tuple(subsystems.values())))
    process = Gateway(ground, SEGMENT_BYTES="20000").wait_until()
    process.authority = authority
    own = generate_private_key()
    kept = FileKey(own, authority.issue_timestamper(own.public_key(), now=now), authority.chain)
    process.stamps = TimestampAuthority(kept, kept.chain)
    yield process
    assert process.stop() == 0
    assert ground.findings() == []


def send(gateway, message_id, name="echo", count=1):
    for _ in range(count):
        reply = gateway.plain("GET", f"/r1/{PRODUCER}/{name}/x", client=PLAIN_CLIENT, headers={"X-Road-Id": message_id})
        assert reply.status == 200
    wait_for_root(gateway, message_id, count)


def wait_for_root(gateway, message_id, count):
    wait_for(lambda: len(find_messages(gateway.ground.evidence, message_id)) >= count)


def stamp(gateway, message_id, number):
    """Do what the house does: have the signatures of a message's batch stamped and lay the token beside the gateway."""
    now = dt.datetime.now(dt.UTC)
    signatures, batches = [], {}
    for message in find_messages(gateway.ground.evidence, message_id):
        batches[(message.segment, message.root.batch)] = len(signatures)
        signatures.append(batch_signature(message.root, message.certificates))
        if message.signature:
            signatures.append(message_signature(MessageSignature.decode(message.signature), message.certificates))
    token = LocalTimestamper(gateway.stamps, lambda: now).stamp(containers.stamped_file(signatures), "sha512")
    told = StampedBatches(token=token, items=containers.stamp_items(signatures), batches=batches)
    path = gateway.ground.directory / "stamps" / stamp_path(number, "x", now.date())
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_bytes(told.encode())
    draft.replace(path)


def verdict_of(gateway, octets):
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    return verify_container(octets, roots=[gateway.authority.root], now=later)


@pytest.mark.parametrize(("name", "shape"), [("echo", Shape.BATCH), ("alone", Shape.PLAIN)])
def test_a_stamped_message_is_handed_to_both_who_took_part_and_verifies(witnessed, name, shape):
    message_id = f"both/{name}"
    send(witnessed, message_id, name)
    early = witnessed.plain("GET", question(message_id))
    taken = witnessed.plain("GET", question(message_id, more="&unique&responseOnly&unstamped"))
    stamp(witnessed, message_id, 1 if name == "echo" else 2)
    asked, was_asked = (witnessed.plain("GET", question(message_id, client)) for client in (PLAIN_CLIENT, PRODUCER))

    assert (early.status, early.body) == (500, b"Message signature has not been timestamped yet!")
    assert verdict_of(witnessed, taken.body).problems == ("asic.timestamp.missing",)
    assert asked.body == was_asked.body
    assert asked.values("Content-Type") == ["application/vnd.etsi.asic-e+zip"]
    [request_id] = {one.request_id for one in witnessed.ground.intents() if one.message_id == message_id}
    assert asked.value("Content-Disposition") == f'attachment; filename="both-{name}-{request_id}.asice"'
    verdict = verdict_of(witnessed, asked.body)
    assert (verdict.problems, verdict.trusted, verdict.shape) == ((), True, shape)
    assert json.loads(verdict.octets["intent.json"])["request_id"] == request_id


def test_attempts_under_one_identifier_come_in_one_archive_also_from_full_segments(witnessed):
    send(witnessed, "repeated", count=2)
    for number in range(60):
        witnessed.plain("GET", f"/r1/{PRODUCER}/echo/fill", client=PLAIN_CLIENT, headers={"X-Road-Id": f"f{number}"})
    several = witnessed.plain("GET", question("repeated", more="&unique&requestOnly&unstamped"))
    archive = witnessed.plain("GET", question("repeated", more="&unstamped"))
    early = witnessed.plain("GET", question("repeated", more=""))

    assert (several.status, several.body) == (400, b"There are 2 signed documents under this identifier")
    assert (early.status, early.body) == (500, b"Some message signatures have not been timestamped yet!")
    assert archive.values("Content-Type") == ["application/zip"]
    assert archive.value("Content-Disposition") == 'attachment; filename="repeated.zip"'
    with zipfile.ZipFile(io.BytesIO(archive.body)) as packed:
        containers_found = [packed.read(name) for name in packed.namelist()]
    assert [verdict_of(witnessed, octets).problems for octets in containers_found] == [("asic.timestamp.missing",)] * 2
    kept = sorted((witnessed.ground.evidence / "index").iterdir())
    assert kept
    # An index that says nothing true is only a place not looked into; one that is gone is made anew.
    for index in kept:
        index.unlink()
    assert witnessed.plain("GET", question("repeated", more="&unstamped")).body == archive.body


def test_who_forces_waits_for_the_timestamp(witnessed):
    send(witnessed, "forced")
    replies = []
    asking = threading.Thread(
        target=lambda: replies.append(witnessed.plain("GET", question("forced", more="&unique&requestOnly&force")))
    )
    asking.start()
    # Others are answered meanwhile.
    assert witnessed.plain("GET", question("none")).status == 404
    stamp(witnessed, "forced", 3)
    asking.join(20)

    assert [reply.status for reply in replies] == [200]
    assert verdict_of(witnessed, replies[0].body).problems == ()


@pytest.mark.parametrize(
    ("target", "status", "text"),
    [
        (question("x", more="").replace("queryId=x&", ""), 400, 'Parameter "queryId"  must be specified.'),
        (question("").replace("&unique", ""), 400, 'Parameter "queryId"  must be specified.'),
        (question("x").replace("memberCode=consumer&", ""), 400, 'Parameter "memberCode"  must be specified.'),
        (
            question("x", more="&requestOnly&responseOnly"),
            400,
            'Parameters "requestOnly" and "responseOnly" cannot be used at the same time.',
        ),
        (
            question("x", more="&unique"),
            400,
            'Parameter "unique" not applicable without "requestOnly" or "responseOnly".',
        ),
        (question("x", "EE/BUSINESS/consumer/nobody"), 401, "Client 'SUBSYSTEM:EE/BUSINESS/consumer/nobody' not found"),
        (
            question("secret", CLIENT),
            401,
            f"Client (SUBSYSTEM:{CLIENT}) specifies HTTPS but did not supply TLS certificate",
        ),
        (question("secret", STRANGER), 404, "No signed documents found"),
        (question("../../secret%00%ff"), 404, "No signed documents found"),
    ],
)
def test_what_cannot_be_handed_out_is_told_in_words(witnessed, target, status, text):
    """A stranger learns nothing: not even that there is such a message."""
    if not find_messages(witnessed.ground.evidence, "secret"):
        send(witnessed, "secret")

    reply = witnessed.plain("GET", target)

    assert (reply.status, reply.body.decode()) == (status, text)
    assert reply.values("Content-Type") == ["text/plain;charset=utf-8"]


def test_evidence_without_a_certificate_is_no_container(gateway):
    reply = gateway.plain("GET", f"/r1/{PRODUCER}/echo/x", client=PLAIN_CLIENT, headers={"X-Road-Id": "bare"})
    assert reply.status == 200
    wait_for_root(gateway, "bare", 1)

    refused = gateway.plain("GET", question("bare"))

    assert (refused.status, refused.body) == (500, b"The evidence was signed with a key that has no certificate")


@pytest.mark.skipif(shutil.which("xmlsec1") is None, reason="xmlsec1 is not installed")
def test_a_foreign_tool_verifies_what_was_handed_out(witnessed, tmp_path):
    send(witnessed, "foreign", "alone")
    container = witnessed.plain("GET", question("foreign", more="&unique&requestOnly&unstamped")).body
    with zipfile.ZipFile(io.BytesIO(container)) as packed:
        packed.extractall(tmp_path)
    (tmp_path / "root.pem").write_bytes(write_certificates([witnessed.authority.root]))
    (tmp_path / "chain.pem").write_bytes(write_certificates(witnessed.authority.chain))
    told = "--trusted-pem root.pem --untrusted-pem chain.pem --url-map:/intent.json intent.json"
    command = ["xmlsec1", "--verify", *told.split(), "--url-map:/closing.json", "closing.json"]
    command += ["--id-attr:Id", f"{XADES}:SignedProperties", "META-INF/signatures.xml"]

    def judge() -> int:
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert judge() == 0
    (tmp_path / "closing.json").write_bytes((tmp_path / "closing.json").read_bytes() + b" ")
    assert judge() != 0
