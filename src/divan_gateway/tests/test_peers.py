"""Two gateways, one behind the other: each with an authority of its own, and who is let through from the neighbour."""

from __future__ import annotations

import datetime as dt
import ssl

import pytest

from divan_gateway.tests.rig import CLIENT, PRODUCER, Authority, Gateway, Ground, permit, service
from divan_libs.envelope.addresses import ClientId
from divan_libs.envelope.snapshot import Subsystem

CALL = f"/r1/{PRODUCER}/echo/letters/k"


@pytest.fixture
def ours(tmp_path):
    return Ground.prepare(tmp_path / "near", authority_name="ours")


@pytest.fixture
def far(ours, provider, tmp_path, launch):
    """The neighbour's gateway: it knows the certificate of our gateway, and not yet our authority."""
    ground = Ground.prepare(tmp_path / "far", authority_name="theirs")
    peer = Subsystem(id=ClientId.parse(CLIENT), name="", certificates=frozenset({ours.server.fingerprint}))
    offered = [service("echo", provider.url())], [permit("echo", method="PUT", glob="/letters/*")]
    others = tuple(one for one in ground.snapshot(*offered).subsystems if one.id != peer.id)
    ground.publish(ground.snapshot(*offered, subsystems=(*others, peer)))
    provider.seen.clear()
    return launch(ground).wait_until()


def trust(far: Gateway, ours: Ground) -> None:
    """Let the neighbour's running gateway trust our authority."""
    with far.ground.authority.certificate.open("a") as authorities:
        authorities.write(ours.authority.certificate.read_text())
    far.wait_for_log("authorities of clients taken up")


def near(launch, far: Gateway, ours: Ground, trusted: str) -> Gateway:
    """Our gateway, which reaches the neighbour's service at the neighbour's gateway."""
    address = f"https://127.0.0.1:{far.port}/r1/{PRODUCER}/echo"
    behind = service("echo", address, trusted_certificates=(trusted,))
    ours.publish(ours.snapshot([behind], [permit("echo", method="PUT")]))
    return launch(ours).wait_until()


def test_a_peer_is_let_through_from_the_moment_its_authority_is_trusted(launch, far, ours, provider):
    home = near(launch, far, ours, far.ground.authority.certificate.read_text())
    assert home.call("PUT", CALL, body=b"{}").error == "server.serverproxy.network_error"

    trust(far, ours)
    through = home.call("PUT", CALL, body=b'{"a": 1}', headers={"X-Road-Id": "m-1"})

    assert through.status == 200
    [seen] = provider.seen
    assert (seen.target, seen.body) == ("/letters/k", b'{"a": 1}')
    assert (seen.values("x-road-client"), seen.values("x-road-id")) == ([CLIENT], ["m-1"])
    # Each side has evidence of the same message under the same id.
    assert [one.message_id for one in ours.intents()][1:] == ["m-1"]
    assert [one.message_id for one in far.ground.intents()] == ["m-1"]


def test_who_shows_another_certificate_is_not_the_peer(far, ours, provider):
    trust(far, ours)
    other = ours.authority.issue("other-member")
    over = ours.authority.issue("over", valid_for=dt.timedelta(minutes=-1))
    strange = Authority(ours.directory, "strange").issue("strange")

    assert far.call("PUT", CALL, body=b"{}", identity=other).error == "server.clientproxy.ssl_authentication_failed"
    assert far.call("PUT", CALL, body=b"{}", anonymous=True).error == "server.clientproxy.ssl_authentication_failed"
    assert far.call("GET", CALL, identity=ours.server).error == "server.serverproxy.access_denied"
    for identity in (over, strange):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            far.call("PUT", CALL, body=b"{}", identity=identity)
    assert provider.seen == []


def test_a_neighbour_that_another_authority_vouches_for_is_not_asked(launch, far, ours, provider):
    home = near(launch, far, ours, Authority(ours.directory, "wrong").certificate.read_text())

    assert home.call("PUT", CALL, body=b"{}").error == "server.serverproxy.ssl_authentication_failed"
    assert provider.seen == []
