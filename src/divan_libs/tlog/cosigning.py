"""How a log gets its checkpoint cosigned: every witness of a policy is asked at once, none is waited for too long.

The caller settles the checkpoint first and asks afterwards; a witness that is down, slow or lying costs its own
cosignature and nothing else. What a witness claims against the log (it has seen a longer one, or another of the same
size) is told apart from trouble on the way: if it is true, the log was rolled back or forked. A witness may lie, so the
claim is checked by :func:`remembered_head`, which the log's own key has signed.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from divan_libs.tlog.checkpoints import open_checkpoint, parse_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.notes import NoteError, NoteVerifier, SignatureLine, VerifiedSignature, add_lines, parse_note
from divan_libs.tlog.policies import Policy, TrustedWitness
from divan_libs.tlog.remote import Answer, RemoteError, request
from divan_libs.tlog.witnessing import ADD_CHECKPOINT, Submission, read_cosignatures, read_size, remembered_at

ATTEMPTS = 3
"""A witness may correct our idea of its size this often; another submitter may be at work at the same time."""

AGAINST_THE_LOG = frozenset({"tlog.cosigning.witness-ahead", "tlog.cosigning.root-differs"})
"""Codes of claims about the log, not about the witness; where one is true nothing more may be signed."""

Prove = Callable[[int], Sequence[bytes]]
"""Gives the consistency proof from an older size to the size of the checkpoint; called by one thread at a time."""


class CosigningError(TlogError):
    """A witness gave no cosignature."""


class Post(Protocol):
    """Sends a submission."""

    def __call__(self, url: str, body: bytes, /, *, timeout: float) -> Answer:
        """Return the answer, whatever its status.

        :raises RemoteError: when there is none.
        """


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one witness: its cosignature, or the code of why there is none; ``size`` is the one it now knows."""

    witness: TrustedWitness
    line: SignatureLine | None = None
    cosignature: VerifiedSignature | None = None
    code: str = ""
    size: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint with the cosignatures it got. ``is_enough`` says whether they meet the policy."""

    note: str
    is_enough: bool
    outcomes: tuple[Outcome, ...]

    @property
    def sizes(self) -> dict[str, int]:
        """The size that each witness is known to remember now, by its name in the policy; for the next time."""
        return {outcome.witness.name: outcome.size for outcome in self.outcomes if outcome.size is not None}

    @property
    def against_the_log(self) -> tuple[Outcome, ...]:
        """What witnesses claim against the log itself."""
        return tuple(outcome for outcome in self.outcomes if outcome.code in AGAINST_THE_LOG)


def post(url: str, body: bytes, /, *, timeout: float) -> Answer:
    """Send a submission over HTTP."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return request(url, method="POST", body=body, headers=headers, timeout=timeout)


def remembered_head(
    witness: TrustedWitness, log_keys: Sequence[NoteVerifier], origin: str, *, timeout: float = 5.0
) -> str | None:
    """Return the newest signed head of a log that a witness remembers, None when it knows of none.

    It is signed by the log's own key, so what a witness holds against the log can be believed without the witness.

    :raises RemoteError: see :func:`~divan_libs.tlog.remote.request`; ``tlog.remote.status``.
    :raises TlogError: when the answer is no head signed by the log.
    """
    url = f"{witness.url.rstrip('/')}/{remembered_at(origin)}"
    answer = request(url, timeout=timeout)
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise RemoteError("tlog.remote.status", url=url, status=answer.status)
    open_checkpoint(answer.body, [*log_keys, witness.verifier], origin=origin)
    return answer.body.decode()


def cosign(
    note: str,
    policy: Policy,
    prove: Prove,
    *,
    sizes: Mapping[str, int] | None = None,
    timeout: float = 5.0,
    patience: float = 0.5,
    send: Post = post,
) -> Cosigned:
    """Ask every witness of the policy that has an address for its cosignature; wait at most ``timeout`` seconds.

    :param note: the checkpoint signed by the log.
    :param prove: the consistency proof from a size that a witness knows.
    :param sizes: :attr:`Cosigned.sizes` of the last time; a witness that is not in it is asked from size 0 and says.
    :param patience: seconds to wait for further witnesses once the policy is met.
    :raises TlogError: when the note is no checkpoint. What witnesses do raises nothing.
    """
    parsed = parse_note(note)
    asking = _Asking(note, parsed.text, parse_checkpoint(parsed.text).size, prove, send, time.monotonic() + timeout)
    asked = [witness for witness in policy.witnesses if witness.url]
    pool = ThreadPoolExecutor(max_workers=len(asked) or 1, thread_name_prefix="cosign")
    try:
        under_way = {pool.submit(asking.ask, witness, (sizes or {}).get(witness.name, 0)): witness for witness in asked}
        outcomes = _collect(under_way, policy, asking.deadline, patience)
    finally:
        # Threads of witnesses that are too slow end by their own time limit; nobody waits for them here.
        pool.shutdown(wait=False, cancel_futures=True)
    lines = [outcome.line for outcome in outcomes if outcome.line is not None]
    is_enough = policy.is_met(_cosigners(outcomes))
    return Cosigned(add_lines(note, lines) if lines else note, is_enough, tuple(outcomes))


def _collect(
    under_way: Mapping[Future[Outcome], TrustedWitness], policy: Policy, deadline: float, patience: float
) -> list[Outcome]:
    found: dict[Future[Outcome], Outcome] = {}
    waiting, is_met = set(under_way), False
    while waiting and time.monotonic() < deadline:
        if not is_met and policy.is_met(_cosigners(found.values())):
            is_met, deadline = True, min(deadline, time.monotonic() + patience)
        done, waiting = wait(waiting, max(deadline - time.monotonic(), 0), FIRST_COMPLETED)
        found |= {future: future.result() for future in done}
    late = "tlog.cosigning.too-late"
    return [found.get(future) or Outcome(witness, code=late) for future, witness in under_way.items()]


def _cosigners(outcomes: Iterable[Outcome]) -> list[NoteVerifier]:
    return [outcome.cosignature.verifier for outcome in outcomes if outcome.cosignature is not None]


@dataclass(frozen=True, slots=True)
class _Asking:
    """One checkpoint on its way to the witnesses; each is asked in a thread of its own."""

    note: str
    text: str
    size: int
    prove: Prove
    send: Post
    deadline: float
    _proving: Lock = field(default_factory=Lock)

    def ask(self, witness: TrustedWitness, known_size: int) -> Outcome:
        try:
            line, cosignature = self._cosignature(witness, known_size)
        except TlogError as error:
            size = error.facts.get("size") if error.code == "tlog.cosigning.witness-ahead" else None
            return Outcome(witness, code=error.code, size=size if isinstance(size, int) else None, facts=error.facts)
        return Outcome(witness, line, cosignature, size=self.size)

    def _cosignature(self, witness: TrustedWitness, known_size: int) -> tuple[SignatureLine, VerifiedSignature]:
        for _ in range(ATTEMPTS):
            answer = self._submit(witness, known_size)
            if answer.status == 200:
                try:
                    return read_cosignatures(answer.body, self.text, witness.verifier)
                except NoteError as error:
                    raise CosigningError("tlog.cosigning.cosignature", reason=error.code) from error
            size = read_size(answer.content_type, answer.body) if answer.status == 409 else None
            if size is None:
                # Later drafts of the protocol answer 422 where version 1.0.0 answers 409.
                is_claim = answer.status == 409 or (answer.status == 422 and known_size == self.size)
                code = "tlog.cosigning.root-differs" if is_claim else "tlog.cosigning.refused"
                raise CosigningError(code, status=answer.status, said=answer.body[:80])
            known_size = size
        raise CosigningError("tlog.cosigning.refused", status=409, size=known_size)

    def _submit(self, witness: TrustedWitness, known_size: int) -> Answer:
        if known_size > self.size:
            raise CosigningError("tlog.cosigning.witness-ahead", size=known_size, our_size=self.size)
        with self._proving:
            proof = tuple(self.prove(known_size)) if 0 < known_size < self.size else ()
        submission = Submission(known_size, proof, self.note)
        left = max(self.deadline - time.monotonic(), 0.01)
        return self.send(f"{witness.url.rstrip('/')}/{ADD_CHECKPOINT}", submission.encode(), timeout=left)
