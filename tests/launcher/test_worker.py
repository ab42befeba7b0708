"""The worker ends when it is told to, also when it is told twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TOLD_TWICE = """
import os, signal, threading
import django
django.setup()
from divan.foundation import duties

class Interrupted(threading.Event):
    # The second signal comes while the event is being set.
    def set(self):
        with self._cond:
            os.kill(os.getpid(), signal.SIGTERM)
        super().set()

class Worker(duties.Worker):
    def _listen(self):
        self.stopping.wait()

working = Worker([duties.Duty("messages", lambda _now: 0, every=0.1)], stopping=Interrupted())
signal.signal(signal.SIGTERM, lambda *_: working.ask_to_stop())
threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGTERM]).start()
raise SystemExit(working.run())
"""


def test_a_worker_told_to_stop_while_it_is_told_to_stop_stops(tmp_path: Path):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "divan.project.settings", "DIVAN_DATA": str(tmp_path)}

    ended = subprocess.run([sys.executable, "-c", TOLD_TWICE], env=environment, timeout=60, check=False)

    assert ended.returncode == 0
