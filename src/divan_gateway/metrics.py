"""Counters in memory that all workers of one gateway share, written in the text format of Prometheus."""

from __future__ import annotations

import mmap
from enum import IntEnum

from divan_gateway.series import Series


class Count(IntEnum):
    """What is counted; times are summed in microseconds."""

    CONNECTIONS = 0
    MESSAGES = 1
    ANSWERED = 2
    REFUSED = 3
    PROVIDER_FAILED = 4
    MALFORMED = 5
    MESSAGE_MICROSECONDS = 6
    GROUPS = 7
    RECORDS = 8
    GROUP_MICROSECONDS = 9
    SNAPSHOTS_REFUSED = 10
    BROKEN = 11
    INVALID_REQUESTS = 12
    INVALID_ANSWERS = 13
    FROM_CACHE = 14


class Level(IntEnum):
    """What is now; whole numbers."""

    OPEN_CONNECTIONS = 24
    UNDER_WAY = 25
    SNAPSHOT_VERSION = 26
    SNAPSHOT_EXPIRES = 27


_WIDTH = 32
_COUNTS = {
    Count.CONNECTIONS: ("connections_total", "Connections taken from clients."),
    Count.MESSAGES: ("messages_total", "Service calls received."),
    Count.ANSWERED: ("answered_total", "Service calls that ended with the provider's answer."),
    Count.REFUSED: ("refused_total", "Service calls that the gateway refused."),
    Count.PROVIDER_FAILED: ("provider_failed_total", "Service calls without an answer of the provider."),
    Count.MALFORMED: ("malformed_total", "Requests that were not HTTP or too large."),
    Count.MESSAGE_MICROSECONDS: ("message_microseconds_total", "Time from request to reply of answered calls."),
    Count.GROUPS: ("evidence_groups_total", "Durable writes of evidence."),
    Count.RECORDS: ("evidence_records_total", "Evidence records written."),
    Count.GROUP_MICROSECONDS: ("evidence_group_microseconds_total", "Time of durable writes."),
    Count.BROKEN: ("broken_total", "Replies that began and could not be ended."),
    Count.INVALID_REQUESTS: ("invalid_requests_total", "Requests that did not follow their service's description."),
    Count.INVALID_ANSWERS: ("invalid_answers_total", "Answers that did not follow their service's description."),
    Count.FROM_CACHE: ("from_cache_total", "Service calls answered with what a provider had allowed to keep."),
    Count.SNAPSHOTS_REFUSED: ("snapshots_refused_total", "Routing snapshots that were not taken."),
}
_LEVELS = {
    Level.OPEN_CONNECTIONS: ("open_connections", "Connections of clients now."),
    Level.UNDER_WAY: ("under_way", "Service calls under way now."),
    Level.SNAPSHOT_VERSION: ("snapshot_version", "Version of the routing snapshot in force; 0 for none."),
    Level.SNAPSHOT_EXPIRES: ("snapshot_expires_seconds", "When the routing snapshot expires, seconds since 1970."),
}


class Metrics:
    """The numbers of one worker, and the sums over all. Made before the workers are forked."""

    def __init__(
        self, workers: int = 1, _cells: memoryview | None = None, _row: int = 0, _series: Series | None = None
    ) -> None:
        self._workers = workers
        self._cells = memoryview(mmap.mmap(-1, workers * _WIDTH * 8)).cast("Q") if _cells is None else _cells
        self._start = _row * _WIDTH
        self.series = Series(workers) if _series is None else _series

    def of_worker(self, row: int) -> Metrics:
        """Return the view with which worker ``row`` counts; its levels begin at 0, its counts go on."""
        view = Metrics(self._workers, self._cells, row, self.series.of_worker(row))
        for level in Level:
            view.set(level, 0)
        return view

    def add(self, what: Count | Level, amount: int = 1) -> None:
        """Add to a number of this worker; a level may also go down."""
        self._cells[self._start + what] += amount

    def set(self, level: Level, value: int) -> None:
        """Set a level of this worker."""
        self._cells[self._start + level] = value

    def value(self, what: Count | Level) -> int:
        """Return the sum over all workers."""
        return sum(self._cells[row * _WIDTH + what] for row in range(self._workers))

    def render(self) -> str:
        """Return the exposition text: counts as sums, levels by worker."""
        lines: list[str] = []
        for count, (name, meaning) in _COUNTS.items():
            lines += [f"# HELP divan_gateway_{name} {meaning}", f"# TYPE divan_gateway_{name} counter"]
            lines.append(f"divan_gateway_{name} {self.value(count)}")
        for level, (name, meaning) in _LEVELS.items():
            lines += [f"# HELP divan_gateway_{name} {meaning}", f"# TYPE divan_gateway_{name} gauge"]
            for row in range(self._workers):
                lines.append(f'divan_gateway_{name}{{worker="{row}"}} {self._cells[row * _WIDTH + level]}')
        lines += self.series.render()
        return "\n".join(lines) + "\n"
