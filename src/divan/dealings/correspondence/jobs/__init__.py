"""What correspondence does later: reminds, follows facts, and carries letters and receipts by their channels."""

from divan.dealings.correspondence.jobs.finding import enter_letters, read_files
from divan.dealings.correspondence.jobs.following import follow_documents, run_follow_ups, run_hand_overs

__all__ = [
    "enter_letters",
    "follow_documents",
    "read_files",
    "run_follow_ups",
    "run_hand_overs",
]
