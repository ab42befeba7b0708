"""What the story of letters tells when a step does not hold: the logs, and what the threads of a worker were doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.waiting import wait_for

from divan.project.letters.houses import House

PROGRAM = """
import faulthandler, signal, sys, threading
def waits_for_its_register(): sys.stdout.flush(); threading.Event().wait()
faulthandler.register(signal.SIGUSR1)
print("ready")
waits_for_its_register()
"""


def house_in(folder: Path) -> House:
    (folder / "log").mkdir()
    environment = {**os.environ, "DIVAN_DATA": str(folder)}
    return House("second province", 1, environment, folder / "story.log")


def test_its_logs_are_told_and_that_a_process_said_nothing(tmp_path: Path):
    house = house_in(tmp_path)
    (tmp_path / "log" / "gateway.log").write_text("the snapshot is old\n")
    (tmp_path / "log" / "web.log").write_text("")

    told = house.last_words()

    assert "its launcher is not there" in told
    assert "the snapshot is old" in told
    assert told.endswith("web.log\nit said nothing")


def test_its_worker_is_made_to_tell_where_its_threads_are_and_goes_on(tmp_path: Path):
    house = house_in(tmp_path)
    program = tmp_path / "command_line"
    program.write_text(PROGRAM)
    log = tmp_path / "log" / "worker.log"
    with log.open("wb") as said:
        worker = subprocess.Popen(
            [sys.executable, program, "worker"], env=house.environment, stdout=said, stderr=said, cwd=tmp_path
        )
    try:
        wait_for(lambda: "ready" in log.read_text(), otherwise=log.read_text)

        assert "waits_for_its_register" in house.last_words()
        assert worker.poll() is None
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
