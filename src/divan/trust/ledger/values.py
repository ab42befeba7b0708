"""What the ledger speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from divan.foundation.errors import Refusal, Trouble
from divan.foundation.kinds import FactKind


class Standing(StrEnum):
    """How the published log stands to the settled head."""

    LEVEL = "level"
    BEHIND = "behind"
    """A checkpoint was settled and not published yet: a power cut lay between. The next sealing publishes it."""
    AHEAD = "ahead"
    """More is published than is settled: the database is an old copy. Nothing may be signed."""
    DIFFERENT = "different"
    """Two roots of one size: two histories. Nothing may be signed."""


class Doubt(StrEnum):
    """Why the sealer stops until a person has looked; at the head of the message. :data:`WAYS_ON` says what to do."""

    OLDER_THAN_PUBLISHED = "ledger.older-than-published"
    OLDER_THAN_WITNESSED = "ledger.older-than-witnessed"
    HISTORY_DIFFERS = "ledger.history-differs"
    WITNESSED_DIFFERS = "ledger.witnessed-differs"
    HEAD_ALTERED = "ledger.head-altered"
    CHECKPOINT_INVALID = "ledger.checkpoint-invalid"
    FILES_ALTERED = "ledger.files-altered"
    FACTS_LOST = "ledger.facts-lost"
    FACT_SEALED_TWICE = "ledger.fact-sealed-twice"
    ENTRIES_LOST = "ledger.entries-lost"
    HEAD_MOVED = "ledger.head-moved"
    KEY_MISSING = "ledger.key-missing"
    KEY_EXPOSED = "ledger.key-exposed"
    KEY_OF_ANOTHER_LOG = "ledger.key-of-another-log"


_RESTORED = (
    "This database is an older copy than what the log has shown to others; sealing on would make a second history. "
    "Restore the newest backup and replay its write-ahead log up to the time of the loss. If what is missing is lost "
    "for good, this log has ended: keep its files and public key for those who hold receipts, and go on under a new "
    "name (DIVAN_LOG_ORIGIN) with a new key. See docs/how-to/restore-a-backup.md."
)
_ALTERED = (
    "Somebody or something changed what was sealed. Change nothing more; run `divan ledger fsck`, which names it, and "
    "compare with a backup and with a mirror of the log. See docs/how-to/restore-a-backup.md."
)
_KEY = (
    "Put back the key file that signed this log (mode 0600, owned by the account of the worker). If it is lost or may "
    "have been read by others, the log must go on under a new name and key. See docs/how-to/restore-a-backup.md."
)

WAYS_ON: dict[Doubt, str] = {
    Doubt.OLDER_THAN_PUBLISHED: _RESTORED,
    Doubt.OLDER_THAN_WITNESSED: _RESTORED,
    Doubt.HISTORY_DIFFERS: _RESTORED,
    Doubt.WITNESSED_DIFFERS: _RESTORED,
    Doubt.HEAD_ALTERED: _ALTERED,
    Doubt.CHECKPOINT_INVALID: _ALTERED,
    Doubt.FILES_ALTERED: _ALTERED,
    Doubt.FACTS_LOST: _ALTERED,
    Doubt.FACT_SEALED_TWICE: _ALTERED,
    Doubt.ENTRIES_LOST: _ALTERED,
    Doubt.HEAD_MOVED: "Another program seals with this database past the lock of the sealer: find and end it.",
    Doubt.KEY_MISSING: _KEY,
    Doubt.KEY_EXPOSED: _KEY,
    Doubt.KEY_OF_ANOTHER_LOG: _KEY,
}


class Fault(StrEnum):
    """What an examination of the log finds, as stable codes; :data:`MEANINGS` says each in a sentence."""

    NOT_OPENED = "ledger.not-opened"
    HEAD_ALTERED = "ledger.head-altered"
    KEY_DIFFERS = "ledger.key-differs"
    STORE_UNREACHABLE = "ledger.store-unreachable"
    CHECKPOINT_MISSING = "ledger.checkpoint-missing"
    CHECKPOINT_INVALID = "ledger.checkpoint-invalid"
    UNPUBLISHED = "ledger.unpublished"
    OLDER_THAN_PUBLISHED = "ledger.older-than-published"
    HISTORY_REWRITTEN = "ledger.history-rewritten"
    TILE_ALTERED = "ledger.tile-altered"
    TILE_MISSING = "ledger.tile-missing"
    BUNDLE_ALTERED = "ledger.bundle-altered"
    BUNDLE_MISSING = "ledger.bundle-missing"
    STRAY_FILE = "ledger.stray-file"
    ENTRY_MISSING = "ledger.entry-missing"
    ENTRY_ALTERED = "ledger.entry-altered"
    FACT_MISSING = "ledger.fact-missing"
    FACT_ALTERED = "ledger.fact-altered"
    SALT_MISSING = "ledger.salt-missing"
    ROW_MISSING = "ledger.row-missing"
    ROW_ALTERED = "ledger.row-altered"
    ROW_UNCHECKED = "ledger.row-unchecked"


MEANINGS: dict[Fault, str] = {
    Fault.NOT_OPENED: "There is no log yet.",
    Fault.HEAD_ALTERED: "The head kept in the database is not the one its signed checkpoint states.",
    Fault.KEY_DIFFERS: "The key kept in the database is not the one given to strangers.",
    Fault.STORE_UNREACHABLE: "The published files cannot be reached now.",
    Fault.CHECKPOINT_MISSING: "The published checkpoint is gone.",
    Fault.CHECKPOINT_INVALID: "The published checkpoint is not signed by the log, or cannot be read.",
    Fault.UNPUBLISHED: "The published checkpoint is older than the settled one; the sealer publishes it when it runs.",
    Fault.OLDER_THAN_PUBLISHED: "The database is older than the published log: an old copy was restored.",
    Fault.HISTORY_REWRITTEN: "The published log is not the one that was sealed.",
    Fault.TILE_ALTERED: "A published tile was altered.",
    Fault.TILE_MISSING: "A published tile is gone.",
    Fault.BUNDLE_ALTERED: "Published entries were altered.",
    Fault.BUNDLE_MISSING: "Published entries are gone.",
    Fault.STRAY_FILE: "A file lies among the published ones that the log did not write.",
    Fault.ENTRY_MISSING: "The row that keeps an entry is gone.",
    Fault.ENTRY_ALTERED: "The row that keeps an entry differs from the sealed one.",
    Fault.FACT_MISSING: "A sealed fact is gone.",
    Fault.FACT_ALTERED: "A fact or its salt was changed after it was sealed.",
    Fault.SALT_MISSING: "A salt is gone and no fact says that it was erased.",
    Fault.ROW_MISSING: "A row is gone and no fact says that it was removed.",
    Fault.ROW_ALTERED: "A row was changed without a fact.",
    Fault.ROW_UNCHECKED: "Rows of this kind cannot be recomputed: no context of this installation knows them.",
}


class Part(StrEnum):
    """The three parts of an examination, in their order."""

    FILES = "files"
    FACTS = "facts"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it was sealed: what (``code``), and where.

    ``position`` is that of the fact (of the first entry concerned, for a file); ``subject_kind`` and ``subject_uuid``
    name the row the fact speaks of; ``path`` the published file; ``detail`` is for the person who looks further.
    Where it can be told, ``field`` is what was altered of the row or fact, which held ``expected`` and holds ``seen``;
    else these are digests in hexadecimal, or empty.
    """

    code: Fault
    position: int | None = None
    fact_kind: str = ""
    subject_kind: str = ""
    subject_uuid: UUID | None = None
    path: str = ""
    detail: str = ""
    field: str = ""
    expected: str = ""
    seen: str = ""


class Step(NamedTuple):
    """A piece of an examination that is done: of which part, how many pieces of it are done, of how many.

    From ``mark`` the part can be gone on with; of the files, which are judged as a whole, it is empty until their end.
    """

    part: Part
    done: int
    total: int
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """An examination by the worker: how far it came, and what it found once it has ended.

    ``progress`` has of each part that was begun how many pieces are done, and of how many. ``findings`` are the first
    of those ``found``.
    """

    uuid: UUID
    begun_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    progress: Mapping[Part, tuple[int, int]]
    found: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigner:
    """A witness that vouched for a head: its name (in the policy, else in its key), and the time that it signed."""

    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignedCheckpoint:
    """The newest head that enough witnesses vouched for: the signed note with their cosignatures, and who they are."""

    size: int
    root: str
    note: str
    at: datetime
    by: tuple[Cosigner, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessState:
    """Where a witness of the policy stands.

    ``trouble`` is the code of what came of asking it last, empty when it vouched. ``cosigned_size`` and
    ``cosigned_at`` are None before its first cosignature; ``asked_at`` before it was ever asked. One that has not
    vouched for a while ``is_silent``.
    """

    name: str
    verifier: str
    url: str
    cosigned_size: int | None = None
    cosigned_at: datetime | None = None
    asked_at: datetime | None = None
    trouble: str = ""
    is_silent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessAnswer:
    """What came of asking one witness: its cosignature's time, or the code of the ``trouble``.

    ``size`` is the size of the head that it is known to remember, None when it said nothing of it.
    """

    name: str
    verifier: str
    size: int | None
    cosigned_at: datetime | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedReceipt:
    """A receipt as it is handed out, and under what: the head's size, who vouched for it, how many had to."""

    content: bytes
    position: int
    size: int
    by: tuple[Cosigner, ...] = ()
    needed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """Where the log stands. ``root`` is hexadecimal; ``verifier`` is the public key in its text form.

    ``pending`` counts the facts that have a position and are not sealed yet; ``doubt`` is the code of what keeps the
    published files from being believed, empty when nothing does. ``cosigned_size`` is the head that enough witnesses
    vouched for, 0 before the first; ``witnesses_needed`` of them are enough, and 0 when the policy demands none.
    """

    is_open: bool
    origin: str = ""
    verifier: str = ""
    size: int = 0
    root: str = ""
    sealed_at: datetime | None = None
    published_size: int = 0
    checkpoint: str = ""
    pending: int = 0
    standing: Standing | None = None
    doubt: str = ""
    cosigned_size: int = 0
    cosigned_at: datetime | None = None
    witnesses_needed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFact:
    """A line of the log as the house sees it: the fact, its place, and the entry (hexadecimal) that strangers see."""

    position: int
    fact_uuid: UUID
    fact_kind: str
    subject_kind: str
    subject_uuid: UUID
    at: datetime
    entry: str
    is_erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofStep:
    """One hash of a proof (hexadecimal): the entries it stands for, and whether they lie before the proved one."""

    hash: str
    first: int
    last: int
    is_earlier: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedEntry:
    """A published entry with the verified proof of its place; hashes are hexadecimal.

    ``steps`` go from the leaf up; ``bundle`` and ``tile`` name the published files; ``proof`` is the file of C2SP
    tlog-proof.
    """

    index: int
    size: int
    entry: str
    leaf: str
    root: str
    steps: tuple[ProofStep, ...]
    bundle: str
    tile: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthPoint:
    """How many entries there were at a moment, by the house's own clock."""

    at: datetime
    size: int


class EntryUnknown(Refusal):
    """No sealed entry belongs to this fact."""

    code = "ledger.entry-unknown"
    status = 404


class ExaminationOver(Refusal):
    """This examination has ended, or there is none."""

    code = "ledger.examination-over"


class LogNotOpened(Trouble):
    """Nothing can be sealed before the log is opened and has its key."""

    code = "ledger.not-opened"


class PolicyUnreadable(Trouble):
    """The file that names the witnesses cannot be read, or is no policy."""

    code = "ledger.policy-unreadable"


class ReceiptImpossible(Trouble):
    """The fact is sealed, but what is stored now proves no receipt: it was altered, or a file is damaged."""

    code = "ledger.receipt-impossible"


LOG_OPENED = FactKind("ledger.log-opened", "The log was opened under its name and key; sealing begins.")
SALT_ERASED = FactKind(
    "ledger.salt-erased", "The salt of a sealed entry was erased: nobody can link the entry to its fact."
)
WITNESS_VOUCHES = FactKind(
    "ledger.witness-vouches", "A witness vouched for the head of the log: for the first time, or again after a silence."
)
WITNESS_SILENT = FactKind(
    "ledger.witness-silent", "A witness of the policy has not vouched for the head of the log for a while."
)
EXAMINATION_BEGUN = FactKind("ledger.examination-begun", "The worker began to examine the whole log, or began anew.")
EXAMINATION_ENDED = FactKind(
    "ledger.examination-ended", "The whole log was examined; the data say how much was found to be altered."
)
