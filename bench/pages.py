"""How many pages a second the house gives: catalogue, service, a case of somebody signed in, the list for programs.

The house runs as an installation's web process does, against its own database; the load comes from this machine too and
takes its share of the cores. Beside it, in the same run: the smallest Django there is, giving as many bytes.
"""

from __future__ import annotations

import argparse
import json

from bench.rig.house import bare_web, machine, page_size, scratch_house, web
from bench.rig.load import Result, ask_again, get
from rich.console import Console
from rich.progress import track
from rich.table import Table

CONNECTIONS = 32
SERVICES = 24


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 40 seconds")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    figures, results = measure(2.0 if options.quick else 10.0)
    report(results, figures)
    if options.json:
        print(json.dumps(figures))
    if any(result.failed for result in results.values()):
        raise SystemExit("some answers were failures")


def measure(seconds: float) -> tuple[dict[str, float], dict[str, Result]]:
    """Return the figures by name, and the result of each page."""
    with scratch_house() as house:
        pages = furnish()
        with web(house) as port:
            sizes = {name: page_size(port, path, cookies) for name, (path, cookies) in pages.items()}
            results = {}
            for name, (path, cookies) in track(pages.items(), console=Console(stderr=True), description="measuring"):
                request = get(path, cookies)
                results[name] = ask_again(port, request, connections=CONNECTIONS, seconds=seconds)
        with bare_web(house, size=sizes["catalogue"]) as port:
            results["bare"] = ask_again(port, get("/"), connections=CONNECTIONS, seconds=seconds)
    figures: dict[str, float] = {}
    for name, result in results.items():
        figures[f"{name}_rps"] = round(result.rate, 1)
        figures[f"{name}_p99_ms"] = round(result.p99 * 1e3, 2)
    for name in pages:
        figures[f"{name}_to_bare"] = round(results[name].rate / results["bare"].rate, 3)
    return figures, results


def furnish() -> dict[str, tuple[str, dict[str, str] | None]]:
    """Fill the house with services and a case half way; return the pages to ask for, with the cookies of each."""
    from bench.rig.province import Province, publish_services, session_of_citizen  # noqa: PLC0415 (after setup)
    from tests.world import SERVICE  # noqa: PLC0415 (as above)

    from divan.foundation import clock  # noqa: PLC0415 (as above)

    province = Province(clock.now())
    publish_services(SERVICES - 1, province.now)
    case = province.at_step("draft").uuid
    villager = session_of_citizen(province.person("villager").uuid, province.now)
    return {
        "catalogue": ("/services/", None),
        "service": (f"/services/{SERVICE}/", None),
        "case": (f"/cases/{case}/", villager),
        "api_services": ("/api/v1/services", None),
    }


def report(results: dict[str, Result], figures: dict[str, float]) -> None:
    """Print the table."""
    console = Console()
    console.print(f"{machine()}, {CONNECTIONS} connections, {SERVICES} services; the load runs on the same cores")
    table = Table("page", "pages/s", "median ms", "p99 ms", "to bare Django")
    for name, result in results.items():
        ratio = f"{figures[f'{name}_to_bare']:.2f}" if name != "bare" else "1"
        table.add_row(name, f"{result.rate:,.0f}", f"{result.median * 1e3:.1f}", f"{result.p99 * 1e3:.1f}", ratio)
    console.print(table)


if __name__ == "__main__":
    main()
