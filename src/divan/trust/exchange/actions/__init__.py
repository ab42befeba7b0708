"""What the exchange does."""

from divan.trust.exchange.actions.agreeing import agree_with_peer, part_with_peer
from divan.trust.exchange.actions.certificates import (
    fetch_certificate,
    issue_certificate,
    renew_certificate,
    revoke_certificate,
    warn_of_end,
)
from divan.trust.exchange.actions.closing import close_data_service, close_member, close_subsystem
from divan.trust.exchange.actions.describing import describe_data_service
from divan.trust.exchange.actions.founding import found_exchange
from divan.trust.exchange.actions.groups import close_group, register_group
from divan.trust.exchange.actions.importing import import_evidence
from divan.trust.exchange.actions.membership import register_data_service, register_member, register_subsystem
from divan.trust.exchange.actions.permits import grant_permit, resume_permit, revoke_permit, suspend_permit
from divan.trust.exchange.actions.publishing import publish_snapshot
from divan.trust.exchange.actions.requests import grant_request, refuse_request, request_permit, withdraw_request
from divan.trust.exchange.actions.settling import settle_doubt
from divan.trust.exchange.actions.stamping import stamp_evidence

__all__ = [
    "agree_with_peer",
    "close_data_service",
    "close_group",
    "close_member",
    "close_subsystem",
    "describe_data_service",
    "fetch_certificate",
    "found_exchange",
    "grant_permit",
    "grant_request",
    "import_evidence",
    "issue_certificate",
    "part_with_peer",
    "publish_snapshot",
    "refuse_request",
    "register_data_service",
    "register_group",
    "register_member",
    "register_subsystem",
    "renew_certificate",
    "request_permit",
    "resume_permit",
    "revoke_certificate",
    "revoke_permit",
    "settle_doubt",
    "stamp_evidence",
    "suspend_permit",
    "warn_of_end",
    "withdraw_request",
]
