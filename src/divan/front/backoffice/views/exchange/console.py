"""The console of the exchange: what passes now, why calls fail, who is down, what ends soon; finding a message."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import number
from divan.foundation.ui.pieces import Measure
from divan.front.backoffice.duties import INTEGRATION
from divan.front.texts.console import CAUSES, HEALTH, HEALTH_TONES, OTHER
from divan.trust.exchange import queries
from divan.trust.exchange.values import EvidenceUnknown, SnapshotRef
from divan.trust.exchange.values.console import CauseLine, GatewayState, Traffic
from divan_libs.persian.text import latin_digits

MINUTES = (5, 15, 60)
SECONDS = 5
"""How often the page looks again by itself; without a script a reload does the same."""
ENDING = timedelta(days=30)
LONGEST_ID = 255


def language() -> str:
    """Return the language of the page, as the exchange knows it."""
    return "en" if get_language() == "en" else "fa"


def sections(current: str) -> list[Link]:
    """Return the ways between what the exchange shows of messages, with how many are in doubt."""
    doubts = queries.count_doubts()
    return [
        Link(reverse("backoffice:exchange-console"), _("Now"), current=current == "console"),
        Link(reverse("backoffice:evidence"), _("All messages"), current=current == "evidence"),
        Link(reverse("backoffice:in-doubt"), _("In doubt"), current=current == "in-doubt", count=doubts or None),
    ]


@access(INTEGRATION)
@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """Show the last minutes of the exchange and what needs a hand; the page looks again by itself."""
    now, spoken = clock.now(), language()
    asked = request.GET.get("minutes", "")
    minutes = int(asked) if asked in {str(one) for one in MINUTES} else MINUTES[1]
    since = now - timedelta(minutes=minutes)
    traffic = queries.list_traffic(since=since, until=now, language=spoken)
    gateway = queries.gateway_state(now=now, language=spoken)
    newest = queries.find_newest_snapshot()
    causes = queries.list_causes(since=since, until=now, language=spoken)
    health, advice = HEALTH[gateway.health]
    values = {
        "sections": sections("console"),
        "now": now,
        "minutes": minutes,
        "choices": [(one, _minutes(one)) for one in MINUTES],
        "seconds": SECONDS,
        "traffic": traffic,
        "figures": _figures(traffic, causes, minutes),
        "causes": [(one, *CAUSES.get(one.code, OTHER)) for one in causes],
        "gateway": gateway,
        "health": health,
        "health_advice": advice,
        "health_tone": HEALTH_TONES.get(gateway.health, "solid-bad"),
        "snapshot": newest,
        "snapshot_problem": _problem_of(newest, gateway, now),
        **_ending(request, now, spoken),
    }
    return render(request, "backoffice/exchange_console.html", values)


def _ending(request: HttpRequest, now: datetime, spoken: str) -> dict[str, object]:
    """Return the permits and certificates that end soon."""
    return {
        "permits": [
            {
                "consumer_name": one.consumer_member.name(spoken),
                "service_name": one.data_service.name(spoken),
                "ends_at": one.ends_at,
            }
            for one in queries.list_permits_ending(actor_of(request), now, within=ENDING)
        ],
        "certificates": [
            {
                "name": one.subsystem.name(spoken),
                "address": one.subsystem.address,
                "ends_at": one.ends_at,
                "is_renewed": one.renewed is not None,
            }
            for one in queries.list_certificates_ending(now)
        ],
    }


def _minutes(count: int) -> str:
    return ngettext("the last %(count)s minute", "the last %(count)s minutes", count) % {"count": number(count)}


def _figures(traffic: Traffic, causes: list[CauseLine], minutes: int) -> list[Measure]:
    refused = sum(one.calls for one in causes if one.was_stated)
    return [
        Measure(_("Messages"), traffic.calls, note=_minutes(minutes)),
        Measure(_("Per minute"), round(traffic.calls / minutes)),
        Measure(_("Failed"), traffic.failed, tone="bad" if traffic.failed else ""),
        Measure(_("Refused by the gateway"), refused, tone="waiting" if refused else ""),
    ]


def _problem_of(newest: SnapshotRef | None, gateway: GatewayState, now: datetime) -> str:
    """Say what is wrong with the routing snapshot, or nothing."""
    if newest is None:
        return _("No snapshot was ever published: the exchange is not founded.")
    if newest.expires_at <= now:
        return _("The newest snapshot has expired: the worker does not renew it.")
    if gateway.processes and gateway.snapshot < newest.number:
        return _("A process of the gateway works with an older snapshot: it cannot read the new one, see its log.")
    return ""


@access(INTEGRATION)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Lead to the message with a number, or say that there is none."""
    wanted = request.GET.get("number", "").strip()[:LONGEST_ID]
    if not wanted:
        return redirect("backoffice:exchange-console")
    for one in dict.fromkeys((wanted, latin_digits(wanted))):
        try:
            found = queries.find_message(one)
        except EvidenceUnknown:
            continue
        address = reverse("backoffice:evidence-message", args=[found.message_id])
        return redirect(f"{address}?{urlencode({'attempt': found.request_id})}")
    return render(request, "backoffice/message_unknown.html", {"sections": sections(""), "wanted": wanted}, status=404)
