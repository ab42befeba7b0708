"""What cases does."""

from divan.dealings.cases.actions.answering import save_answers
from divan.dealings.cases.actions.applying import (
    abandon_draft,
    add_file,
    remove_file,
    save_page,
    start_draft,
)
from divan.dealings.cases.actions.appointments import book_visit, cancel_visit
from divan.dealings.cases.actions.asking import ask_again, note_answer
from divan.dealings.cases.actions.bundling import (
    answer_shared,
    ask_bundle_payment,
    begin_bundle,
    give_up_bundle,
    leave_bundle,
    submit_bundle,
)
from divan.dealings.cases.actions.clocks import declare_closed_day, let_clock_run_out, let_deadline_pass
from divan.dealings.cases.actions.entries import (
    begin_entry,
    begin_reassessment,
    begin_revocation,
    submit_reassessment,
)
from divan.dealings.cases.actions.following import note_order_state
from divan.dealings.cases.actions.handing_over import (
    move_referral,
    move_task,
)
from divan.dealings.cases.actions.issuing import close_case, note_issued_document
from divan.dealings.cases.actions.moving import move_case
from divan.dealings.cases.actions.noting import write_note
from divan.dealings.cases.actions.objecting import raise_objection
from divan.dealings.cases.actions.opening import open_case_from_letter
from divan.dealings.cases.actions.outside import note_order_put
from divan.dealings.cases.actions.pausing import end_pause, pause_clocks, resume_clocks
from divan.dealings.cases.actions.paying import ask_payment
from divan.dealings.cases.actions.permits import expire_permit, hand_back_permit
from divan.dealings.cases.actions.recusing import recuse
from divan.dealings.cases.actions.referring import answer_referral, refer_task
from divan.dealings.cases.actions.sending import send_application
from divan.dealings.cases.actions.settling import note_paid
from divan.dealings.cases.actions.signatures import (
    ask_signatures,
    expire_signature,
    give_signature,
    refuse_signature,
)
from divan.dealings.cases.actions.stepping import act, note_view
from divan.dealings.cases.actions.submitting import resubmit_case, submit_case, withdraw_case
from divan.dealings.cases.actions.voicing import add_document, rate_case

__all__ = [
    "abandon_draft",
    "act",
    "add_document",
    "add_file",
    "answer_referral",
    "answer_shared",
    "ask_again",
    "ask_bundle_payment",
    "ask_payment",
    "ask_signatures",
    "begin_bundle",
    "begin_entry",
    "begin_reassessment",
    "begin_revocation",
    "book_visit",
    "cancel_visit",
    "close_case",
    "declare_closed_day",
    "end_pause",
    "expire_permit",
    "expire_signature",
    "give_signature",
    "give_up_bundle",
    "hand_back_permit",
    "leave_bundle",
    "let_clock_run_out",
    "let_deadline_pass",
    "move_case",
    "move_referral",
    "move_task",
    "note_answer",
    "note_issued_document",
    "note_order_put",
    "note_order_state",
    "note_paid",
    "note_view",
    "open_case_from_letter",
    "pause_clocks",
    "raise_objection",
    "rate_case",
    "recuse",
    "refer_task",
    "refuse_signature",
    "remove_file",
    "resubmit_case",
    "resume_clocks",
    "save_answers",
    "save_page",
    "send_application",
    "start_draft",
    "submit_bundle",
    "submit_case",
    "submit_reassessment",
    "withdraw_case",
    "write_note",
]
