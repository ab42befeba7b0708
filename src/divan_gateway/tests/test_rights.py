"""Who may call what, when, how often, and what of the answer is seen."""

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
from tests.waiting import wait_for

from divan_gateway.quotas import Quotas
from divan_gateway.tests.rig import CLIENT, PLAIN_CLIENT, PRODUCER, Gateway, Ground, permit, service
from divan_libs.envelope.addresses import ClientId, GroupId
from divan_libs.envelope.errors import ExchangeRefusal
from divan_libs.envelope.permits import WeeklyHours, decide
from divan_libs.envelope.snapshot import Connection, Group, Subsystem

TEHRAN = ZoneInfo("Asia/Tehran")
OPEN_TO_ALL = "EE/BUSINESS/consumer/open"
GLOBAL, LOCAL = "EE/offices", f"{PRODUCER}/friends"
DENIED = "server.serverproxy.access_denied"


def local(day, clock):
    """A moment of the week that begins on Monday, 2 March 2026, in local time."""
    hour, minute = map(int, clock.split(":"))
    return dt.datetime(2026, 3, 1 + day, hour, minute, tzinfo=TEHRAN).astimezone(dt.UTC)


SATURDAY, THURSDAY, FRIDAY = 6, 4, 5
OFFICE = WeeklyHours(days=(6, 7, 1, 2, 3), starts=dt.time(7, 30), ends=dt.time(14))
EVENING = WeeklyHours(days=(THURSDAY,), starts=dt.time(20))


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        (local(SATURDAY, "07:29"), False),
        (local(SATURDAY, "07:30"), True),
        (local(SATURDAY, "13:59"), True),
        (local(SATURDAY, "14:00"), False),
        (local(THURSDAY, "10:00"), False),
        (local(THURSDAY, "23:59"), True),
        (local(FRIDAY, "00:00"), False),
    ],
)
def test_hours_and_days_are_those_of_the_province(at, allowed):
    held = permit("echo", hours=(OFFICE, EVENING), starts_at=local(1, "00:00"))
    found = decide(
        [held], subject=ClientId.parse(CLIENT), service=held.service, method="GET", raw_path="/x", at=at, zone=TEHRAN
    )

    assert (found is held) is allowed


def take(quotas, permit, at, client=CLIENT):
    """Call once; return 0 or, if it is refused, after how many seconds it may go."""
    try:
        quotas.take(permit, ClientId.parse(client), now=at, zone=TEHRAN)
    except ExchangeRefusal as refusal:
        return refusal.retry_after
    return 0


def test_a_rate_lets_its_burst_through_and_then_goes_at_an_even_pace(tmp_path):
    quotas, other_process = Quotas(tmp_path), Quotas(tmp_path)
    held = permit("echo", rate_per_minute=30, burst=3)
    noon = local(SATURDAY, "12:00")
    second = dt.timedelta(seconds=1)

    assert [take(quotas, held, noon), take(other_process, held, noon), take(quotas, held, noon)] == [0, 0, 0]
    assert take(other_process, held, noon) == 2
    assert take(quotas, held, noon, PLAIN_CLIENT) == 0
    assert [take(quotas, held, noon + second * later) for later in (1, 2, 3, 4, 4)] == [1, 0, 1, 0, 2]
    allowed = sum(take(quotas, held, noon + second * (60 + later)) == 0 for later in range(60))
    assert allowed == 30 + 2


def test_a_daily_quota_ends_at_midnight_of_the_province(tmp_path):
    held = permit("echo", daily_quota=2)
    late = local(SATURDAY, "23:59")

    assert [take(Quotas(tmp_path), held, late) for _ in range(3)] == [0, 0, 60]
    assert take(Quotas(tmp_path), held, late + dt.timedelta(seconds=60)) == 0


@pytest.fixture(scope="module")
def province(provider, tmp_path_factory):
    """A gateway where rights are given in every way; the clock of the province is far from that of the others."""
    ground = Ground.prepare(tmp_path_factory.mktemp("rights"))
    plain = ClientId.parse(PLAIN_CLIENT)
    always, never = WeeklyHours(days=tuple(range(1, 8))), WeeklyHours(days=(1,), starts=dt.time(0), ends=dt.time(0, 1))
    names = ("grouped", "befriended", "timed", "closed", "paced", "counted", "partial", "paths", "open")
    services = [service(name, provider.url()) for name in names]
    rights = [
        permit("grouped", subject=GroupId.parse(GLOBAL)),
        permit("befriended", subject=GroupId.parse(LOCAL), method="GET"),
        permit("timed", client=PLAIN_CLIENT, hours=(never, always)),
        permit("closed", client=PLAIN_CLIENT, hours=(never,) if dt.datetime.now(TEHRAN).hour else (OFFICE,)),
        permit("paced", client=PLAIN_CLIENT, rate_per_minute=1),
        permit("counted", subject=GroupId.parse(GLOBAL), daily_quota=2),
        permit("partial", client=PLAIN_CLIENT, hidden=("/born/on", "/phones/*/number")),
        permit("paths", client=PLAIN_CLIENT, method="GET", glob="/api/**"),
        permit("paths", client=PLAIN_CLIENT, method="POST", glob="/api/test/*"),
        permit("open", client=OPEN_TO_ALL),
    ]
    groups = (
        Group(id=GroupId.parse(GLOBAL), members=frozenset({plain, ClientId.parse(CLIENT)})),
        Group(id=GroupId.parse(LOCAL), members=frozenset({plain})),
    )
    subsystems = {item.id: item for item in ground.snapshot(services, []).subsystems}
    subsystems[plain] = Subsystem(id=plain, name="", connection=Connection.HTTP, true_status=True)
    anyone = ClientId.parse(OPEN_TO_ALL)
    subsystems[anyone] = Subsystem(id=anyone, name="", connection=Connection.HTTPS_NO_AUTH)
    ground.publish(ground.snapshot(services, rights, groups=groups, subsystems=tuple(subsystems.values())))
    process = Gateway(ground).wait_until()
    yield process
    assert process.stop() == 0


def of(province, name, method="GET", client=PLAIN_CLIENT, **options):
    return province.plain(method, f"/r1/{PRODUCER}/{name}", client=client, **options)


def test_a_group_gives_its_right_to_each_of_its_members_and_to_nobody_else(province):
    assert of(province, "grouped/x").status == 200
    assert of(province, "befriended/x").status == 200
    assert of(province, "befriended/x", "POST", body=b"").error == DENIED
    assert province.call("GET", f"/r1/{PRODUCER}/grouped/x").status == 200
    assert province.call("GET", f"/r1/{PRODUCER}/befriended/x").error == DENIED


def test_a_permit_outside_its_hours_is_none(province):
    assert of(province, "timed/x").status == 200
    assert (of(province, "closed/x").status, of(province, "closed/x").error) == (403, DENIED)


def test_beyond_a_rate_or_a_quota_the_client_learns_when_to_come_back(province, provider):
    assert of(province, "paced/x").status == 200
    seen = len(provider.seen)
    paced = of(province, "paced/x")
    counted = [of(province, "counted/x") for _ in range(3)]

    assert (paced.status, paced.error) == (429, "server.serverproxy.too_many_requests")
    assert 50 <= int(paced.value("Retry-After")) <= 61
    assert [reply.status for reply in counted] == [200, 200, 429]
    # Each consumer of a group has a quota of its own.
    assert province.call("GET", f"/r1/{PRODUCER}/counted/x").status == 200
    assert len(provider.seen) == seen + 3


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/foo", True),
        ("POST", "/api/test/foo", True),
        ("POST", "/api/t%65st/foo", True),
        ("POST", "/api/t%65st/foo%2dbar", True),
        ("POST", "/api/test/foo/../bar", True),
        ("POST", "/api/test%2Dbar", False),
        ("POST", "/api/test/../bar", False),
        ("GET", "/api/test/../../../api/test", False),
        ("POST", "/api/test/foo/bar", False),
        ("POST", "/api/test/foo%2Fbar", True),
        ("POST", "/api%2Ftest/foo", False),
        ("DELETE", "/api/test", False),
        ("GET", "/%2e%2e/secret", False),
        ("GET", "/api/%2e%2e/secret", False),
        ("GET", "/api/test/%2e%2e/%2e%2e/secret", False),
        ("GET", "/api/..%2Fsecret", False),
        ("GET", "/api/..;/secret", False),
        ("GET", "/api/..%5Csecret", False),
    ],
)
def test_the_decision_table(province, provider, method, path, allowed):
    """X-Road's table and its traversal cases; an encoded slash is no slash, and reaches the provider as it was sent."""
    reply = of(province, f"paths{path}", method, body=b"" if method == "POST" else None)

    assert (reply.status, reply.error) == ((200, None) if allowed else (403, DENIED))
    if allowed:
        assert provider.last().target == path


def test_hidden_fields_do_not_leave_the_exchange(province, provider):
    reply = of(province, "partial/person", headers={"Accept-Encoding": "gzip", "Range": "bytes=0-5"})

    assert json.loads(reply.body) == {"name": "N", "born": {"at": "Kh"}, "phones": [{"kind": "home"}, {}]}
    assert reply.value("ETag") is None
    assert provider.last().values("Accept-Encoding") == ["identity"]
    assert provider.last().values("Range") == []
    assert of(province, "partial/person", "HEAD").value("Content-Length") is None


@pytest.mark.parametrize("page", ["person?=text/plain", "flood?=20000000", "mirror"])
def test_what_cannot_be_looked_into_does_not_pass(province, page):
    reply = of(province, f"partial/{page}", "POST", body=b'{"born":')

    assert (reply.status, reply.error) == (502, "server.serverproxy.io_error")
    assert b"1370" not in reply.body


def test_a_client_without_certificates_comes_over_tls_only(province):
    target = f"/r1/{PRODUCER}/open/x"

    assert province.call("GET", target, client=OPEN_TO_ALL, anonymous=True).status == 200
    refused = province.plain("GET", target, client=OPEN_TO_ALL, headers={"Prefer": "http-status"})
    assert (refused.status, refused.value("Preference-Applied")) == (401, "http-status")
    assert refused.message == (
        f"Client (SUBSYSTEM:{OPEN_TO_ALL}) specifies HTTPS NO AUTH but client made plaintext connection"
    )


def test_true_statuses_are_given_to_whoever_asks_and_to_those_of_whom_it_is_known(province):
    target = f"/r1/{PRODUCER}/nothing/x"

    assert province.call("GET", target).status == 500
    assert province.call("GET", target, headers={"Prefer": "wait=5, http-status"}).status == 404
    assert province.plain("GET", target, client=PLAIN_CLIENT).status == 404


def test_a_right_that_is_withdrawn_ends_and_no_call_fails_meanwhile(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    echo = service("echo", provider.url())
    ground.publish(ground.snapshot([echo], [permit("echo", client=PLAIN_CLIENT)]))
    gateway = launch(ground, WATCH_MS="200").wait_until()
    target = f"/r1/{PRODUCER}/echo/x"
    assert gateway.plain("GET", target, client=PLAIN_CLIENT).status == 200
    ground.publish(ground.snapshot([echo], [], version=2))

    def refused():
        reply = gateway.plain("GET", target, client=PLAIN_CLIENT)
        return reply.status != 200 and reply

    # How long it takes is measured by bench/rights.py; here it must not take for ever.
    assert wait_for(refused, every=0).error == DENIED
    assert gateway.stop() == 0
