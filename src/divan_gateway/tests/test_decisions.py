"""Who may call: subsystems, global and local groups, each with services, methods and paths."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_gateway.admission import PLAIN_CALLER, admit
from divan_gateway.routing import ProviderTls, build_routes
from divan_gateway.tests.rig import SERVER, SUBJECT_KEY, permit
from divan_gateway.wire import Request
from divan_libs.envelope.addresses import ClientId, GroupId, ServerId, ServiceId
from divan_libs.envelope.errors import ExchangeRefusal
from divan_libs.envelope.permits import decide
from divan_libs.envelope.snapshot import Connection, Group, Member, Service, Snapshot, Subsystem

NOW = dt.datetime.now(dt.UTC)
ALPHA, BETA, GAMMA, MEMBER = "EE/GOV/1/alpha", "EE/GOV/1/beta", "EE/GOV/2/gamma", "EE/GOV/1"
LAND, TAX = "EE/GOV/3/land", "EE/GOV/3/tax"
OFFICES, FRIENDS, TAX_FRIENDS = "EE/offices", f"{LAND}/friends", f"{TAX}/friends"
GROUPS = {OFFICES: {ALPHA, BETA}, FRIENDS: {GAMMA, ALPHA}, TAX_FRIENDS: {BETA}, "EE/nobody": set()}
SERVICES = (f"{LAND}/plots", f"{LAND}/deeds", f"{TAX}/plots")
DENIED = "server.serverproxy.access_denied"


def right(name, subject, service, method="*", glob="**"):
    named = ClientId.parse(subject) if subject in (ALPHA, BETA, GAMMA, MEMBER) else GroupId.parse(subject)
    return permit(service, id=name, subject=named, method=method, glob=glob)


def routes_of(permits):
    clients = [ClientId.parse(name) for name in (ALPHA, BETA, GAMMA, MEMBER, LAND, TAX)]
    services = [ServiceId.parse(name) for name in SERVICES]
    snapshot = Snapshot(
        version=1,
        issued_at=NOW,
        expires_at=NOW + dt.timedelta(hours=1),
        server=ServerId.parse(SERVER),
        subject_key="k1",
        members=tuple(Member(id=one, name="") for one in {client.member for client in clients}),
        subsystems=tuple(Subsystem(id=one, name="", connection=Connection.HTTP) for one in clients),
        services=tuple(Service(id=one, name="", addresses=("http://provider.invalid",)) for one in services),
        permits=tuple(permits),
        groups=tuple(
            Group(id=GroupId.parse(name), members=frozenset(map(ClientId.parse, members)))
            for name, members in GROUPS.items()
        ),
    )
    return build_routes(snapshot, {"k1": SUBJECT_KEY}, ProviderTls(None))


def decision(routes, client, method, service, path):
    """Return the id of the permit that allows a call, or the code of the refusal."""
    told = {b"x-road-client": client.encode(), b"host": b"g"}
    request = Request(method.encode(), f"/r1/{service}{path}".encode(), list(told.items()), told, b"", keep_alive=True)
    try:
        return admit(routes, PLAIN_CALLER, request, now=NOW).permit.id
    except ExchangeRefusal as refusal:
        return refusal.code


TABLE = routes_of(
    [
        right("alpha reads plots", ALPHA, f"{LAND}/plots", "GET", "/plots/*"),
        right("offices read plots", OFFICES, f"{LAND}/plots", "GET", "/**"),
        right("friends do anything with deeds", FRIENDS, f"{LAND}/deeds"),
        right("friends write one plot", FRIENDS, f"{LAND}/plots", "PUT", "/plots/*/owner"),
        right("tax friends", TAX_FRIENDS, f"{TAX}/plots", "post", "/plots"),
        right("the member itself", MEMBER, f"{TAX}/plots", "GET", "/plots"),
        right("nobody", "EE/nobody", f"{TAX}/plots"),
    ]
)


@pytest.mark.parametrize(
    ("client", "method", "service", "path", "found"),
    [
        # What is given to the subsystem itself comes before what it has by a group.
        (ALPHA, "GET", f"{LAND}/plots", "/plots/7", "alpha reads plots"),
        (ALPHA, "GET", f"{LAND}/plots", "/plots/7/owner", "offices read plots"),
        (BETA, "GET", f"{LAND}/plots", "/plots/7", "offices read plots"),
        (BETA, "GET", f"{LAND}/plots", "", DENIED),
        (BETA, "POST", f"{LAND}/plots", "/plots/7", DENIED),
        (GAMMA, "GET", f"{LAND}/plots", "/plots/7", DENIED),
        # A group of one provider says nothing of another's services, though they are called alike.
        (GAMMA, "PUT", f"{LAND}/plots", "/plots/7/owner", "friends write one plot"),
        (GAMMA, "PUT", f"{LAND}/plots", "/plots/7/8/owner", DENIED),
        (GAMMA, "DELETE", f"{LAND}/deeds", "/any/thing", "friends do anything with deeds"),
        (GAMMA, "POST", f"{TAX}/plots", "/plots", DENIED),
        (BETA, "PUT", f"{LAND}/plots", "/plots/7/owner", DENIED),
        (BETA, "DELETE", f"{LAND}/deeds", "/any", DENIED),
        (BETA, "POST", f"{TAX}/plots", "/plots", "tax friends"),
        (BETA, "POST", f"{TAX}/plots", "/plots/", DENIED),
        # A right of a member is not one of its subsystems, nor the other way round.
        (MEMBER, "GET", f"{TAX}/plots", "/plots", "the member itself"),
        (ALPHA, "GET", f"{TAX}/plots", "/plots", DENIED),
        (MEMBER, "GET", f"{LAND}/plots", "/plots/7", DENIED),
        (ALPHA, "GET", f"{LAND}/other", "/", "server.serverproxy.unknown_service"),
        (ALPHA, "GET", "EE/GOV/9/land/plots", "/", "server.clientproxy.unknown_member"),
        ("EE/GOV/9/x", "GET", f"{LAND}/plots", "/plots/7", "server.clientproxy.unknown_member"),
    ],
)
def test_the_decision_table_of_groups(client, method, service, path, found):
    assert decision(TABLE, client, method, service, path) == found


METHODS, PATHS, GLOBS = ("GET", "POST"), ("", "/", "/a", "/a/b", "/a/../b"), ("**", "/*", "/a/**", "/a", "")
RIGHTS = st.lists(
    st.tuples(
        st.sampled_from([ALPHA, BETA, GAMMA, MEMBER, *GROUPS]),
        st.sampled_from(SERVICES),
        st.sampled_from(["*", *METHODS]),
        st.sampled_from(GLOBS),
    ).filter(lambda one: one[0].count("/") != 4 or one[1].startswith(f"{one[0].rpartition('/')[0]}/")),
    max_size=6,
)


@given(
    RIGHTS,
    st.sampled_from([ALPHA, BETA, GAMMA, MEMBER]),
    st.sampled_from(METHODS),
    st.sampled_from(SERVICES),
    st.sampled_from(PATHS),
)
def test_the_gateway_decides_as_the_plain_rule_does(rights, client, method, service, path):
    permits = [right(str(number), *told) for number, told in enumerate(rights)]
    groups = [GroupId.parse(name) for name, members in GROUPS.items() if client in members]

    expected = decide(
        permits,
        subject=ClientId.parse(client),
        service=ServiceId.parse(service),
        method=method,
        raw_path=path,
        at=NOW,
        groups=groups,
    )
    found = decision(routes_of(permits), client, method, service, path)

    assert (found == DENIED) == (expected is None)
