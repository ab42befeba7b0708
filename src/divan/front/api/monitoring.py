"""The door through which members ask over the exchange what was measured of their own messages.

X-Road tells this by a SOAP service of each security server (``getSecurityServerOperationalData``); here it is a data
service as any other, with permit and evidence. A page holds 10,000 records of messages that ended a minute ago or more.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, JsonResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, access
from divan.front.api.records import door_key
from divan.trust.exchange import queries
from divan_libs.envelope.addresses import AddressError

DATA_SERVICE = "exchange/operational-data"
MOST = 10_000
SETTLED_AFTER = timedelta(seconds=60)
LONGEST = timedelta(days=31)


def monitoring_door() -> str:
    """Return the path below which the gateway asks for monitoring records."""
    return f"/exchange/monitoring/{door_key(DATA_SERVICE)}"


@access(PUBLIC)
@require_safe
@gzip_page
def operational_data(request: HttpRequest, key: str) -> JsonResponse:
    """Tell the records between ``recordsFrom`` and ``recordsTo`` (seconds since 1970) to whoever may see them.

    The door opens to the key in the address and a message of the gateway alone; without an end the records go up to a
    minute ago. Where there are more than a page holds, ``nextRecordsAfter`` is what to ask with as ``after`` next.
    """
    client = request.headers.get("X-Road-Client", "")
    came_by_exchange = client and request.headers.get("X-Road-Id")
    if not came_by_exchange or not hmac.compare_digest(key.encode(), door_key(DATA_SERVICE).encode()):
        return _told({"code": "only-through-the-exchange"}, 403)
    newest = clock.now() - SETTLED_AFTER
    try:
        since = _moment(request.GET.get("recordsFrom", ""), newest - timedelta(hours=1))
        until = min(_moment(request.GET.get("recordsTo", ""), newest), newest)
        limit = min(MOST, max(1, int(request.GET.get("limit", MOST))))
        if until - since > LONGEST:
            return _told({"code": "time-too-long", "days": LONGEST.days}, 422)
        page = queries.page_of_monitoring(
            client=client, since=since, until=until, after=request.GET.get("after", "")[:100], limit=limit
        )
    except AddressError:
        return _told({"code": "client-unknown"}, 403)
    except (ValueError, OverflowError, OSError):
        return _told({"code": "not-a-number"}, 422)
    return _told({"records": page.records, **({"nextRecordsAfter": page.after} if page.after else {})}, 200)


def _moment(text: str, otherwise: datetime) -> datetime:
    return datetime.fromtimestamp(int(text), UTC) if text else otherwise


def _told(content: dict[str, object], status: int) -> JsonResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})
