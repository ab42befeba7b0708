"""How fast facts are sealed, end to end: from rows in PostgreSQL to the published checkpoint, everything on the disk.

Facts that arrive one by one, 256 and 1,000 at a time; then a log that grows to a million, with the rate at its end
against the rate at its beginning, the memory it takes, what an entry weighs, how fast the whole is examined, and in
what time a receipt is served. Before any rate counts, the root is recomputed from the entries by the RFC's definition,
receipts of random entries are verified with the public key alone, and the examination must find nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import time

from bench.rig.house import House, machine, scratch_house
from rich.console import Console
from rich.table import Table

ARRIVALS = {1: 200, 256: 40, 1000: 20}
"""How many facts arrive at once, and how often."""
RECEIPTS = 500
Figures = dict[str, float]


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000, help="how far the log grows")
    parser.add_argument("--quick", action="store_true", help="only to 50,000 entries")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with scratch_house(furnished=False) as house:
        figures = measure(house, 50_000 if options.quick else options.entries)
    table = Table("what", "figure", title=f"Sealing ({machine()}, load {load:.1f} at the start)")
    for name, figure in figures.items():
        table.add_row(name.replace("_", " "), f"{figure:,.3f}" if figure < 100 else f"{figure:,.0f}")
    Console().print(table)
    if options.json:
        print(json.dumps({name: round(figure, 3) for name, figure in figures.items()}))


def measure(house: House, longest: int) -> Figures:
    """Return the figures by name."""
    from divan.foundation import clock, facts  # noqa: PLC0415 (Django is ready only now)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.trust.ledger import actions  # noqa: PLC0415 (as above)

    actions.open_log(actor=SYSTEM, now=clock.now())
    facts.place_facts()
    seal_all()
    figures: Figures = {}
    for count, times in ARRIVALS.items():
        figures[f"entries_per_second_arriving_by_{count}"] = arriving(count, times)
    figures |= growing(longest)
    check(longest)
    figures |= weighing(house)
    figures |= examining()
    figures |= serving(longest)
    return figures


def seal_all() -> int:
    """Seal until nothing is left; return how many facts were sealed."""
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.trust.ledger import actions  # noqa: PLC0415 (as above)

    total = 0
    while sealed := actions.seal_batch(actor=SYSTEM, now=clock.now()):
        total += sealed
    return total


def arriving(count: int, times: int) -> float:
    """Let facts arrive and be sealed at once, each time; return the entries a second of sealing alone."""
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.trust.ledger import actions  # noqa: PLC0415 (as above)

    taken = 0.0
    for _ in range(times):
        happen(count)
        start = time.perf_counter()
        sealed = actions.seal_batch(actor=SYSTEM, now=clock.now())
        taken += time.perf_counter() - start
        if sealed != count:
            raise SystemExit(f"{sealed} facts were sealed instead of {count}")
    return count * times / taken


def growing(longest: int) -> Figures:
    """Let the log grow; return the rates over its first and its last tenth, and the growth of the memory."""
    step = max(longest // 10, 10_000)
    rates, logged, before = [], [], 0
    from divan.foundation import facts  # noqa: PLC0415 (as above)

    while (size := facts.last_position() + 1) < longest:
        count = min(step, longest - size)
        happen(count)
        start, written = time.perf_counter(), write_ahead()
        seal_all()
        rates.append(count / (time.perf_counter() - start))
        logged.append((write_ahead() - written) / count)
        before = before or peak_memory()
    return {
        f"entries_per_second_to_{longest}": sum(rates) / len(rates),
        "rate_of_the_first_tenth": rates[0],
        "rate_of_the_last_tenth": rates[-1],
        "growth_ratio": rates[-1] / rates[0],
        "write_ahead_bytes_per_entry_of_the_first_tenth": logged[0],
        "write_ahead_bytes_per_entry_of_the_last_tenth": logged[-1],
        "memory_mb_after_the_first_tenth": before,
        "memory_mb_at_the_end": peak_memory(),
    }


def write_ahead() -> int:
    """Return how many bytes the database has written ahead so far."""
    from django.db import connection  # noqa: PLC0415 (as above)

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn() - '0/0'")
        return int(cursor.fetchone()[0])


def peak_memory() -> int:
    """Return the highest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def check(longest: int) -> None:
    """Stop unless the published root is that of the entries, and random receipts hold."""
    from divan.trust.ledger import models, queries  # noqa: PLC0415 (as above)
    from divan_libs.tlog.hashing import leaf_hash, node_hash  # noqa: PLC0415 (as above)
    from divan_libs.tlog.notes import NoteVerifier  # noqa: PLC0415 (as above)
    from divan_libs.tlog.receipts import parse_receipt, verify_receipt  # noqa: PLC0415 (as above)

    state = queries.log_state()
    level = [leaf_hash(entry) for entry in queries.commitments(0, state.published_size)]

    def root(start: int, end: int) -> bytes:
        if end - start == 1:
            return level[start]
        split = 1 << (end - start - 1).bit_length() - 1
        return node_hash(root(start, start + split), root(start + split, end))

    if state.published_size < longest or root(0, len(level)).hex() != state.root:
        raise SystemExit("the published root is not that of the entries")
    key = NoteVerifier.parse(state.verifier)
    for position in random.Random(7).sample(range(longest), 50):  # noqa: S311 (places to look, no secret)
        fact = models.LedgerEntry.objects.get(position=position).fact_uuid
        receipt = queries.find_receipt(fact)
        if receipt is None or verify_receipt(parse_receipt(receipt), [key]).record is None:
            raise SystemExit(f"the receipt of entry {position} does not hold")


def weighing(house: House) -> Figures:
    """Return what an entry weighs: published, and in the database with its indexes."""
    from django.db import connection  # noqa: PLC0415 (as above)

    from divan.trust.ledger import queries  # noqa: PLC0415 (as above)

    files = [path for path in (house.folder / "var" / "tlog").rglob("*") if path.is_file()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('ledger_ledgerentry')")
        table = cursor.fetchone()[0]
    size = queries.log_state().size
    return {
        "published_bytes_per_entry": sum(path.stat().st_size for path in files) / size,
        "published_bytes_on_disk_per_entry": sum(path.stat().st_blocks * 512 for path in files) / size,
        "database_bytes_per_entry": table / size,
    }


def examining() -> Figures:
    """Return how many entries a second each part of the examination goes through."""
    from divan.trust.ledger import queries  # noqa: PLC0415 (as above)

    began: dict[str, float] = {}
    ended: dict[str, tuple[float, int]] = {}

    def note(part: object, done: int, _total: int) -> None:
        began.setdefault(str(part), time.perf_counter())
        ended[str(part)] = time.perf_counter(), done

    start = time.perf_counter()
    found = queries.fsck(note)
    taken = time.perf_counter() - start
    if found:
        raise SystemExit(f"the examination found {found[0]}")
    size = queries.log_state().size
    rates = {
        f"fsck_{part}_per_second": done / (at - began[part]) for part, (at, done) in ended.items() if at > began[part]
    }
    return {"fsck_entries_per_second": size / taken} | rates


def serving(longest: int) -> Figures:
    """Return the milliseconds below which half and 99 of 100 receipts are served: fact, entry, proof, verified."""
    from divan.trust.ledger import models, queries  # noqa: PLC0415 (as above)
    from divan_libs.tlog.log import read_hashes  # noqa: PLC0415 (as above)
    from divan_libs.tlog.proofs import inclusion_proof  # noqa: PLC0415 (as above)

    dice = random.Random(longest)  # noqa: S311 (as above)
    whole, alone = [], []
    for position in (dice.randrange(longest) for _ in range(RECEIPTS)):
        fact = models.LedgerEntry.objects.values_list("fact_uuid", flat=True).get(position=position)
        start = time.perf_counter()
        queries.find_receipt(fact)
        between = time.perf_counter()
        inclusion_proof(position, longest, read_hashes(queries.published_store(), longest))
        alone.append((time.perf_counter() - between) * 1000)
        whole.append((between - start) * 1000)
    whole.sort()
    alone.sort()
    return {
        "receipt_ms_median": whole[RECEIPTS // 2],
        "receipt_ms_p99": whole[RECEIPTS * 99 // 100],
        "inclusion_proof_ms_p99": alone[RECEIPTS * 99 // 100],
    }


def happen(count: int) -> None:
    """Write placed facts, each about a row of its own that is there and as its fact says."""
    from divan.foundation import clock, facts  # noqa: PLC0415 (as above)

    first = facts.last_position() + 1
    facts.register_subject(Row.subject_kind, lambda uuids: [Row(uuid) for uuid in uuids])
    from uuid import UUID  # noqa: PLC0415 (as above)

    from django.db import connection  # noqa: PLC0415 (as above)

    at = clock.now()
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for position in range(first, first + count):
            row = Row(UUID(int=position + (1 << 120)))
            data = json.dumps({"letter": str(row.uuid), "state": "queued", "number": f"1405/{position}"})
            digest = facts.subject_digest(row)
            copy.write_row(
                (
                    facts.identifier_at(at),
                    "bench.queued",
                    row.subject_kind,
                    row.uuid,
                    1,
                    digest,
                    '{"kind":"system"}',
                    at,
                    data,
                    position,
                )
            )


_COPY = (
    "COPY foundation_fact (uuid, kind, subject_kind, subject_uuid, subject_sequence, subject_digest, actor, at, data,"
    " position) FROM STDIN"
)


class Row:
    """A row that the facts speak of; its state follows from its name."""

    subject_kind = "bench.row"

    def __init__(self, uuid: object) -> None:
        self.uuid = uuid

    def subject_state(self) -> dict[str, object]:
        """Return what its digest covers."""
        return {"text": f"letter {self.uuid}", "state": "queued", "attempts": 0}


if __name__ == "__main__":
    main()
