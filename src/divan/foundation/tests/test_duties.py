"""The worker: every duty ends when it is told to stop, whatever it does at that moment."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest

from divan.foundation import duties
from divan.foundation.duties import Duty, FatalTrouble, Worker


def nothing(_now: datetime) -> int:
    return 0


def started(worker: Worker) -> threading.Thread:
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    return thread


def test_a_duty_that_is_told_to_stop_just_before_it_would_sleep_does_not_sleep(monkeypatch: pytest.MonkeyPatch):
    worker = Worker([Duty("retention", nothing, every=3600.0)])

    class Untimely(threading.Event):
        def clear(self) -> None:
            worker.stop()
            super().clear()

    monkeypatch.setattr(duties.threading, "Event", Untimely)
    thread = started(worker)
    thread.join(20)

    assert not thread.is_alive()


def test_a_duty_that_waits_for_work_is_woken_to_stop():
    looked = threading.Event()

    def look(_now: datetime) -> int:
        looked.set()
        return 0

    worker = Worker([Duty("retention", look, every=3600.0)])
    thread = started(worker)
    assert looked.wait(20)
    worker.stop()
    thread.join(20)

    assert not thread.is_alive()


def test_a_fatal_trouble_stops_every_duty_and_is_named():
    def broken(_now: datetime) -> int:
        raise FatalTrouble

    worker = Worker([Duty("sealer", broken), Duty("retention", nothing, every=3600.0)])

    assert worker.run() == 1
    assert worker.failed == "sealer"


def test_a_duty_that_fails_is_tried_again():
    tries = []

    def fails_once(_now: datetime) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError
        worker.stop()
        return 0

    worker = Worker([Duty("messages", fails_once, every=0.01)])

    assert worker.run() == 0
    assert len(tries) == 2
