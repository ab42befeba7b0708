"""What the exchange tells."""

from divan.trust.exchange.queries.asking import ask
from divan.trust.exchange.queries.certificates import (
    due_certificates,
    get_certificate,
    list_certificates,
    list_certificates_ending,
)
from divan.trust.exchange.queries.console import (
    count_doubts,
    find_settlement,
    gateway_state,
    list_causes,
    list_doubts,
    list_traffic,
)
from divan.trust.exchange.queries.containers import get_container
from divan.trust.exchange.queries.evidence import get_evidence, list_evidence, list_in_doubt
from divan.trust.exchange.queries.examination import verify_evidence
from divan.trust.exchange.queries.looks import get_look, list_looks_at, own_member, summarize_looks_at
from divan.trust.exchange.queries.membership import (
    data_service_codes,
    find_data_service_at,
    get_data_service,
    get_group,
    get_member,
    get_permit,
    get_subsystem,
    list_data_services,
    list_groups,
    list_members,
    list_permits,
    list_subsystems,
)
from divan.trust.exchange.queries.monitoring import iterate_monitoring, page_of_monitoring
from divan.trust.exchange.queries.peers import (
    content_of,
    find_agreement,
    fingerprint_of,
    list_agreements,
    own_card,
    require_seal,
    seal_for,
)
from divan.trust.exchange.queries.requests import (
    count_waiting,
    get_permit_for,
    get_request,
    list_permits_ending,
    list_permits_for,
    list_requests,
    list_waiting,
    may_review,
    may_withdraw,
)
from divan.trust.exchange.queries.routing import find_newest_snapshot
from divan.trust.exchange.queries.standing import standing_of

__all__ = [
    "ask",
    "content_of",
    "count_doubts",
    "count_waiting",
    "data_service_codes",
    "due_certificates",
    "find_agreement",
    "find_data_service_at",
    "find_newest_snapshot",
    "find_settlement",
    "fingerprint_of",
    "gateway_state",
    "get_certificate",
    "get_container",
    "get_data_service",
    "get_evidence",
    "get_group",
    "get_look",
    "get_member",
    "get_permit",
    "get_permit_for",
    "get_request",
    "get_subsystem",
    "iterate_monitoring",
    "list_agreements",
    "list_causes",
    "list_certificates",
    "list_certificates_ending",
    "list_data_services",
    "list_doubts",
    "list_evidence",
    "list_groups",
    "list_in_doubt",
    "list_looks_at",
    "list_members",
    "list_permits",
    "list_permits_ending",
    "list_permits_for",
    "list_requests",
    "list_subsystems",
    "list_traffic",
    "list_waiting",
    "may_review",
    "may_withdraw",
    "own_card",
    "own_member",
    "page_of_monitoring",
    "require_seal",
    "seal_for",
    "standing_of",
    "summarize_looks_at",
    "verify_evidence",
]
