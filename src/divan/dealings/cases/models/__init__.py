"""What cases keeps."""

from divan.dealings.cases.models.calendar import ClosedDay
from divan.dealings.cases.models.cases import HEAVY, Case
from divan.dealings.cases.models.decisions import Decision
from divan.dealings.cases.models.needs import CaseFile, CaseNeed
from divan.dealings.cases.models.tasks import ClockPause, Referral, Task

__all__ = ["HEAVY", "Case", "CaseFile", "CaseNeed", "ClockPause", "ClosedDay", "Decision", "Referral", "Task"]
