"""What cases does."""

from divan.dealings.cases.actions.applying import (
    abandon_draft,
    add_file,
    ask_again,
    note_answer,
    remove_file,
    save_page,
    start_draft,
)
from divan.dealings.cases.actions.clocks import declare_closed_day, let_clock_run_out
from divan.dealings.cases.actions.issuing import close_case, note_issued_document
from divan.dealings.cases.actions.referring import answer_referral, refer_task
from divan.dealings.cases.actions.stepping import act, note_view
from divan.dealings.cases.actions.submitting import resubmit_case, submit_case, withdraw_case

__all__ = [
    "abandon_draft",
    "act",
    "add_file",
    "answer_referral",
    "ask_again",
    "close_case",
    "declare_closed_day",
    "let_clock_run_out",
    "note_answer",
    "note_issued_document",
    "note_view",
    "refer_task",
    "remove_file",
    "resubmit_case",
    "save_page",
    "start_draft",
    "submit_case",
    "withdraw_case",
]
