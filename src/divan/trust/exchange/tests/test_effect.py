"""From the press of a button to the gateway: what is given, suspended or revoked holds there."""

from __future__ import annotations

from datetime import timedelta

from divan.foundation import clock
from divan.trust.exchange import actions
from divan.trust.exchange.values.control import Conditions, Group, NewRequest, Scope

from . import bodies
from .calling import MemberSystem
from .world import SERVICE, VILLAGER, permit

DENIED, UNKNOWN_CERTIFICATE = "server.serverproxy.access_denied", "server.clientproxy.ssl_authentication_failed"
PATH = f"/persons/{VILLAGER}"


def test_every_change_of_a_right_and_of_a_certificate_reaches_the_gateway(gateway, told, provider, tmp_path):
    officers = bodies.found_bodies()
    bodies.found_members()
    health, centre = officers["health-officer"], officers["integrator"]
    system = MemberSystem(told, bodies.CLINICS, tmp_path, actor=health, now=clock.now())
    system.until(DENIED, SERVICE, PATH)
    asked = actions.request_permit(
        wanted=NewRequest(
            consumer=bodies.CLINICS,
            data_service="civil-registry/person",
            scopes=(Scope(method="GET", path_glob="/persons/*"),),
            purpose_fa="واکسیناسیون",
            legal_basis_fa="قانون نمایشی",
            conditions=Conditions(ends_at=clock.now() + timedelta(days=1)),
        ),
        actor=health,
        now=clock.now(),
    )

    [given] = actions.grant_request(request=asked, reference="1", actor=centre, now=clock.now())
    system.until("200", SERVICE, PATH)
    actions.suspend_permit(permit=given, reason="x", actor=centre, now=clock.now())
    system.until(DENIED, SERVICE, PATH)
    actions.resume_permit(permit=given, reason="x", actor=centre, now=clock.now())
    system.until("200", SERVICE, PATH)
    actions.revoke_permit(permit=given, reason="x", actor=health, now=clock.now())
    system.until(DENIED, SERVICE, PATH)
    everybody = Group(address="LR/everybody", name_fa="x", members=(bodies.CLINICS,))
    actions.register_group(group=everybody, actor=centre, now=clock.now())
    actions.grant_permit(permit=permit(consumer="LR/everybody", since=clock.now()), actor=centre, now=clock.now())
    system.until("200", SERVICE, PATH)
    actions.revoke_certificate(certificate=system.certificate, reason="lost", actor=health, now=clock.now())
    system.until(UNKNOWN_CERTIFICATE, SERVICE, PATH)

    count = len(provider.asked)
    assert system.get(SERVICE, PATH) == UNKNOWN_CERTIFICATE
    assert len(provider.asked) == count
    system.close()
