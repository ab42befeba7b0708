"""What the exchange keeps, by noun."""

from divan.trust.exchange.models.certificates import Certificate
from divan.trust.exchange.models.doubts import SettledDoubt
from divan.trust.exchange.models.evidence import (
    EvidenceBatch,
    EvidenceRow,
    EvidenceStamp,
    Segment,
    StampedBatch,
)
from divan.trust.exchange.models.membership import Agreement, DataService, Group, Member, Subsystem
from divan.trust.exchange.models.permits import Permit, PermitRequest
from divan.trust.exchange.models.snapshots import SnapshotPart, SnapshotVersion

__all__ = [
    "Agreement",
    "Certificate",
    "DataService",
    "EvidenceBatch",
    "EvidenceRow",
    "EvidenceStamp",
    "Group",
    "Member",
    "Permit",
    "PermitRequest",
    "Segment",
    "SettledDoubt",
    "SnapshotPart",
    "SnapshotVersion",
    "StampedBatch",
    "Subsystem",
]
