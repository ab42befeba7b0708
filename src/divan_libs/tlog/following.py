"""Following a log from outside: each head that is shown is held against the last one, and against what witnesses saw.

Nothing here speaks over a network, keeps a file or reads a clock; the caller hands in what was read and keeps the
:class:`Followed` it gets back. A log that is caught is not believed any further: what is kept stays the last good head.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint, OpenedCheckpoint, open_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.forks import Fork, contradict
from divan_libs.tlog.log import read_hashes
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.policies import Policy
from divan_libs.tlog.proofs import consistency_proof, tree_root, verify_consistency
from divan_libs.tlog.remote import RemoteError
from divan_libs.tlog.storage import ReadableStore

KIND = "divan/followed/v1"
LEEWAY = 300
"""Seconds that a witness's clock may be ahead of ours."""


class FollowingError(TlogError):
    """What was kept of a log cannot be read, or is of another one."""


class Weight(StrEnum):
    """How much a finding weighs."""

    ALARM = "alarm"
    """The log lied or was altered: somebody has to look now."""
    WARNING = "warning"
    """Nothing is disproved, but what should protect the log does not."""
    TROUBLE = "trouble"
    """It could not be looked at."""


class Observation(StrEnum):
    """The codes of findings."""

    FORK = "tlog.following.fork"
    REWRITTEN = "tlog.following.rewritten"
    ROLLED_BACK = "tlog.following.rolled-back"
    SIGNATURE = "tlog.following.signature"
    FILES_DIFFER = "tlog.following.files-differ"
    FORK_SEEN_BY_WITNESS = "tlog.following.fork-seen-by-witness"
    WITHHELD = "tlog.following.withheld"
    STALLED = "tlog.following.stalled"
    QUORUM_UNMET = "tlog.following.quorum-unmet"
    COSIGNATURES_STALE = "tlog.following.cosignatures-stale"
    MISSING = "tlog.following.missing"
    UNREACHABLE = "tlog.following.unreachable"
    WITNESS_UNREACHABLE = "tlog.following.witness-unreachable"


WEIGHTS = {
    Observation.FORK: Weight.ALARM,
    Observation.REWRITTEN: Weight.ALARM,
    Observation.ROLLED_BACK: Weight.ALARM,
    Observation.SIGNATURE: Weight.ALARM,
    Observation.FILES_DIFFER: Weight.ALARM,
    Observation.FORK_SEEN_BY_WITNESS: Weight.ALARM,
    Observation.WITHHELD: Weight.WARNING,
    Observation.STALLED: Weight.WARNING,
    Observation.QUORUM_UNMET: Weight.WARNING,
    Observation.COSIGNATURES_STALE: Weight.WARNING,
    Observation.MISSING: Weight.TROUBLE,
    Observation.UNREACHABLE: Weight.TROUBLE,
    Observation.WITNESS_UNREACHABLE: Weight.TROUBLE,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One finding: what, with which data; ``fork`` is the proof where there is one that convinces anybody."""

    code: Observation
    facts: Mapping[str, object] = field(default_factory=dict)
    fork: Fork | None = None

    @property
    def weight(self) -> Weight:
        """How much it weighs."""
        return WEIGHTS[self.code]


@dataclass(frozen=True, slots=True)
class Followed:
    """What is known of a log: its last good head as it was signed, and POSIX seconds.

    ``begun_at`` is when following began, ``grown_at`` when the log was last seen to have grown, ``looked_at`` when it
    was last read and found in order.
    """

    note: str
    begun_at: int
    grown_at: int
    looked_at: int

    def encode(self) -> bytes:
        """Return the content of a file."""
        content = {
            "kind": KIND,
            "note": self.note,
            "begun_at": self.begun_at,
            "grown_at": self.grown_at,
            "looked_at": self.looked_at,
        }
        return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What a log is held to: who signs, who must have seen it and how lately, and how long it may stand still.

    ``stalled_after`` and ``cosigned_within`` are in seconds, None for no limit.
    """

    log_keys: tuple[NoteVerifier, ...] = ()
    policy: Policy = field(default_factory=Policy)
    origin: str | None = None
    stalled_after: int | None = None
    cosigned_within: int | None = None

    @property
    def keys(self) -> tuple[NoteVerifier, ...]:
        """The keys by which the log itself may sign."""
        return tuple(dict.fromkeys((*self.log_keys, *(log.verifier for log in self.policy.logs))))


def parse_followed(data: bytes, log_keys: Sequence[NoteVerifier]) -> Followed:
    """Return what was kept of a log.

    :raises FollowingError: ``tlog.following.state`` when it is damaged, or not of a log of these keys. It is never
        begun anew silently: whoever can damage it could roll the log back.
    """
    try:
        content = json.loads(data)
        followed = Followed(content["note"], content["begun_at"], content["grown_at"], content["looked_at"])
        moments = (followed.begun_at, followed.grown_at, followed.looked_at)
        if content["kind"] != KIND or not all(type(moment) is int for moment in moments):
            raise FollowingError("tlog.following.state", reason="not its form")
        open_checkpoint(followed.note, log_keys)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, FollowingError):
            raise
        raise FollowingError("tlog.following.state", reason=str(error)) from error
    return followed


def look(
    store: ReadableStore,
    last: Followed | None,
    expected: Expectations,
    *,
    now: int,
    witnesses: Mapping[str, str] | None = None,
) -> tuple[Followed | None, list[Seen]]:
    """Read a log's head, and return what is now known of it and what was found; no finding for a log in order.

    :param witnesses: the signed heads of this log that witnesses remember, by their names; see
        :func:`~divan_libs.tlog.cosigning.remembered_head`. To be asked before the log is read, so that a log that
        grows meanwhile is not taken for one that holds back.
    """
    try:
        data = store.read(CHECKPOINT_PATH)
        if data is None:
            return last, [Seen(Observation.MISSING, {"path": CHECKPOINT_PATH})]
        opened = _open(data, last, expected)
        found = _against_last(store, last, opened, data.decode(), expected, now)
        for name, note in (witnesses or {}).items():
            found += _against_witness(store, opened.checkpoint, data.decode(), name, note, expected, now)
    except RemoteError as error:
        return last, [Seen(Observation.UNREACHABLE, {"reason": error.code, **error.facts})]
    except TlogError as error:
        return last, [Seen(Observation.SIGNATURE, {"reason": error.code, **error.facts})]
    if any(seen.weight is Weight.ALARM or seen.code is Observation.MISSING for seen in found):
        return last, found
    checkpoint = opened.checkpoint
    followed = Followed(data.decode(), now, now, now)
    if last is not None:
        has_grown = checkpoint.size > open_checkpoint(last.note, expected.keys).checkpoint.size
        followed = replace(followed, begun_at=last.begun_at, grown_at=now if has_grown else last.grown_at)
    return followed, [*found, *_protection(opened, followed, expected, now)]


def _open(data: bytes, last: Followed | None, expected: Expectations) -> OpenedCheckpoint:
    origin = expected.origin
    if last is not None:
        origin = open_checkpoint(last.note, expected.keys).checkpoint.origin
    return open_checkpoint(data, tuple(dict.fromkeys((*expected.policy.verifiers, *expected.keys))), origin=origin)


def _against_last(
    store: ReadableStore, last: Followed | None, opened: OpenedCheckpoint, note: str, expected: Expectations, now: int
) -> list[Seen]:
    new = opened.checkpoint
    if last is None:
        return _whole(store, new)
    old = open_checkpoint(last.note, expected.keys).checkpoint
    if new.size < old.size:
        return [Seen(Observation.ROLLED_BACK, {"size": new.size, "known_size": old.size})]
    return _grown(store, old, last.note, new, note, now)


def _whole(store: ReadableStore, head: Checkpoint) -> list[Seen]:
    """Hold the tiles at the right edge against the head: of a log that is met first there is nothing else."""
    try:
        root = tree_root(head.size, read_hashes(store, head.size))
    except RemoteError:
        raise
    except TlogError as error:
        return [_unreadable(error)]
    if root != head.root:
        return [Seen(Observation.FILES_DIFFER, {"size": head.size, "root": head.root.hex(), "seen": root.hex()})]
    return []


def _grown(
    store: ReadableStore, old: Checkpoint, old_note: str, new: Checkpoint, new_note: str, now: int
) -> list[Seen]:
    """Hold a longer head of a log against a shorter one, with the hashes that the log publishes."""
    if contradict(old, new):
        return [Seen(Observation.FORK, {"size": new.size}, Fork(old_note, new_note, now))]
    if old.size in {0, new.size}:
        return _whole(store, new) if not old.size else []
    read = read_hashes(store, new.size)
    try:
        proof = consistency_proof(old.size, new.size, read)
        beginning = [read(old.size.bit_length() - 1, 0)] if old.size & (old.size - 1) == 0 else []
    except RemoteError:
        raise
    except TlogError as error:
        return [_unreadable(error)]
    try:
        verify_consistency(old.size, new.size, proof, old.root, new.root)
    except TlogError:
        path = (*beginning, *proof)
        facts = {"size": new.size, "known_size": old.size}
        if contradict(old, new, path):
            return [Seen(Observation.REWRITTEN, facts, Fork(old_note, new_note, now, path))]
        return [Seen(Observation.FILES_DIFFER, facts)]
    return []


def _against_witness(
    store: ReadableStore, shown: Checkpoint, note: str, name: str, remembered: str, expected: Expectations, now: int
) -> list[Seen]:
    try:
        seen = open_checkpoint(remembered, expected.keys, origin=shown.origin).checkpoint
    except TlogError as error:
        return [Seen(Observation.WITNESS_UNREACHABLE, {"witness": name, "reason": error.code})]
    if seen.size > shown.size:
        return [Seen(Observation.WITHHELD, {"witness": name, "size": shown.size, "seen_size": seen.size})]
    return [
        Seen(Observation.FORK_SEEN_BY_WITNESS if one.fork else one.code, {"witness": name, **one.facts}, one.fork)
        for one in _grown(store, seen, remembered, shown, note, now)
    ]


def _protection(opened: OpenedCheckpoint, followed: Followed, expected: Expectations, now: int) -> list[Seen]:
    found = []
    policy = expected.policy
    times = {
        seen.verifier: seen.timestamp or 0 for seen in opened.cosignatures if (seen.timestamp or 0) <= now + LEEWAY
    }
    if not policy.is_met(times):
        seen = sorted(verifier.name for verifier in times)
        found.append(Seen(Observation.QUORUM_UNMET, {"needed": policy.fewest, "seen": seen}))
    elif expected.cosigned_within is not None:
        fresh = [verifier for verifier, at in times.items() if now - at <= expected.cosigned_within]
        if not policy.is_met(fresh):
            found.append(Seen(Observation.COSIGNATURES_STALE, {"newest": max(times.values(), default=0)}))
    if expected.stalled_after is not None and now - followed.grown_at > expected.stalled_after:
        found.append(Seen(Observation.STALLED, {"grown_at": followed.grown_at, "size": opened.checkpoint.size}))
    return found


def _unreadable(error: TlogError) -> Seen:
    code = Observation.MISSING if error.code == "tlog.log.missing" else Observation.FILES_DIFFER
    return Seen(code, {"reason": error.code, **error.facts})
