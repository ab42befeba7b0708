"""The processes of an installation under one supervisor: all run or none does.

honcho starts, watches and stops them. Added here: each process dies with its parent, so that a killed supervisor leaves
nothing behind; output goes to a log file a process; what ends by itself is named with its last words.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import shlex
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from honcho.manager import KILL_WAIT, Manager
from honcho.process import Popen, Process

from divan.project.launcher import processes
from divan.project.launcher.troubles import CannotStart, ProcessEnded

_LONGEST_LOG = 16 * 1024 * 1024


class BoundProcess(Process):  # type: ignore[misc] # honcho carries no types
    """A process that gets SIGTERM when the supervisor is gone."""

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        """Run the program to its end; called in a process of its own that stands between it and the supervisor."""
        # Ctrl-C reaches this process too; until now it still has the supervisor's handlers.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        processes.die_with_parent(signal.SIGKILL, parent=self.supervisor)()
        self._child_ctor = functools.partial(Popen, preexec_fn=_as_child())
        super().run(events, ignore_signals)


def _as_child() -> Callable[[], None]:
    bind = processes.die_with_parent(signal.SIGTERM)

    def prepare() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        bind()

    return prepare


class Logs:
    """Writes what each process says to ``NAME.log`` in a folder; honcho calls it a printer."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.width = 0
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            if self.path(name).exists() and self.path(name).stat().st_size > _LONGEST_LOG:
                self.path(name).replace(self.path(name).with_suffix(".log.1"))
        self._streams = {name: self.path(name).open("ab", buffering=0) for name in names}
        self._begun = {name: stream.tell() for name, stream in self._streams.items()}

    def path(self, name: str) -> Path:
        """Return the log of a process."""
        return self.folder / f"{name}.log"

    def write(self, message: Any) -> None:
        """Write a line to the log of the process that said it; what honcho itself says is for nobody."""
        if stream := self._streams.get(message.name):
            stream.write(message.data if isinstance(message.data, bytes) else message.data.encode())

    def last_words(self, name: str, count: int = 5) -> str:
        """Return the last lines that a process has said since this start, indented."""
        said = self.path(name).read_bytes()[self._begun[name] :]
        lines = said[-8192:].decode(errors="replace").splitlines()[-count:]
        return "\n".join(f"    {line}" for line in lines or ["it said nothing"])

    def close(self) -> None:
        """Close the files."""
        for stream in self._streams.values():
            stream.close()


class Supervisor(Manager):  # type: ignore[misc] # as above
    """Runs the commands of an installation until one ends, or is told to stop."""

    def __init__(
        self, commands: Mapping[str, Sequence[str]], logs: Logs, *, watch: Callable[[Supervisor], None]
    ) -> None:
        # A copy of this process stands between us and each program; other ways of starting it would change its parent.
        multiprocessing.set_start_method("fork", force=True)
        super().__init__(printer=logs)
        self._process_ctor = functools.partial(_bound, os.getpid())
        self.logs = logs
        self.asked = False
        self.trouble: CannotStart | None = None
        self._watch = watch
        for name, command in commands.items():
            self.add_process(name, f"exec {shlex.join(command)}")

    def run(self) -> None:
        """Run everything until told to stop, then stop everything.

        :raises CannotStart: when a process ended by itself, or the watcher said why it told us to stop.
        """
        try:
            self.loop()
        finally:
            self.logs.close()
        if self.trouble:
            raise self.trouble
        if not self.asked and (ended := self._first_ended):
            code = self._processes[ended]["returncode"]
            raise ProcessEnded(
                f"{ended} ended by itself ({_ending(code)}), so everything was stopped; its last words in "
                f"{self.logs.path(ended)}:\n{self.logs.last_words(ended)}"
            )

    def stop(self, trouble: CannotStart) -> None:
        """Stop everything because of a trouble; may be called from any thread."""
        self.trouble = self.trouble or trouble
        os.kill(os.getpid(), signal.SIGTERM)

    def terminate(self) -> None:
        """Tell every process to end; honcho calls this on SIGINT, on SIGTERM and when a process has ended."""
        # A second signal may come in the middle of this: the start of a thread takes locks.
        if self._told:
            return
        self._told = True
        ended = [name for name, known in self._processes.items() if "returncode" in known]
        self._first_ended = ended[0] if ended else None
        self.asked = self.asked or not ended
        # honcho kills what is left over only once one of them has ended by itself.
        last_resort = threading.Timer(KILL_WAIT, self.kill)
        last_resort.daemon = True
        last_resort.start()
        super().terminate()

    _first_ended: str | None = None
    _told = False

    def _start(self) -> None:
        super()._start()
        # Threads only after the forks.
        threading.Thread(target=self._watch, args=(self,), name="watch", daemon=True).start()

    def _killall(self, force: bool = False) -> None:
        """Signal all that run. honcho's own raises when told to stop before each has said its number."""
        for known in self._processes.values():
            if "pid" in known and "returncode" not in known:
                (self._procmgr.kill if force else self._procmgr.terminate)(known["pid"])

    def _system_print(self, data: str) -> None:
        """honcho says here that a process has started; one that started after the order to stop is stopped too."""
        if self._terminating and " started " in data:
            self._killall()


def _bound(supervisor: int, *arguments: Any, **options: Any) -> BoundProcess:
    process = BoundProcess(*arguments, **options)
    process.supervisor = supervisor
    return process


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
