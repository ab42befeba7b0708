"""Every write of the sealer fails in every way, on a disk and in a bucket: nothing is lost, nothing is sealed twice.

After each fault the process is as good as dead: its transaction is rolled back, and the next sealing starts from what
was left. Then every head ever shown must be a beginning of the log, every fact have its entry, once, and the
examination find nothing.
"""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg.errors
import pytest
from django.db import OperationalError, connection, connections

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.trust.ledger import actions, models, queries
from divan.trust.ledger.adapters.objects import StoreUnreachable
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, open_checkpoint
from divan_libs.tlog.commitments import Opening
from divan_libs.tlog.log import read_entry, read_hashes
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.proofs import tree_root

from .scene import NOW, let_happen, seal_all

pytestmark = pytest.mark.django_db(transaction=True)

FAULTS = ("fails", "fails but persisted", "killed before", "killed after", "disk full", "slow")
COMMITS = {"stage": 1, "mark sealed": 2, "end of publishing": 3}
FILES: dict[str, Callable[[str, str], bool]] = {
    "tile": lambda call, path: call == "write" and path.startswith("tile/0/") and ".p/" not in path,
    "partial tile": lambda call, path: call == "write" and path.startswith("tile/0/") and ".p/" in path,
    "bundle": lambda call, path: call == "write" and path.startswith("tile/entries/") and ".p/" not in path,
    "partial bundle": lambda call, path: call == "write" and path.startswith("tile/entries/") and ".p/" in path,
    "checkpoint": lambda call, path: call == "replace" and path == CHECKPOINT_PATH,
    "needless partials": lambda call, path: call == "discard" and path.startswith("tile/0/"),
}
GROWTH = 290
"""Facts of a round: more than a tile, so that each completes one and leaves a partial one."""


class PowerCut(BaseException):
    """The process is no more."""


@dataclass
class Saboteur:
    """Stands between the sealer and what keeps its writes; strikes once, at the named write, and is quiet again."""

    write: str
    fault: str
    is_bucket: bool
    struck: bool = False
    shown: list[bytes] = field(default_factory=list)
    commits: int = 0

    def around(self, does: Callable[[], None]) -> None:
        """Let a write happen as the fault has it."""
        self.struck = True
        match self.fault:
            case "fails":
                raise self._trouble(errno.EIO)
            case "fails but persisted":
                does()
                raise self._trouble(errno.EIO)
            case "killed before":
                raise PowerCut
            case "killed after":
                does()
                raise PowerCut
            case "disk full":
                raise self._trouble(errno.ENOSPC)
            case "slow":
                seal_meanwhile()
                does()

    def _trouble(self, number: int) -> Exception:
        if self.write in COMMITS:
            kind = psycopg.errors.DiskFull if number == errno.ENOSPC else psycopg.errors.ConnectionException
            error = OperationalError(self.fault)
            error.__cause__ = kind(self.fault)
            return error
        return StoreUnreachable(self.fault) if self.is_bucket else OSError(number, self.fault)


def seal_meanwhile() -> None:
    """Let another sealer try while the write is under way: it must find that it has nothing to do."""
    sealed: list[int] = []

    def seal() -> None:
        try:
            sealed.append(actions.seal_batch(actor=SYSTEM, now=NOW))
        finally:
            connections.close_all()

    other = threading.Thread(target=seal)
    other.start()
    other.join()
    assert sealed == [0]


class Sabotaged:
    """A store whose writes go by the saboteur."""

    def __init__(self, store: Any, saboteur: Saboteur) -> None:
        self._store, self._saboteur = store, saboteur

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write_all(self, files: Any) -> None:
        for path, data in files:
            self._do("write", path, lambda path=path, data=data: self._store.write_immutable(path, data))

    def replace(self, path: str, data: bytes) -> None:
        self._do("replace", path, lambda: self._store.replace(path, data))
        if path == CHECKPOINT_PATH:
            self._saboteur.shown.append(data)

    def discard_partials(self, path: str) -> None:
        self._do("discard", path, lambda: self._store.discard_partials(path))

    def _do(self, call: str, path: str, does: Callable[[], None]) -> None:
        saboteur = self._saboteur
        concerns = FILES.get(saboteur.write)
        if saboteur.struck or concerns is None or not concerns(call, path):
            does()
        else:
            saboteur.around(does)


@pytest.mark.parametrize("write", [*COMMITS, *FILES])
@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_a_write_that_fails_in_any_way_costs_nothing(log, place, write, request, monkeypatch):
    if place == "bucket":
        request.getfixturevalue("bucket")
    actions.open_log(actor=SYSTEM, now=NOW)
    let_happen(GROWTH)
    seal_all()
    shown = [queries.read_published(CHECKPOINT_PATH)]
    for fault in FAULTS:
        let_happen(GROWTH)
        saboteur = Saboteur(write, fault, is_bucket=place == "bucket")
        with monkeypatch.context() as patches:
            strike(saboteur, patches)
        connection.close()

        assert saboteur.struck, fault
        seal_all()

        shown += [*saboteur.shown, queries.read_published(CHECKPOINT_PATH)]
        every_head_shown_is_a_beginning_of_the_log(shown)
        every_fact_is_sealed_once()
        if place == "folder" or fault == FAULTS[-1]:
            assert queries.fsck() == [], fault


def strike(saboteur: Saboteur, patches: pytest.MonkeyPatch) -> None:
    """Seal with the saboteur in the way; what it raises ends the sealing, as it ends a process or a duty's turn."""
    real_store, wrapper = queries.published_store, type(connections["default"])
    real_commit = wrapper._commit

    def commit(self: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            return real_commit(self)
        saboteur.commits += 1
        if saboteur.struck or COMMITS.get(saboteur.write) != saboteur.commits:
            return real_commit(self)
        try:
            return saboteur.around(lambda: real_commit(self))
        except PowerCut:
            # What the server does for a client that is gone.
            self.connection.rollback()
            raise

    patches.setattr("divan.trust.ledger.queries.published_store", lambda: Sabotaged(real_store(), saboteur))
    patches.setattr(wrapper, "_commit", commit)
    try:
        while actions.seal_batch(actor=SYSTEM, now=NOW):
            pass
    except (OSError, OperationalError, PowerCut):
        assert saboteur.fault != "slow"
    else:
        assert saboteur.fault == "slow"


def every_head_shown_is_a_beginning_of_the_log(shown: list[bytes]) -> None:
    head = models.LogHead.objects.get()
    reader = read_hashes(queries.published_store(), head.size)
    for note in shown:
        seen = open_checkpoint(note, [NoteVerifier.parse(head.verifier)]).checkpoint
        assert seen.size <= head.size
        assert tree_root(seen.size, reader) == seen.root


def every_fact_is_sealed_once() -> None:
    placed = facts.after(-1, limit=10_000)
    head = models.LogHead.objects.get()
    store, newest = queries.published_store(), placed[-GROWTH:]
    assert head.size == len(placed) == models.LedgerEntry.objects.count()
    salts = dict(models.LedgerEntry.objects.values_list("fact_uuid", "salt"))
    assert len({bytes(salt) for salt in salts.values()}) == head.size
    for fact in (newest[0], newest[GROWTH // 2], newest[-1]):
        entry = read_entry(store, head.size, fact.position)
        Opening(bytes(salts[fact.uuid]), queries.record_of(fact)).require(entry)
