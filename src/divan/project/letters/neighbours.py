"""Two installations meet: each enters the other at its exchange, with the right to bring letters and receipts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.conf import settings

from divan.dealings.correspondence.api.exchange import door_path
from divan.foundation.actors import SYSTEM
from divan.trust.exchange import actions as exchange
from divan.trust.exchange.values import DataService, ExchangePlan, Member, NewPermit, Subsystem

WAYS = (("PUT", "/**"), ("GET", "/letters/*"))


def own_door() -> str:
    """Return the address below which the gateway of a neighbour brings letters here; whoever has it can bring some."""
    return f"http://127.0.0.1:{settings.DIVAN.port}{door_path()}"


def meet(*, subsystem: str, name_fa: str, name_en: str, door: str, law_fa: str, law_en: str, now: datetime) -> bool:
    """Enter a neighbour with the door for letters, and the own right to bring some; return whether anything changed.

    :raises AddressFaulty, DataServiceFaulty, PermitFaulty: if the neighbour cannot be entered so.
    """
    member = subsystem.rpartition("/")[0]
    code = re.sub(r"[^a-z0-9]+", "-", subsystem.lower()).strip("-") + "/letters"
    plan = ExchangePlan(
        members=(Member(address=member, name_fa=name_fa, name_en=name_en),),
        subsystems=(Subsystem(address=subsystem, name_fa=name_fa, name_en=name_en),),
        data_services=(
            DataService(
                code=code,
                address=f"{subsystem}/letters",
                name_fa=name_fa,
                name_en=name_en,
                base_urls=(door,),
                timeout_ms=30_000,
            ),
        ),
        permits=tuple(
            NewPermit(
                consumer=settings.DIVAN.exchange_subsystem,
                data_service=code,
                method=method,
                path_glob=path,
                purpose_fa=name_fa,
                purpose_en=name_en,
                legal_basis_fa=law_fa,
                legal_basis_en=law_en,
                legal_basis_confirmed=False,
                starts_at=now - timedelta(minutes=1),
            )
            for method, path in WAYS
        ),
    )
    return exchange.found_exchange(plan=plan, actor=SYSTEM, now=now)
