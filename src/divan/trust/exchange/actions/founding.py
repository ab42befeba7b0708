"""Putting an exchange in order: keys where a rehearsal may make them, members, services, permits, first snapshot."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from django.db import transaction

from divan.foundation import locks
from divan.foundation.actors import Actor
from divan.trust.exchange import models
from divan.trust.exchange.actions.membership import enter_data_service, enter_member, enter_subsystem
from divan.trust.exchange.actions.permits import enter_permit
from divan.trust.exchange.actions.publishing import hand_out_newest, sign_and_hand_out
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.apps import options
from divan.trust.exchange.values import ExchangePlan, Subsystem


@transaction.atomic
def found_exchange(*, plan: ExchangePlan, actor: Actor, now: datetime) -> bool:
    """Bring the exchange to a plan and publish a snapshot if anything changed; return whether anything did.

    In a rehearsal the missing keys and certificates are made first, and our own subsystem is entered with the
    certificate it has, whatever the plan says. What the plan does not name stays. A permit of the plan that was revoked
    is not given again.

    :raises ExchangeNotPrepared: if the keys of a production exchange are missing.
    """
    locks.hold("exchange.founding")
    told = options()
    if told.rehearsal:
        keys.prepare_rehearsal(told, now)
    changes = [enter_member(member, actor, now) for member in plan.members]
    changes += [enter_subsystem(_with_our_certificate(subsystem), actor, now) for subsystem in plan.subsystems]
    changes += [enter_data_service(data_service, actor, now) for data_service in plan.data_services]
    known = set(models.Permit.objects.values_list("consumer__address", "data_service__code", "path_glob", "method"))
    for permit in plan.permits:
        if (permit.consumer, permit.data_service, permit.path_glob, permit.method) not in known:
            enter_permit(permit, actor, now)
            changes.append(True)
    if any(changes) or not models.SnapshotVersion.objects.exists():
        sign_and_hand_out(actor=actor, now=now)
        return True
    hand_out_newest()
    return False


def _with_our_certificate(subsystem: Subsystem) -> Subsystem:
    told = options()
    if subsystem.address != told.subsystem:
        return subsystem
    return dataclasses.replace(subsystem, certificates=(keys.client_fingerprint(told),))
