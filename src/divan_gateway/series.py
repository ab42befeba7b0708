"""Numbers by label in memory that all workers share: how long calls took by service and consumer, refusals by code.

The number of series is bounded when the memory is made. Labels are never what a client says: services and consumers are
those of the snapshot, codes are those of the protocol. When all places are taken, whatever comes new is counted under
``other``, so that a scrape never grows beyond :data:`PAIRS` series of times and :data:`CODES` of refusals a worker.
"""

from __future__ import annotations

import mmap
import struct
from bisect import bisect_left
from collections.abc import Iterator

PAIRS, CODES = 512, 128
OTHER = "other"
BOUNDS = (500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000)
"""Upper limits of the histogram in microseconds; what takes longer stands under ``+Inf``."""
RESULTS = ("answered", "client_error", "server_error", "unanswered", "unsent")
_KEY = 600
_WORDS_OF_PAIR = len(BOUNDS) + 2 + len(RESULTS)
"""One count for each limit and one above them, the sum of microseconds, one count for each result."""


class _Table:
    """Rows of whole numbers under a text, one region for each worker; a worker writes its own and reads all."""

    def __init__(self, workers: int, places: int, words: int) -> None:
        self._workers = workers
        self._places = places
        self._words = words
        self._octets = mmap.mmap(-1, workers * places * (_KEY + 8 * words))
        self._numbers = memoryview(self._octets)[workers * places * _KEY :].cast("Q")

    def keys_of(self, worker: int) -> dict[str, int]:
        """Return where the rows of a worker begin, by their texts; a worker that follows a fallen one goes on there."""
        found = {}
        for place in range(worker * self._places, (worker + 1) * self._places):
            key = self._key_at(place)
            if not key:
                break
            found[key] = place * self._words
        return found

    def _key_at(self, place: int) -> str:
        [length] = struct.unpack_from("H", self._octets, place * _KEY)
        return self._octets[place * _KEY + 2 : place * _KEY + 2 + length].decode("utf-8", "replace")

    def take(self, worker: int, key: str, taken: dict[str, int]) -> int:
        """Take a row for a text and return where it begins; the last row is for all that finds none."""
        if len(taken) >= self._places - 1 or len(key.encode()) > _KEY - 2:
            key = OTHER
            if key in taken:
                return taken[key]
        place = worker * self._places + len(taken)
        octets = key.encode()
        # The length comes last: whoever reads meanwhile sees an empty row or the whole text.
        self._octets[place * _KEY + 2 : place * _KEY + 2 + len(octets)] = octets
        struct.pack_into("H", self._octets, place * _KEY, len(octets))
        taken[key] = place * self._words
        return taken[key]

    @property
    def numbers(self) -> memoryview:
        """All numbers of all workers."""
        return self._numbers

    def sums(self) -> dict[str, list[int]]:
        """Return the rows of all workers, added up by their texts."""
        found: dict[str, list[int]] = {}
        for worker in range(self._workers):
            for key, start in self.keys_of(worker).items():
                row = self._numbers[start : start + self._words].tolist()
                known = found.get(key)
                found[key] = row if known is None else [one + other for one, other in zip(known, row, strict=True)]
        return found


class Series:
    """The numbers by label of one worker, and the sums over all. Made before the workers are forked."""

    def __init__(self, workers: int = 1) -> None:
        self._pairs = _Table(workers, PAIRS, _WORDS_OF_PAIR)
        self._codes = _Table(workers, CODES, 1)
        self._be(0)

    def _be(self, worker: int) -> None:
        self._worker = worker
        self._places_of_pairs = self._pairs.keys_of(worker)
        self._places_of_codes = self._codes.keys_of(worker)
        self._known: dict[tuple[str, str], int] = {}

    def of_worker(self, row: int) -> Series:
        """Return the view with which worker ``row`` counts."""
        view = object.__new__(Series)
        view._pairs, view._codes = self._pairs, self._codes
        view._be(row)
        return view

    def observe(self, service: str, client: str, result: str, microseconds: int) -> None:
        """Count a call of a consumer to a service: how it ended and how long it took."""
        start = self._known.get((service, client))
        if start is None:
            start = self._find(service, client)
        numbers = self._pairs.numbers
        numbers[start + bisect_left(BOUNDS, microseconds)] += 1
        numbers[start + len(BOUNDS) + 1] += max(0, microseconds)
        numbers[start + len(BOUNDS) + 2 + RESULTS.index(result)] += 1

    def _find(self, service: str, client: str) -> int:
        key = f"{service} {client}"
        start = self._places_of_pairs.get(key)
        if start is None:
            start = self._pairs.take(self._worker, key, self._places_of_pairs)
        if len(self._known) < PAIRS * 4:
            self._known[service, client] = start
        return start

    def refused(self, code: str) -> None:
        """Count a refusal by its code."""
        start = self._places_of_codes.get(code)
        if start is None:
            start = self._codes.take(self._worker, code, self._places_of_codes)
        self._codes.numbers[start] += 1

    def render(self) -> Iterator[str]:
        """Yield the lines of the exposition text; times are in seconds there."""
        yield "# HELP divan_gateway_call_seconds Time from request to reply of a call, by service and consumer."
        yield "# TYPE divan_gateway_call_seconds histogram"
        pairs = sorted(self._pairs.sums().items())
        for key, row in pairs:
            labels, total = _labels_of(key), 0
            for bound, count in zip(BOUNDS, row, strict=False):
                total += count
                yield f'divan_gateway_call_seconds_bucket{{{labels},le="{bound / 1e6:g}"}} {total}'
            total += row[len(BOUNDS)]
            yield f'divan_gateway_call_seconds_bucket{{{labels},le="+Inf"}} {total}'
            yield f"divan_gateway_call_seconds_sum{{{labels}}} {row[len(BOUNDS) + 1] / 1e6:.6f}"
            yield f"divan_gateway_call_seconds_count{{{labels}}} {total}"
        yield "# HELP divan_gateway_calls_total Calls by service, consumer and how they ended."
        yield "# TYPE divan_gateway_calls_total counter"
        for key, row in pairs:
            for result, count in zip(RESULTS, row[len(BOUNDS) + 2 :], strict=True):
                if count:
                    yield f'divan_gateway_calls_total{{{_labels_of(key)},result="{result}"}} {count}'
        yield "# HELP divan_gateway_refusals_total Calls that the gateway refused, by the code that the client got."
        yield "# TYPE divan_gateway_refusals_total counter"
        for code, [count] in sorted(self._codes.sums().items()):
            yield f'divan_gateway_refusals_total{{code="{_escaped(code)}"}} {count}'


def _labels_of(key: str) -> str:
    service, _, client = key.partition(" ")
    return f'service="{_escaped(service)}",client="{_escaped(client or OTHER)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
