"""What correspondence does."""

from divan.dealings.correspondence.actions.answering import (
    close_letter,
    read_referrals,
    recall_referral,
    refuse_referral,
    reopen_letter,
    report_referral,
    take_note,
)
from divan.dealings.correspondence.actions.dispatching import (
    drop_dispatch,
    lay_again,
    lay_at_dispatch_desk,
    route_dispatch,
    send_dispatch,
)
from divan.dealings.correspondence.actions.documents import (
    file_letter,
    put_document,
)
from divan.dealings.correspondence.actions.following_up import (
    close_follow_up,
    note_escalation,
    open_follow_up,
    remind,
)
from divan.dealings.correspondence.actions.intake import take_in
from divan.dealings.correspondence.actions.keeping import (
    change_register,
    change_secretariat,
    close_register,
    close_secretariat,
    end_year,
    reserve_numbers,
    void_number,
)
from divan.dealings.correspondence.actions.numbering import (
    add_register,
    number_letter,
    open_register,
    open_secretariat,
)
from divan.dealings.correspondence.actions.reading import (
    grant_clearance,
    note_reading,
)
from divan.dealings.correspondence.actions.receipts import (
    note_delivered,
    note_refused,
    note_registered,
)
from divan.dealings.correspondence.actions.referring import (
    refer_letter,
)
from divan.dealings.correspondence.actions.registering import (
    mark_double,
    refuse_intake,
    register_intake,
)
from divan.dealings.correspondence.actions.ruling import (
    end_referral_exception,
    except_referral,
    set_referral_rule,
)
from divan.dealings.correspondence.actions.terms import (
    end_term,
    write_term,
)
from divan.dealings.correspondence.actions.worklist import (
    finish_work,
    give_work,
    mark_read,
    move_work,
    renew_work,
    set_due,
)

__all__ = [
    "add_register",
    "change_register",
    "change_secretariat",
    "close_follow_up",
    "close_letter",
    "close_register",
    "close_secretariat",
    "drop_dispatch",
    "end_referral_exception",
    "end_term",
    "end_year",
    "except_referral",
    "file_letter",
    "finish_work",
    "give_work",
    "grant_clearance",
    "lay_again",
    "lay_at_dispatch_desk",
    "mark_double",
    "mark_read",
    "move_work",
    "note_delivered",
    "note_escalation",
    "note_reading",
    "note_refused",
    "note_registered",
    "number_letter",
    "open_follow_up",
    "open_register",
    "open_secretariat",
    "put_document",
    "read_referrals",
    "recall_referral",
    "refer_letter",
    "refuse_intake",
    "refuse_referral",
    "register_intake",
    "remind",
    "renew_work",
    "reopen_letter",
    "report_referral",
    "reserve_numbers",
    "route_dispatch",
    "send_dispatch",
    "set_due",
    "set_referral_rule",
    "take_in",
    "take_note",
    "void_number",
    "write_term",
]
