"""The exchange's gateway beside nginx and HAProxy as plain proxies; then the whole path of evidence.

Every message is a POST with a body of JSON that gets as many octets back, over kept connections with a client
certificate. What is measured runs in one process on a core of its own; the provider (nginx) and the load (ApacheBench)
share another, the same for all. The cases of a row take turns, three times for small bodies, and the best turn of each
counts: what else the machine does comes in waves. ``CPU`` is the processor time of what is measured, for each message.
``strict`` waits for two durable records a message, ``relaxed`` for none, ``signed`` has each message signed besides,
``validated`` holds both bodies to an OpenAPI description.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.rig import exchange, path, proxies
from bench.rig.house import machine
from bench.rig.proxies import Load, Plan, Run, body_of
from rich.console import Console
from rich.progress import track
from rich.table import Table

SIZES = {"1k": 1024, "10k": 10 * 1024, "1m": 1024 * 1024}
PEERS = ("nginx", "haproxy")
_TURNS = 3


def main() -> None:
    """Measure, print tables and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute: 1 KiB and 32 connections, three kills")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    parser.add_argument("--seconds", type=int, default=0, help="length of each run; 4, or 2 if quick")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES), help="of the bodies in the table")
    parser.add_argument("--only", choices=("table", "many", "large", "path"), help="one part alone")
    options = parser.parse_args()
    console = Console()
    missing = proxies.missing()
    for program, package in missing.items():
        console.print(f"{program} is not here and is left out: apt-get install {package}")
    loads = [f"{one:.1f}" for one in os.getloadavg()]
    console.print(f"{machine()}; load of the machine before: {' '.join(loads)}")
    figures: dict[str, float] = {}
    seconds = options.seconds or (2 if options.quick else 4)
    wanted = (options.only,) if options.only else ("table", "many", "large", "path")
    can_load = not {"nginx", "ab"} & missing.keys()
    with tempfile.TemporaryDirectory(prefix="divan-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        if can_load and "table" in wanted:
            sizes = ["1k"] if options.quick else options.sizes
            _add(figures, compare(folder, console, sizes, quick=options.quick, seconds=seconds, left_out=missing))
        if can_load and "many" in wanted:
            _add(figures, with_many_permits(folder, console, rounds=1 if options.quick else 4, seconds=seconds))
        if "large" in wanted:
            _add(figures, path.large_bodies(folder, console, mebibytes=128 if options.quick else 1024))
        if "path" in wanted:
            _add(figures, path.whole_path(folder, console, kills=3 if options.quick else 50))
    if options.json:
        print(json.dumps(figures))
    if figures.get("failed") or figures.get("faults"):
        raise SystemExit("messages failed or evidence is wrong; see above")


def _add(figures: dict[str, float], more: dict[str, float]) -> None:
    """Add the figures of a part; what failed anywhere is summed."""
    wrong = {name: figures.get(name, 0) + more.get(name, 0) for name in ("failed", "faults")}
    figures |= more | wrong


def compare(
    folder: Path, console: Console, sizes: Sequence[str], *, quick: bool, seconds: int, left_out: Mapping[str, str]
) -> dict[str, float]:
    """Measure all cases with bodies of all sizes over all numbers of connections."""
    plan = Plan.here()
    counts = [32] if quick else [1, 32, 128]
    results: dict[tuple[str, str, int], Run] = {}
    with ExitStack() as stack:
        rig = _Rig(folder, plan, stack, [peer for peer in PEERS if peer not in left_out])
        runs = [
            (size, count, turn, case)
            for size in sizes
            for count in counts
            for turn in range(1 if quick or size == "1m" else _TURNS)
            for case in rig.targets
        ]
        for size, count, turn, case in track(runs, console=Console(stderr=True), description="measuring"):
            if turn == 0:
                rig.measure(case, SIZES[size], count, 1)
            # What is large must come to its end many times over.
            run = rig.measure(case, SIZES[size], count, seconds * 4 if size == "1m" else seconds)
            results[case, size, count] = run.or_better(results.get((case, size, count)))
    proven = rig.exchange.proven()
    console.print(f"{proven:,} messages are proven by the evidence, all of which holds")
    if proven < rig.answered:
        raise SystemExit(f"{rig.answered - proven} messages were answered and are not in the evidence")
    return _report(console, results)


class _Rig:
    """Everything that runs while the table is measured."""

    def __init__(self, folder: Path, plan: Plan, stack: ExitStack, peers: Sequence[str]) -> None:
        ports = proxies.free_ports(2 + len(peers))
        self.exchange = exchange.Exchange(folder, port=ports[1], provider=ports[0])
        stack.enter_context(proxies.provider(plan, folder, ports[0], list(SIZES.values())))
        self.targets: dict[str, tuple[str, int, list[str]]] = {}
        for peer, port in zip(peers, ports[2:], strict=True):
            process = stack.enter_context(
                proxies.proxy(
                    plan,
                    peer,
                    folder,
                    port=port,
                    provider=ports[0],
                    server=self.exchange.server,
                    root=self.exchange.root,
                )
            )
            self.targets[peer] = f"https://{proxies.HOST}:{port}/", process.pid, []
        gateway = stack.enter_context(self.exchange.running(plan))
        for kind in exchange.KINDS:
            self.targets[kind] = self.exchange.url(kind, 0)[:-1], gateway.pid, [f"X-Road-Client: {exchange.CLIENT}"]
        self._load = Load(plan, folder, self.exchange.client)
        self.answered = 0

    def measure(self, case: str, size: int, connections: int, seconds: int) -> Run:
        """Run one case once."""
        url, pid, headers = self.targets[case]
        run = self._load.run(
            f"{url}{size}", pid, body_of(size), connections=connections, seconds=seconds, headers=headers
        )
        self.answered += run.answers if case in exchange.KINDS else 0
        return run


def _report(console: Console, results: Mapping[tuple[str, str, int], Run]) -> dict[str, float]:
    table = Table("body", "conn.", "case", "msg/s", "of nginx", "p50 ms", "p99 ms", "CPU µs", "failed")
    figures: dict[str, float] = {"failed": sum(run.failed for run in results.values())}
    for (case, size, count), run in results.items():
        limit = results.get(("nginx", size, count))
        ratio = run.rate / limit.rate if limit else None
        name = f"{case}_{size}_{count}"
        figures |= {f"{name}_rps": run.rate, f"{name}_p50_ms": run.p50, f"{name}_p99_ms": run.p99}
        figures[f"{name}_processor_us"] = round(run.processor, 1)
        if ratio is not None:
            figures[f"{name}_of_nginx"] = round(ratio, 3)
        told = f"{ratio:.2f}" if ratio is not None else "-"
        times = (f"{run.p50:.2f}", f"{run.p99:.2f}")
        table.add_row(size, str(count), case, f"{run.rate:,.0f}", told, *times, f"{run.processor:.0f}", str(run.failed))
    console.print(table)
    loads = [f"{one:.1f}" for one in os.getloadavg()]
    console.print(f"load of the machine afterwards: {' '.join(loads)}")
    return figures


def with_many_permits(folder: Path, console: Console, *, rounds: int, seconds: int) -> dict[str, float]:
    """Measure strict messages of 1 KiB with few permits and with 24,000 of 300 members, in turns."""
    plan = Plan.here()
    at = folder / "many"
    at.mkdir()
    few: list[Run] = []
    many: list[Run] = []
    with ExitStack() as stack:
        ports = proxies.free_ports(2)
        made = exchange.Exchange(at, port=ports[1], provider=ports[0])
        stack.enter_context(proxies.provider(plan, at, ports[0], [1024]))
        gateway = stack.enter_context(made.running(plan))
        load = Load(plan, at, made.client)
        for _ in range(rounds):
            for runs, size in ((few, {}), (many, {"members": 300, "permits": 24_000})):
                made.publish(**size)
                told = {"connections": 32, "headers": [f"X-Road-Client: {exchange.CLIENT}"]}
                for span in (2, seconds):
                    run = load.run(made.url("strict", 1024), gateway.pid, body_of(1024), seconds=span, **told)  # type: ignore[arg-type] # as told
                runs.append(run)
    made.proven()
    costs = [min(run.processor for run in runs) for runs in (few, many)]
    rates = [max(run.rate for run in runs) for runs in (few, many)]
    console.print(
        f"24,000 permits of 300 members: {rates[1]:,.0f} messages/s where a few permits give {rates[0]:,.0f}, "
        f"{costs[1]:.0f} µs of the processor where it is {costs[0]:.0f}"
    )
    return {
        "permits_24000_of_few_rps": round(rates[1] / rates[0], 3),
        "permits_24000_of_few_processor": round(costs[1] / costs[0], 3),
        "failed": sum(run.failed for run in (*few, *many)),
    }


if __name__ == "__main__":
    main()
