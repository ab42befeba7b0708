"""What cases tells."""

from divan.dealings.cases.queries.beneficiaries import Beneficiary, find_beneficiary
from divan.dealings.cases.queries.calendar import work_calendar
from divan.dealings.cases.queries.clocks import due_of_case, objection_until
from divan.dealings.cases.queries.contexts import context_of
from divan.dealings.cases.queries.dossier import (
    case_file_bytes,
    case_language,
    find_case_by_number,
    find_decision,
    find_open_task,
    get_case,
    get_package_of,
    get_receipt,
    get_referral,
    get_task,
    list_case_files,
    list_decisions,
    list_history,
    list_open_tasks,
    list_orders,
    list_referrals,
    list_tasks,
    responsible_post,
    tracked_case,
    tracking_secret,
)
from divan.dealings.cases.queries.figures import county_figures, list_bottlenecks, service_figures, totals
from divan.dealings.cases.queries.letters import letter_on_the_table, seal_of
from divan.dealings.cases.queries.lists import list_cases_of, list_documents_of, page_of_cases
from divan.dealings.cases.queries.moving import preview_move
from divan.dealings.cases.queries.permits import (
    find_permit_of_case,
    get_permit,
    key_of_version,
    list_case_invoices,
    list_objections,
    list_permits_ending,
    list_permits_of,
    list_permits_to_assess,
    list_reassessments,
)
from divan.dealings.cases.queries.readers import may_see_case, steps_read_by
from divan.dealings.cases.queries.records import find_record
from divan.dealings.cases.queries.signatures import (
    answers_to_read,
    get_signature_of,
    list_signatures,
    list_signatures_of,
    wanted_signatures,
)
from divan.dealings.cases.queries.sources import output_sources
from divan.dealings.cases.queries.visits import list_free_times, list_visits, list_visits_of_day

__all__ = [
    "Beneficiary",
    "answers_to_read",
    "case_file_bytes",
    "case_language",
    "context_of",
    "county_figures",
    "due_of_case",
    "find_beneficiary",
    "find_case_by_number",
    "find_decision",
    "find_open_task",
    "find_permit_of_case",
    "find_record",
    "get_case",
    "get_package_of",
    "get_permit",
    "get_receipt",
    "get_referral",
    "get_signature_of",
    "get_task",
    "key_of_version",
    "letter_on_the_table",
    "list_bottlenecks",
    "list_case_files",
    "list_case_invoices",
    "list_cases_of",
    "list_decisions",
    "list_documents_of",
    "list_free_times",
    "list_history",
    "list_objections",
    "list_open_tasks",
    "list_orders",
    "list_permits_ending",
    "list_permits_of",
    "list_permits_to_assess",
    "list_reassessments",
    "list_referrals",
    "list_signatures",
    "list_signatures_of",
    "list_tasks",
    "list_visits",
    "list_visits_of_day",
    "may_see_case",
    "objection_until",
    "output_sources",
    "page_of_cases",
    "preview_move",
    "responsible_post",
    "seal_of",
    "service_figures",
    "steps_read_by",
    "totals",
    "tracked_case",
    "tracking_secret",
    "wanted_signatures",
    "work_calendar",
]
