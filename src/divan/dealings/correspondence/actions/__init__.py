"""What correspondence does."""

from divan.dealings.correspondence.actions.addressing import (
    add_attachment,
    add_recipients,
    add_relation,
    remove_attachment,
    remove_relation,
    set_recipients,
)
from divan.dealings.correspondence.actions.answering import (
    close_letter,
    read_referrals,
    recall_referral,
    refuse_referral,
    reopen_letter,
    report_referral,
    take_note,
)
from divan.dealings.correspondence.actions.answers import (
    note_inside_answer,
    note_recipient_read,
    note_recipient_reported,
)
from divan.dealings.correspondence.actions.by_hand import (
    number_for_hand,
    put_scan,
)
from divan.dealings.correspondence.actions.carrying import call_back, try_now
from divan.dealings.correspondence.actions.circulars import draft_reminder
from divan.dealings.correspondence.actions.classifying import (
    end_class,
    import_plan,
    write_class,
)
from divan.dealings.correspondence.actions.clearing import grant_clearance
from divan.dealings.correspondence.actions.crests import drop_crest, put_crest
from divan.dealings.correspondence.actions.dispatching import (
    drop_dispatch,
    lay_again,
    lay_at_dispatch_desk,
    route_dispatch,
    send_dispatch,
)
from divan.dealings.correspondence.actions.disposing import (
    approve_disposal,
    dispose_next,
    propose_disposal,
    reject_disposal,
)
from divan.dealings.correspondence.actions.documents import (
    file_letter,
    put_document,
)
from divan.dealings.correspondence.actions.drafting import (
    copy_letter,
    discard_draft,
    save_draft,
    start_draft,
)
from divan.dealings.correspondence.actions.erasing import erase_old_refusals, erase_old_versions
from divan.dealings.correspondence.actions.exporting import (
    export_archive,
)
from divan.dealings.correspondence.actions.filing import (
    change_archive_file,
    close_archive_file,
    move_letter,
    open_archive_file,
    open_volume,
    put_in_file,
    reopen_archive_file,
    take_out,
)
from divan.dealings.correspondence.actions.following_up import (
    close_follow_up,
    note_escalation,
    open_follow_up,
    remind,
)
from divan.dealings.correspondence.actions.furnishing import (
    close_correspondent,
    end_group,
    end_template,
    write_correspondent,
    write_group,
    write_template,
)
from divan.dealings.correspondence.actions.giving import give_proof_of, give_receipt_of
from divan.dealings.correspondence.actions.handing_over import (
    hand_over_next,
    hand_over_worklist,
)
from divan.dealings.correspondence.actions.holding import (
    lay_hold,
    lift_hold,
)
from divan.dealings.correspondence.actions.intake import take_in
from divan.dealings.correspondence.actions.keeping import (
    begin_year,
    change_register,
    change_secretariat,
    close_register,
    close_secretariat,
    end_year,
    reserve_numbers,
    void_number,
)
from divan.dealings.correspondence.actions.lines import (
    close_line,
    read_line,
    recall_line,
)
from divan.dealings.correspondence.actions.mailing import (
    take_in_mail,
)
from divan.dealings.correspondence.actions.moving_in import move_in_letters
from divan.dealings.correspondence.actions.numbering import (
    add_register,
    number_letter,
    open_register,
    open_secretariat,
)
from divan.dealings.correspondence.actions.petitions import tell_petition_answered, tell_petition_ended
from divan.dealings.correspondence.actions.reading import (
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
from divan.dealings.correspondence.actions.remarking import (
    add_remark,
    settle_remark,
)
from divan.dealings.correspondence.actions.routing import (
    edit_in_step,
    paraph_letter,
    return_letter,
    set_route,
    start_circulation,
    withdraw_letter,
)
from divan.dealings.correspondence.actions.ruling import (
    end_referral_exception,
    except_referral,
    set_referral_rule,
)
from divan.dealings.correspondence.actions.scanning import (
    Upload,
    take_in_pages,
)
from divan.dealings.correspondence.actions.signing import (
    begin_signatures_anew,
    decline_signature,
    note_issued,
    sign_letter,
    void_letter,
)
from divan.dealings.correspondence.actions.terms import (
    end_term,
    write_term,
)
from divan.dealings.correspondence.actions.vacancies import settle_vacancy, tell_vacancy
from divan.dealings.correspondence.actions.worklist import (
    end_search,
    finish_work,
    flag_work,
    give_work,
    mark_read,
    move_work,
    renew_work,
    save_search,
    set_due,
)

__all__ = [
    "Upload",
    "add_attachment",
    "add_recipients",
    "add_register",
    "add_relation",
    "add_remark",
    "approve_disposal",
    "begin_signatures_anew",
    "begin_year",
    "call_back",
    "change_archive_file",
    "change_register",
    "change_secretariat",
    "close_archive_file",
    "close_correspondent",
    "close_follow_up",
    "close_letter",
    "close_line",
    "close_register",
    "close_secretariat",
    "copy_letter",
    "decline_signature",
    "discard_draft",
    "dispose_next",
    "draft_reminder",
    "drop_crest",
    "drop_dispatch",
    "edit_in_step",
    "end_class",
    "end_group",
    "end_referral_exception",
    "end_search",
    "end_template",
    "end_term",
    "end_year",
    "erase_old_refusals",
    "erase_old_versions",
    "except_referral",
    "export_archive",
    "file_letter",
    "finish_work",
    "flag_work",
    "give_proof_of",
    "give_receipt_of",
    "give_work",
    "grant_clearance",
    "hand_over_next",
    "hand_over_worklist",
    "import_plan",
    "lay_again",
    "lay_at_dispatch_desk",
    "lay_hold",
    "lift_hold",
    "mark_double",
    "mark_read",
    "move_in_letters",
    "move_letter",
    "move_work",
    "note_delivered",
    "note_escalation",
    "note_inside_answer",
    "note_issued",
    "note_reading",
    "note_recipient_read",
    "note_recipient_reported",
    "note_refused",
    "note_registered",
    "number_for_hand",
    "number_letter",
    "open_archive_file",
    "open_follow_up",
    "open_register",
    "open_secretariat",
    "open_volume",
    "paraph_letter",
    "propose_disposal",
    "put_crest",
    "put_document",
    "put_in_file",
    "put_scan",
    "read_line",
    "read_referrals",
    "recall_line",
    "recall_referral",
    "refer_letter",
    "refuse_intake",
    "refuse_referral",
    "register_intake",
    "reject_disposal",
    "remind",
    "remove_attachment",
    "remove_relation",
    "renew_work",
    "reopen_archive_file",
    "reopen_letter",
    "report_referral",
    "reserve_numbers",
    "return_letter",
    "route_dispatch",
    "save_draft",
    "save_search",
    "send_dispatch",
    "set_due",
    "set_recipients",
    "set_referral_rule",
    "set_route",
    "settle_remark",
    "settle_vacancy",
    "sign_letter",
    "start_circulation",
    "start_draft",
    "take_in",
    "take_in_mail",
    "take_in_pages",
    "take_note",
    "take_out",
    "tell_petition_answered",
    "tell_petition_ended",
    "tell_vacancy",
    "try_now",
    "void_letter",
    "void_number",
    "withdraw_letter",
    "write_class",
    "write_correspondent",
    "write_group",
    "write_template",
    "write_term",
]
