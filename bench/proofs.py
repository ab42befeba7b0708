"""How fast the log's proofs are: growing a log, proving at 10⁴ to 10⁷ entries, verifying a receipt, being witnessed.

Each proof is made by a reader of its own, as a server makes it for somebody who asks once, and every one is verified
against the root before a rate is counted. The witness writes each head to the disk before it vouches for it.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from bench.rig.house import machine
from rich.console import Console
from rich.table import Table

from divan_libs.tlog.checkpoints import Checkpoint, sign_checkpoint
from divan_libs.tlog.commitments import Opening
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.hashing import leaf_hash
from divan_libs.tlog.log import integrate, prune_partials, read_hashes
from divan_libs.tlog.notes import NoteSigner, SignatureType, add_signatures
from divan_libs.tlog.policies import TrustedLog, parse_policy
from divan_libs.tlog.proofs import consistency_proof, inclusion_proof, tree_root, verify_consistency, verify_inclusion
from divan_libs.tlog.receipts import issue_receipt, parse_receipt, verify_receipt
from divan_libs.tlog.storage import MemoryStore
from divan_libs.tlog.witnessing import Submission
from divan_witness.memory import Memory
from divan_witness.metrics import Metrics
from divan_witness.witness import Witness

BATCH = 1024
ROUND = 2 * BATCH
ROUNDS = 5
"""Rates are those of the best of several rounds, so that what else the machine does counts little."""

ORIGIN = "bench.example/log"
NOW = 1_700_000_000
KEY = NoteSigner(ORIGIN, SignatureType.ED25519, bytes(32))
WITNESSES = [NoteSigner(f"witness.example/{n}", SignatureType.COSIGNATURE, bytes([n]) * 32) for n in (1, 2, 3)]
OPENING = Opening(b"s" * 32, b'{"kind":"cases.decision-signed"}' * 16)
Figures = dict[str, float]


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only up to 10⁵ entries, about half a minute")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    sizes = [10_000, 100_000] if options.quick else [10_000, 100_000, 1_000_000, 10_000_000]
    seconds = 1.0 if options.quick else 5.0
    figures: Figures = {}
    rows = []
    store, frontier = MemoryStore(), Frontier()
    for size in sizes:
        frontier, appended = grow(store, frontier, size)
        rows.append((size, appended, *proving(store, frontier, seconds)))
    figures |= report_growth(rows)
    figures |= report_rest(receipts(store, frontier, seconds) | witnessing(store, frontier.size, seconds))
    if options.json:
        print(json.dumps(figures))


def grow(store: MemoryStore, frontier: Frontier, size: int) -> tuple[Frontier, float]:
    """Let the log grow to a size in batches, and return the entries a second of the best round in its last half."""
    rates = []
    while frontier.size < size:
        rounds = [
            [entry(number) for number in range(start, min(start + BATCH, size))]
            for start in range(frontier.size, min(frontier.size + ROUND, size), BATCH)
        ]
        start, began = frontier.size, time.perf_counter()
        for entries in rounds:
            old_size = frontier.size
            frontier = integrate(store, frontier, entries).frontier
            prune_partials(store, old_size, frontier.size)
        if start >= size // 2:
            rates.append((frontier.size - start) / (time.perf_counter() - began))
    return frontier, max(rates)


def entry(number: int) -> bytes:
    """Return an entry: 32 bytes, as commitments are; the seventh is one that a receipt opens."""
    return OPENING.entry() if number == 7 else sha256(number.to_bytes(8, "big")).digest()


def proving(store: MemoryStore, frontier: Frontier, seconds: float) -> tuple[float, float, float]:
    """Return the inclusion and consistency proofs a second, and the milliseconds below which 99 of 100 of both took."""
    size, root = frontier.size, frontier.root()
    dice = random.Random(size)  # noqa: S311 (places to prove, no secret)
    taken: list[float] = []
    known = read_hashes(store, size)

    def include() -> None:
        index = dice.randrange(size)
        began = time.perf_counter()
        proof = inclusion_proof(index, size, read_hashes(store, size))
        taken.append(time.perf_counter() - began)
        verify_inclusion(index, size, leaf_hash(entry(index)), proof, root)

    def extend() -> None:
        old_size = dice.randrange(1, size)
        old_root = tree_root(old_size, known)
        began = time.perf_counter()
        proof = consistency_proof(old_size, size, read_hashes(store, size))
        taken.append(time.perf_counter() - began)
        verify_consistency(old_size, size, proof, old_root, root)

    rates = []
    for work in (include, extend):
        rounds = []
        for _ in range(ROUNDS):
            start = len(taken)
            repeat(work, seconds / ROUNDS)
            rounds.append((len(taken) - start) / sum(taken[start:]))
        rates.append(max(rounds))
    return rates[0], rates[1], sorted(taken)[int(len(taken) * 0.99)] * 1000


def receipts(store: MemoryStore, frontier: Frontier, seconds: float) -> Figures:
    """Return how often a second a receipt is read and verified, without witnesses and with two of three."""
    checkpoint = Checkpoint(ORIGIN, frontier.size, frontier.root())
    note = add_signatures(sign_checkpoint(checkpoint, [KEY]), WITNESSES, at=NOW)
    text = issue_receipt(store, note, [KEY.verifier], 7, OPENING).encode()
    lines = [f"witness {number} {key.verifier.encode()}" for number, key in enumerate(WITNESSES)]
    policy = parse_policy("\n".join([*lines, "group two 2 0 1 2", "quorum two"]))
    each = seconds / ROUNDS
    plain = max(repeat(lambda: verify_receipt(parse_receipt(text), [KEY.verifier]), each) for _ in range(ROUNDS))
    demanding = max(
        repeat(lambda: verify_receipt(parse_receipt(text), [KEY.verifier], policy=policy), each) for _ in range(ROUNDS)
    )
    return {"receipts_per_second": plain, "receipts_with_three_witnesses_per_second": demanding}


def witnessing(store: MemoryStore, size: int, seconds: float) -> Figures:
    """Return how many heads a second a witness vouches for, of one log, and of eight logs that come at once."""
    read = read_hashes(store, size)
    step = max(size // 2000, 1)
    sizes = range(step, size, step)
    figures: Figures = {}
    for count in (1, 8):
        keys = [NoteSigner(f"{ORIGIN}/{n}", SignatureType.ED25519, bytes([n]) * 32) for n in range(count)]
        figures[f"heads_witnessed_per_second_of_{count}_logs"] = vouching(
            {key: submissions(key, sizes[:2000], read) for key in keys}, seconds
        )
    return figures


def vouching(bodies: dict[NoteSigner, list[bytes]], seconds: float) -> float:
    """Let each log send its heads, all logs at once, and return how many a second were vouched for."""
    logs = tuple(TrustedLog(key.verifier) for key in bodies)
    with tempfile.TemporaryDirectory(prefix="divan-bench-") as folder, ThreadPoolExecutor(len(bodies)) as pool:
        memory = Memory(Path(folder), WITNESSES[0].verifier)
        witness = Witness(WITNESSES[0], logs, memory, Metrics(), growths_per_minute=1_000_000)
        began = time.perf_counter()
        done = sum(pool.map(lambda sent: submit_all(witness, sent, seconds), bodies.values()))
        taken = time.perf_counter() - began
        memory.close()
    return done / taken


def submissions(key: NoteSigner, sizes: range, read: Callable[[int, int], bytes]) -> list[bytes]:
    """Return what a log sends to a witness as it grows."""
    bodies, old_size = [], 0
    for size in sizes:
        note = sign_checkpoint(Checkpoint(key.name, size, tree_root(size, read)), [key])
        proof = tuple(consistency_proof(old_size, size, read)) if old_size else ()
        bodies.append(Submission(old_size, proof, note).encode())
        old_size = size
    return bodies


def submit_all(witness: Witness, bodies: list[bytes], seconds: float) -> int:
    """Submit one head after the other until the time is over, and return how many were vouched for."""
    deadline = time.perf_counter() + seconds
    for done, body in enumerate(bodies):
        if time.perf_counter() > deadline:
            return done
        witness.add_checkpoint(body, now=time.time())
    return len(bodies)


def repeat(work: Callable[[], object], seconds: float) -> float:
    """Do the work again and again, and return how often a second."""
    began, done = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < seconds or not done:
        work()
        done += 1
    return done / elapsed


def report_growth(rows: list[tuple[int, float, float, float, float]]) -> Figures:
    """Print the table of sizes and return the figures by name."""
    console = Console()
    console.print(f"{machine()}, one process")
    table = Table("entries", "appended/s", "inclusion proofs/s", "consistency proofs/s", "p99 of a proof, ms")
    figures: Figures = {}
    for size, *rates, slowest in rows:
        table.add_row(f"{size:,}", *(f"{rate:,.0f}" for rate in rates), f"{slowest:.2f}")
        for name, rate in zip(("appended", "inclusion_proofs", "consistency_proofs"), rates, strict=True):
            figures[f"{name}_per_second_at_{size}"] = round(rate)
        figures[f"proof_p99_ms_at_{size}"] = round(slowest, 3)
    console.print(table)
    first, last = rows[0], rows[-1]
    names = ("append_growth_ratio", "inclusion_growth_ratio", "consistency_growth_ratio")
    ratios = {name: round(last[n] / first[n], 3) for n, name in enumerate(names, start=1)}
    console.print(", ".join(f"{name} {ratio}" for name, ratio in ratios.items()), f"({first[0]:,} → {last[0]:,})")
    return figures | ratios


def report_rest(measured: Figures) -> Figures:
    """Print what does not depend on the size and return it."""
    table = Table("what", "a second")
    for name, rate in measured.items():
        table.add_row(name.replace("_per_second", "").replace("_", " "), f"{rate:,.0f}")
    Console().print(table)
    return {name: round(rate) for name, rate in measured.items()}


if __name__ == "__main__":
    main()
