"""What correspondence keeps."""

from divan.dealings.correspondence.models.archive import (
    ArchiveClass,
    ArchiveFile,
    ArchiveVolume,
    DisposalList,
    Filing,
    LegalHold,
)
from divan.dealings.correspondence.models.finding import FileText, LetterEntry, LetterTally
from divan.dealings.correspondence.models.given_papers import GivenPaper
from divan.dealings.correspondence.models.letters import (
    UNNUMBERED,
    Letter,
    LetterFile,
    LetterVersion,
    Reader,
    Recipient,
    Relation,
)
from divan.dealings.correspondence.models.parties import Correspondent, RecipientGroup
from divan.dealings.correspondence.models.referrals import FollowUp, Referral, ReferralException, ReferralRule
from divan.dealings.correspondence.models.routes import LetterStep, Remark, Template
from divan.dealings.correspondence.models.secretariats import (
    Clearance,
    Register,
    RegisterYear,
    ReservedNumber,
    Secretariat,
    Term,
)
from divan.dealings.correspondence.models.transport import Dispatch, Intake, Receipt
from divan.dealings.correspondence.models.worklist import HandOver, SavedSearch, WorkItem

__all__ = [
    "UNNUMBERED",
    "ArchiveClass",
    "ArchiveFile",
    "ArchiveVolume",
    "Clearance",
    "Correspondent",
    "Dispatch",
    "DisposalList",
    "FileText",
    "Filing",
    "FollowUp",
    "GivenPaper",
    "HandOver",
    "Intake",
    "LegalHold",
    "Letter",
    "LetterEntry",
    "LetterFile",
    "LetterStep",
    "LetterTally",
    "LetterVersion",
    "Reader",
    "Receipt",
    "Recipient",
    "RecipientGroup",
    "Referral",
    "ReferralException",
    "ReferralRule",
    "Register",
    "RegisterYear",
    "Relation",
    "Remark",
    "ReservedNumber",
    "SavedSearch",
    "Secretariat",
    "Template",
    "Term",
    "WorkItem",
]
