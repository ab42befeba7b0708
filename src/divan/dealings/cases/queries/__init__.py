"""What cases tells."""

from divan.dealings.cases.queries.calendar import work_calendar
from divan.dealings.cases.queries.dossier import (
    case_file_bytes,
    case_language,
    context_of,
    find_case_by_number,
    find_decision,
    find_open_task,
    get_case,
    get_package_of,
    get_receipt,
    get_referral,
    get_task,
    list_case_files,
    list_history,
    list_referrals,
    list_tasks,
    output_sources,
    responsible_post,
    tracked_case,
    tracking_secret,
)
from divan.dealings.cases.queries.figures import county_figures, list_bottlenecks, totals
from divan.dealings.cases.queries.letters import letter_on_the_table
from divan.dealings.cases.queries.lists import list_cases_of, list_documents_of, page_of_cases
from divan.dealings.cases.queries.readers import may_see_case, steps_read_by

__all__ = [
    "case_file_bytes",
    "case_language",
    "context_of",
    "county_figures",
    "find_case_by_number",
    "find_decision",
    "find_open_task",
    "get_case",
    "get_package_of",
    "get_receipt",
    "get_referral",
    "get_task",
    "letter_on_the_table",
    "list_bottlenecks",
    "list_case_files",
    "list_cases_of",
    "list_documents_of",
    "list_history",
    "list_referrals",
    "list_tasks",
    "may_see_case",
    "output_sources",
    "page_of_cases",
    "responsible_post",
    "steps_read_by",
    "totals",
    "tracked_case",
    "tracking_secret",
    "work_calendar",
]
