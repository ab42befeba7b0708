"""One provider and one gateway for all tests that do not break them."""

from __future__ import annotations

import ssl

import pytest

from divan_gateway.tests.provider import Provider
from divan_gateway.tests.rig import (
    PLAIN_CLIENT,
    SLASHED_CLIENT,
    SLASHED_SERVICE,
    Authority,
    Gateway,
    Ground,
    free_port,
    permit,
    service,
)
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace


@pytest.fixture(scope="session")
def ground(tmp_path_factory):
    return Ground.prepare(tmp_path_factory.mktemp("gateway"))


@pytest.fixture(scope="session")
def provider():
    server = Provider()
    yield server
    server.close()


@pytest.fixture(scope="session")
def secure_provider(ground):
    """A provider that speaks HTTPS and demands the gateway's certificate."""
    identity = ground.authority.issue("provider")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.certificate, identity.key)
    context.load_verify_locations(ground.authority.certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    server = Provider(context)
    yield server
    server.close()


@pytest.fixture
def launch():
    """Start a gateway; whatever happens to the test, it does not outlive it."""
    launched = []

    def start(ground, **options):
        launched.append(Gateway(ground, **options))
        return launched[-1]

    yield start
    for process in launched:
        process.kill()


@pytest.fixture(scope="session")
def gateway(ground, provider, secure_provider):
    """A gateway with the services and permits that the tests speak of."""
    other = Authority(ground.directory, "other")
    dead = f"http://127.0.0.1:{free_port()}"
    trusted, untrusted = (ground.authority.certificate.read_text(),), (other.certificate.read_text(),)
    in_path = SubjectPlace(where=SubjectIn.PATH_SEGMENT, at="1")
    in_body = SubjectPlace(where=SubjectIn.JSON_POINTER, at="/person/code")
    services = [
        service("echo", provider.url()),
        service("based", provider.url("/api/")),
        service("guarded", provider.url()),
        service("quick", provider.url(), timeout_ms=300),
        service("dead", dead),
        service("nowhere", "http://server.invalid"),
        service(
            "many",
            "http://server.invalid",
            "http://127.0.0,78",
            "http://\ufeffserver.invalid",
            dead,
            provider.url(),
        ),
        service("off", provider.url(), disabled_notice="until Saturday"),
        service("https", secure_provider.url(), trusted_certificates=trusted),
        service("mistrusted", secure_provider.url(), trusted_certificates=untrusted),
        service("persons", provider.url(), subject=in_path),
        service("lookup", provider.url(), subject=in_body),
        service(SLASHED_SERVICE, provider.url()),
    ]
    permits = [
        *(permit(item.name) for item in services if item.name != "guarded"),
        permit("guarded", method="GET", glob="/open/**"),
        permit("echo", client=PLAIN_CLIENT),
        permit(SLASHED_SERVICE, client=SLASHED_CLIENT),
    ]
    ground.publish(ground.snapshot(services, permits))
    process = Gateway(ground).wait_until()
    yield process
    assert process.stop() == 0
    assert ground.findings() == []
