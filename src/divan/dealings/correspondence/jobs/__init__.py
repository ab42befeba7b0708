"""What correspondence does later: reminds, follows facts, and carries letters and receipts by their channels."""

from divan.dealings.correspondence.jobs.archive import erase_outlived, run_disposals
from divan.dealings.correspondence.jobs.carrying import carry_by_ece, carry_by_exchange, carry_by_products
from divan.dealings.correspondence.jobs.circulars import note_readings
from divan.dealings.correspondence.jobs.collecting import collect_folders, collect_mail
from divan.dealings.correspondence.jobs.figures import count_letters
from divan.dealings.correspondence.jobs.finding import enter_letters, read_files
from divan.dealings.correspondence.jobs.following import follow_documents, run_follow_ups, run_hand_overs
from divan.dealings.correspondence.jobs.petitions import tell_petitioners
from divan.dealings.correspondence.jobs.receipts import ask_for_registrations, follow_intakes, send_receipts
from divan.dealings.correspondence.jobs.vacancies import tell_vacancies

__all__ = [
    "ask_for_registrations",
    "carry_by_ece",
    "carry_by_exchange",
    "carry_by_products",
    "collect_folders",
    "collect_mail",
    "count_letters",
    "enter_letters",
    "erase_outlived",
    "follow_documents",
    "follow_intakes",
    "note_readings",
    "read_files",
    "run_disposals",
    "run_follow_ups",
    "run_hand_overs",
    "send_receipts",
    "tell_petitioners",
    "tell_vacancies",
]
