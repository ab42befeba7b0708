"""What the exchange does."""

from divan.trust.exchange.actions.agreeing import agree_with_peer, part_with_peer
from divan.trust.exchange.actions.founding import found_exchange
from divan.trust.exchange.actions.importing import import_evidence
from divan.trust.exchange.actions.membership import register_data_service, register_member, register_subsystem
from divan.trust.exchange.actions.permits import grant_permit, revoke_permit
from divan.trust.exchange.actions.publishing import publish_snapshot
from divan.trust.exchange.actions.stamping import stamp_evidence

__all__ = [
    "agree_with_peer",
    "found_exchange",
    "grant_permit",
    "import_evidence",
    "part_with_peer",
    "publish_snapshot",
    "register_data_service",
    "register_member",
    "register_subsystem",
    "revoke_permit",
    "stamp_evidence",
]
