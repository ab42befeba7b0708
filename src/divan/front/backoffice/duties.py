"""Which posts open which rooms of the back office, by the role code of the post in use."""

from __future__ import annotations

from django.http import HttpRequest

from divan.dealings.correspondence import queries as correspondence
from divan.foundation import clock
from divan.foundation.errors import NotAllowed
from divan.foundation.http.access import holding
from divan.foundation.http.middleware import actor_of
from divan.registers.people import queries as people
from divan.registers.people.values import Post, SeatLimit
from divan.trust.exchange import queries as exchange

SECRETARIAT = "secretariat"

REGISTER = holding(SECRETARIAT, "ict-director", "ict-deputy", "ict-expert")
"""Who reads the secretariat's register of the own body: it names recipients, so not every post does."""

KEEPERS = holding(SECRETARIAT, *correspondence.HEAD_ROLES)
"""Who keeps the secretariats of the own body: its clerks, and who is in charge of them."""

IN_CHARGE = holding(*correspondence.HEAD_ROLES)
"""Who says how the secretariats of the own body work, and which post is cleared for which class of secrecy."""

INTEGRATION = holding("integrator")
EXCHANGE = holding(*exchange.OFFICER_ROLES)
"""Who speaks for a body at the exchange; whose what is, the exchange itself looks up."""

GOVERNOR = holding("governor-officer")
ORGANISATION = holding("organisation-officer", "governor-officer")
"""Who keeps the organisation of the province: its bodies, units and posts, and the chart out of a workbook."""

FINANCE = holding("finance-officer", "governor-officer")
"""Who sees invoices and decides refunds: a finance officer those of the own body, the governor's officer all."""

PERMITS = holding(
    "director", "deputy", "expert", "ict-director", "ict-deputy", "ict-expert", "governor", "governor-deputy"
)
"""Who sees the permits that the own body gave; a revocation is begun by whom the service names."""


def require_unlimited(request: HttpRequest) -> None:
    """See that whoever stands in for the holder of the post in use does so in everything, not in letters alone.

    :raises NotAllowed: if what they stand in for is limited.
    """
    limit = own_post(request).limit
    if limit is not None and limit != SeatLimit():
        raise NotAllowed


def own_post(request: HttpRequest) -> Post:
    """Return the post in which the visitor acts at this moment, as far as it is open to them.

    :raises NotAllowed: for somebody without a post.
    """
    actor = actor_of(request)
    if actor.post is None:
        raise NotAllowed
    if actor.on_behalf_of is None:
        return people.get_post(actor.post)
    return people.get_post_for(actor.uuid, actor.post, clock.now())
