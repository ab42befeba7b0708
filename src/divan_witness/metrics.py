"""Counters of one witness, written in the text format of Prometheus."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class Metrics:
    """Counts what was answered and how long the disk took; the levels are asked of the witness when they are read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: Counter[tuple[int, str]] = Counter()
        self._forks: Counter[str] = Counter()
        self._writes = 0
        self._write_seconds = 0.0
        self._write_failures = 0

    def answered(self, status: int, code: str) -> None:
        """Count an answer to a submission."""
        with self._lock:
            self._answers[status, code] += 1

    def forked(self, origin: str) -> None:
        """Count a fork that was kept."""
        with self._lock:
            self._forks[origin] += 1

    def wrote(self, seconds: float, *, failed: bool = False) -> None:
        """Count a durable write of a head."""
        with self._lock:
            self._writes += 1
            self._write_seconds += seconds
            self._write_failures += failed

    def render(self, heads: dict[str, tuple[int, int]]) -> str:
        """Return the exposition text; ``heads`` has of each log its size and when it was last cosigned."""
        with self._lock:
            lines = [
                *_head("answers_total", "counter", "Answers to submissions."),
                *(
                    f'divan_witness_answers_total{{status="{status}",code="{code}"}} {count}'
                    for (status, code), count in sorted(self._answers.items())
                ),
                *_head("forks_total", "counter", "Forks that were proved and kept since the start."),
                *(f"divan_witness_forks_total{_of(origin)} {self._forks[origin]}" for origin in sorted(heads)),
                *_head("writes_total", "counter", "Durable writes of heads."),
                f"divan_witness_writes_total {self._writes}",
                *_head("write_failures_total", "counter", "Writes of heads that failed."),
                f"divan_witness_write_failures_total {self._write_failures}",
                *_head("write_seconds_total", "counter", "Time of durable writes."),
                f"divan_witness_write_seconds_total {self._write_seconds:.6f}",
            ]
        lines += _head("log_size", "gauge", "Entries in the head last cosigned; 0 for none.")
        lines += (f"divan_witness_log_size{_of(origin)} {size}" for origin, (size, _) in sorted(heads.items()))
        lines += _head(
            "last_cosigned_seconds", "gauge", "When a head of the log was last cosigned, seconds since 1970."
        )
        lines += (f"divan_witness_last_cosigned_seconds{_of(origin)} {at}" for origin, (_, at) in sorted(heads.items()))
        return "\n".join(lines) + "\n"


def _head(name: str, kind: str, meaning: str) -> tuple[str, str]:
    return f"# HELP divan_witness_{name} {meaning}", f"# TYPE divan_witness_{name} {kind}"


def _of(origin: str) -> str:
    escaped = origin.replace("\\", "\\\\").replace('"', '\\"')
    return f'{{origin="{escaped}"}}'
