"""What cases keeps."""

from divan.dealings.cases.models.appointments import Appointment
from divan.dealings.cases.models.bundles import BundlePart, BundleRun
from divan.dealings.cases.models.calendar import ClosedDay
from divan.dealings.cases.models.cases import HEAVY, Case
from divan.dealings.cases.models.decisions import Decision, Objection, OpinionLetter
from divan.dealings.cases.models.desk import CaseNote, KeptAnswers, Recusal
from divan.dealings.cases.models.letters import CaseLetter
from divan.dealings.cases.models.needs import CaseFile, CaseNeed
from divan.dealings.cases.models.permits import CaseInvoice, OutsideOrder, Permit
from divan.dealings.cases.models.records import IssuedRecord
from divan.dealings.cases.models.signatures import CaseSignature
from divan.dealings.cases.models.tasks import ClockPause, Referral, Task
from divan.dealings.cases.models.voices import Addition, Rating

__all__ = [
    "HEAVY",
    "Addition",
    "Appointment",
    "BundlePart",
    "BundleRun",
    "Case",
    "CaseFile",
    "CaseInvoice",
    "CaseLetter",
    "CaseNeed",
    "CaseNote",
    "CaseSignature",
    "ClockPause",
    "ClosedDay",
    "Decision",
    "IssuedRecord",
    "KeptAnswers",
    "Objection",
    "OpinionLetter",
    "OutsideOrder",
    "Permit",
    "Rating",
    "Recusal",
    "Referral",
    "Task",
]
