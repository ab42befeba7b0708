"""Trust policies (C2SP tlog-policy): which logs, which witnesses, and how many of whom must have seen a checkpoint.

A policy is a text of lines ``log``, ``witness``, ``group`` and one ``quorum``. Names in it have no meaning outside;
what counts are the keys. Of the format's key types, logs sign with Ed25519 and witnesses with ``cosignature/v1``.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from divan_libs.tlog.checkpoints import OpenedCheckpoint, open_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.notes import NoteError, NoteVerifier, SignatureType

MAXIMUM_POLICY_SIZE = 1_000_000
NO_QUORUM = "none"

_BLANKS = re.compile(rb"[ \t]+")
_THRESHOLD = re.compile(r"[1-9][0-9]{0,5}")
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


class PolicyError(TlogError):
    """A policy is malformed, or a checkpoint does not meet it."""


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """A log that the policy accepts; ``url`` is where it is read, empty when the policy names none."""

    verifier: NoteVerifier
    url: str = ""


@dataclass(frozen=True, slots=True)
class TrustedWitness:
    """A witness under its name in the policy; ``url`` is its submission prefix, empty when the policy names none."""

    name: str
    verifier: NoteVerifier
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group witnesses a checkpoint when at least ``threshold`` of its members do."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What somebody relies on. Made by :func:`parse_policy`, which checks it."""

    logs: tuple[TrustedLog, ...] = ()
    witnesses: tuple[TrustedWitness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NO_QUORUM

    @property
    def verifiers(self) -> tuple[NoteVerifier, ...]:
        """The keys of all logs and witnesses."""
        return (*(log.verifier for log in self.logs), *(witness.verifier for witness in self.witnesses))

    @property
    def demands_witnesses(self) -> bool:
        """Whether any cosignature is needed."""
        return self.quorum != NO_QUORUM

    @property
    def fewest(self) -> int:
        """The smallest number of witnesses that can meet the quorum."""
        needed = {witness.name: 1 for witness in self.witnesses}
        for group in self.groups:
            needed[group.name] = sum(sorted(needed[member] for member in group.members)[: group.threshold])
        return needed.get(self.quorum, 0)

    def is_met(self, cosigners: Iterable[NoteVerifier]) -> bool:
        """Return whether these witnesses together are enough."""
        keys = {cosigner.public_key for cosigner in cosigners if cosigner.kind is SignatureType.COSIGNATURE}
        met = {witness.name: witness.verifier.public_key in keys for witness in self.witnesses}
        for group in self.groups:
            met[group.name] = sum(met[member] for member in group.members) >= group.threshold
        return not self.demands_witnesses or met[self.quorum]


def open_by_policy(
    note: str | bytes,
    policy: Policy,
    *,
    log_keys: Sequence[NoteVerifier] = (),
    origin: str | None = None,
    not_after: int | None = None,
) -> OpenedCheckpoint:
    """Return the checkpoint in a signed note, once a log that is trusted and the quorum of witnesses have signed it.

    :param log_keys: further keys; a policy may leave the logs out and name the witnesses alone.
    :param origin: accept this log only.
    :param not_after: POSIX seconds; cosignatures that claim a later time are not counted.
    :raises NoteError: see :func:`~divan_libs.tlog.notes.open_note`.
    :raises CheckpointError: see :func:`~divan_libs.tlog.checkpoints.open_checkpoint`.
    :raises PolicyError: ``tlog.policy.unmet``.
    """
    verifiers = tuple(dict.fromkeys((*policy.verifiers, *log_keys)))
    opened = open_checkpoint(note, verifiers, origin=origin)
    counted = tuple(
        signature
        for signature in opened.cosignatures
        if not_after is None or signature.timestamp is None or signature.timestamp <= not_after
    )
    if not policy.is_met(signature.verifier for signature in counted):
        seen = [signature.verifier.name for signature in counted]
        raise PolicyError("tlog.policy.unmet", quorum=policy.quorum, needed=policy.fewest, seen=seen)
    return OpenedCheckpoint(opened.checkpoint, opened.log_signatures, counted)


def parse_policy(text: str | bytes) -> Policy:
    """Return the policy of a file.

    Names are compared octet by octet; those that are not UTF-8 are kept apart all the same.

    :raises PolicyError: ``tlog.policy.malformed`` with the number of the line, and the reason.
    """
    try:
        raw = text.encode() if isinstance(text, str) else text
    except UnicodeEncodeError as error:
        raise PolicyError("tlog.policy.malformed", line=0, reason="not UTF-8") from error
    if len(raw) > MAXIMUM_POLICY_SIZE:
        raise PolicyError("tlog.policy.malformed", line=0, reason="too large")
    draft = _Draft()
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if _FORBIDDEN.search(line):
            raise PolicyError("tlog.policy.malformed", line=number, reason="control character")
        try:
            draft.read([word.decode(errors="surrogateescape") for word in _BLANKS.split(line.strip(b" \t")) if word])
        except NoteError as error:
            raise PolicyError("tlog.policy.malformed", line=number, reason=error.code) from error
        except _Fault as fault:
            raise PolicyError("tlog.policy.malformed", line=number, reason=str(fault)) from fault
    if draft.quorum is None:
        raise PolicyError("tlog.policy.malformed", line=0, reason="no quorum line")
    return Policy(tuple(draft.logs), tuple(draft.witnesses), tuple(draft.groups), draft.quorum)


class _Fault(ValueError):
    """What is wrong with a line."""


@dataclass(slots=True)
class _Draft:
    """A policy as far as it has been read."""

    logs: list[TrustedLog] = field(default_factory=list)
    witnesses: list[TrustedWitness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    members: set[str] = field(default_factory=set)

    def read(self, words: Sequence[str]) -> None:
        if not words or words[0].startswith("#"):
            return
        readers: Mapping[str, tuple[int, int | None]] = {
            "log": (1, 2),
            "witness": (2, 3),
            "group": (3, None),
            "quorum": (1, 1),
        }
        kind, *rest = words
        if kind not in readers:
            raise _Fault(f"unknown word {kind!r}")
        fewest, most = readers[kind]
        if len(rest) < fewest or (most is not None and len(rest) > most):
            raise _Fault(f"a {kind} line has another number of words")
        getattr(self, f"_read_{kind}")(rest)

    def _read_log(self, words: Sequence[str]) -> None:
        self.logs.append(TrustedLog(self._new_key(words[0], SignatureType.ED25519), *words[1:]))

    def _read_witness(self, words: Sequence[str]) -> None:
        self._require_new(words[0])
        verifier = self._new_key(words[1], SignatureType.COSIGNATURE)
        self.witnesses.append(TrustedWitness(words[0], verifier, *words[2:]))

    def _read_group(self, words: Sequence[str]) -> None:
        name, threshold, *members = words
        self._require_new(name)
        known = self._names()
        for member in members:
            if member not in known:
                raise _Fault(f"{member!r} is not defined above")
            if member in self.members or members.count(member) > 1:
                raise _Fault(f"{member!r} is a member already")
        self.members.update(members)
        self.groups.append(Group(name, _threshold(threshold, len(members)), tuple(members)))

    def _read_quorum(self, words: Sequence[str]) -> None:
        if self.quorum is not None:
            raise _Fault("a second quorum line")
        if words[0] != NO_QUORUM and words[0] not in self._names():
            raise _Fault(f"{words[0]!r} is not defined above")
        self.quorum = words[0]

    def _new_key(self, text: str, kind: SignatureType) -> NoteVerifier:
        verifier = NoteVerifier.parse(text)
        if verifier.kind is not kind:
            raise _Fault("a key of another kind")
        known = Policy(tuple(self.logs), tuple(self.witnesses)).verifiers
        if any(verifier.public_key == other.public_key for other in known):
            raise _Fault("a key that stands here already")
        return verifier

    def _names(self) -> Collection[str]:
        return {*(witness.name for witness in self.witnesses), *(group.name for group in self.groups)}

    def _require_new(self, name: str) -> None:
        if name == NO_QUORUM or name in self._names():
            raise _Fault(f"the name {name!r} is taken")


def _threshold(word: str, members: int) -> int:
    if word == "all":
        return members
    if word == "any":
        return 1
    if not _THRESHOLD.fullmatch(word) or int(word) > members:
        raise _Fault(f"{word!r} of {members} members")
    return int(word)
