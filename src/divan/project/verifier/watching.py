"""Follows a log for an outsider: reads it and its witnesses, keeps what is known in a file, and raises the alarm."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from divan.foundation.clock import now
from divan.foundation.faults import power_may_fail
from divan.project.verifier.trust import Trust
from divan_libs.tlog.checkpoints import open_checkpoint
from divan_libs.tlog.cosigning import remembered_head
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.following import Expectations, Followed, Observation, Seen, Weight, look, parse_followed
from divan_libs.tlog.forks import Fork
from divan_libs.tlog.notes import SignatureType
from divan_libs.tlog.policies import Policy
from divan_libs.tlog.remote import RemoteError, RemoteStore, request
from divan_libs.tlog.storage import LocalStore, ReadableStore

CATCH_UP = 5.0
"""Seconds that a log is given to publish what a witness has just vouched for, before it is said to hold back."""

ALARM_SECONDS = 60
"""How long a command or a server may take over an alarm."""

EXIT_CODES = {Weight.ALARM: 1, Weight.WARNING: 2, Weight.TROUBLE: 3}


class WatchUnusable(Exception):
    """Nobody to follow, nowhere to keep it, or nobody to trust; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One log under watch: where it is read, the file of what is known, what it is held to, and who is told."""

    source: str
    state: Path
    expected: Expectations
    command: str = ""
    webhook: str = ""

    @property
    def evidence(self) -> Path:
        """The folder of what convicts the log."""
        return self.state.with_name(f"{self.state.name}.forks")


def expectations(trust: Trust, *, stalled_after: int | None, cosigned_within: int | None) -> Expectations:
    """Return what a log is held to by those one trusts.

    :raises WatchUnusable: if no key of a log is among them.
    """
    keys = tuple(key for key in trust.log_keys if key.kind is SignatureType.ED25519)
    expected = Expectations(
        log_keys=keys,
        policy=trust.policy or Policy(),
        stalled_after=stalled_after,
        cosigned_within=cosigned_within,
    )
    if not expected.keys:
        raise WatchUnusable(f"{trust.directory} holds no key of a log; put the log's public key there as log.vkey")
    return expected


def looks(watch: Watch, *, every: int | None) -> Iterator[tuple[list[Seen], list[str]]]:
    """Look again and again, and yield what was found, and what went wrong in telling it to others.

    Others are told when something is found that was not there the time before. Ends at an alarm, as nothing that such
    a log says is worth listening to; and after the first look when ``every`` is None.

    :raises WatchUnusable: see :func:`look_once`.
    """
    before: set[Observation] = set()
    while True:
        found = look_once(watch)
        codes = {seen.code for seen in found}
        yield found, tell(watch, found) if codes - before else []
        if every is None or exit_code(found) == EXIT_CODES[Weight.ALARM]:
            return
        before = codes
        time.sleep(every)


def look_once(
    watch: Watch, *, clock: Callable[[], datetime] = now, sleep: Callable[[float], None] = time.sleep
) -> list[Seen]:
    """Read the log and its witnesses once, keep what is known and what convicts, and return what was found.

    :raises WatchUnusable: if the file of what is known is damaged, or the folder that is followed is none.
    """
    store, last = _store(watch.source), _recall(watch)
    followed, found = _look(store, last, watch, clock)
    if any(seen.code is Observation.WITHHELD for seen in found):
        sleep(CATCH_UP)
        followed, found = _look(store, last, watch, clock)
    for seen in found:
        if seen.fork is not None:
            _keep(watch, seen.fork)
    if followed is not None and followed is not last:
        _remember(watch.state, followed)
    return found


def known(watch: Watch) -> tuple[str, int]:
    """Return the name of the log and the size up to which it is known to be in order.

    :raises WatchUnusable: if that is not known.
    """
    last = _recall(watch)
    if last is None:
        raise WatchUnusable(f"{watch.state} is missing")
    head = open_checkpoint(last.note, watch.expected.keys).checkpoint
    return head.origin, head.size


def tell(watch: Watch, found: Sequence[Seen]) -> list[str]:
    """Hand what was found to the command and to the address of the watch; return what went wrong in doing so."""
    message = json.dumps(
        {"log": watch.source, "found": [as_object(seen) for seen in found]}, ensure_ascii=False, default=str
    ).encode()
    troubles = []
    if watch.command:
        environment = os.environ | {"DIVAN_FOUND": " ".join(seen.code for seen in found)}
        try:
            # The command is the operator's own, given on the command line; nothing that the log says is in it.
            subprocess.run(  # noqa: S603 (as above)
                shlex.split(watch.command), input=message, env=environment, timeout=ALARM_SECONDS, check=True
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            troubles.append(f"{watch.command}: {error}")
    if watch.webhook:
        try:
            headers = {"Content-Type": "application/json"}
            answer = request(watch.webhook, method="POST", body=message, headers=headers, timeout=ALARM_SECONDS)
            if answer.status >= 300:
                troubles.append(f"{watch.webhook}: the server answers {answer.status}")
        except RemoteError as error:
            troubles.append(f"{watch.webhook}: {error}")
    return troubles


def as_object(seen: Seen) -> dict[str, object]:
    """Return a finding as it is printed for machines."""
    return {"code": str(seen.code), "weight": str(seen.weight), "facts": dict(seen.facts)}


def exit_code(found: Sequence[Seen]) -> int:
    """Return the code of the gravest finding, 0 for none."""
    return min((EXIT_CODES[seen.weight] for seen in found), default=0)


def _look(
    store: ReadableStore, last: Followed | None, watch: Watch, clock: Callable[[], datetime]
) -> tuple[Followed | None, list[Seen]]:
    heads, silent = _witnesses(watch.expected, _origin(watch.expected, last))
    followed, found = look(store, last, watch.expected, now=int(clock().timestamp()), witnesses=heads)
    return followed, [*found, *silent]


def _origin(expected: Expectations, last: Followed | None) -> str | None:
    """Return which of the trusted logs it is; None for one of several that is met first."""
    if last is not None:
        return open_checkpoint(last.note, expected.keys).checkpoint.origin
    names = {key.name for key in expected.keys}
    return names.pop() if len(names) == 1 else None


def _witnesses(expected: Expectations, origin: str | None) -> tuple[dict[str, str], list[Seen]]:
    heads: dict[str, str] = {}
    silent = []
    for witness in expected.policy.witnesses if origin is not None else ():
        if not witness.url:
            continue
        try:
            head = remembered_head(witness, expected.keys, str(origin))
        except TlogError as error:
            facts = {"witness": witness.name, "reason": error.code, **error.facts}
            silent.append(Seen(Observation.WITNESS_UNREACHABLE, facts))
        else:
            if head is not None:
                heads[witness.name] = head
    return heads, silent


def _store(source: str) -> ReadableStore:
    if source.startswith(("http://", "https://")):
        return RemoteStore(source)
    folder = Path(source)
    if not folder.is_dir():
        raise WatchUnusable(f"{source} is neither an address nor a folder")
    return LocalStore(folder)


def _recall(watch: Watch) -> Followed | None:
    try:
        return parse_followed(watch.state.read_bytes(), watch.expected.keys)
    except FileNotFoundError:
        return None
    except (TlogError, OSError) as error:
        raise WatchUnusable(
            f"{watch.state} is damaged or not of this log ({error}); look into it before you remove it: "
            "it is what keeps the log from going back"
        ) from error


def _remember(path: Path, followed: Followed) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            file.write(followed.encode())
            file.flush()
            os.fsync(file.fileno())
        # Up to here a crash leaves the head before; following goes on from there.
        power_may_fail("monitor.before-rename")
        draft.replace(path)
        power_may_fail("monitor.after-rename")
    finally:
        draft.unlink(missing_ok=True)
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _keep(watch: Watch, fork: Fork) -> None:
    """Keep a proof once, whenever it is found again."""
    name = sha256("\n".join((fork.first, fork.second)).encode()).hexdigest()
    store = LocalStore(watch.evidence)
    if store.read(f"{name}.json") is None:
        store.write_immutable(f"{name}.json", fork.encode())
