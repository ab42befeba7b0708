"""What can keep an installation from starting. Each message is one line that says what is wrong and what to do."""

from __future__ import annotations


class CannotStart(Exception):
    """An installation cannot start; ``code`` is stable, the message is one line for the person at the terminal."""

    code = "launcher.cannot-start"
    exit_code = 1


class PostgresNotFound(CannotStart):
    """No usable PostgreSQL binaries lie on this machine."""

    code = "launcher.postgres-not-found"


class VersionDiffers(CannotStart):
    """The data were made by another major version of PostgreSQL than any found here."""

    code = "launcher.version-differs"


class NoOrdinaryAccount(CannotStart):
    """Root may not become another account here, and PostgreSQL refuses to run as root."""

    code = "launcher.no-ordinary-account"


class NoPlaceForData(CannotStart):
    """No folder can hold the database's files with the owner and mode PostgreSQL insists on."""

    code = "launcher.no-place-for-data"


class DataBelongElsewhere(CannotStart):
    """The folder is a copy of another installation that still uses the same database files."""

    code = "launcher.data-belong-elsewhere"


class SocketFolderTaken(CannotStart):
    """Somebody else's folder lies where the server's socket belongs."""

    code = "launcher.socket-folder-taken"


class DiskFull(CannotStart):
    """Too little space is left on the disk."""

    code = "launcher.disk-full"


class DatabaseDidNotStart(CannotStart):
    """PostgreSQL ended or did not answer; the message quotes its last words."""

    code = "launcher.database-did-not-start"


class PortTaken(CannotStart):
    """Another program listens where a process of this installation should."""

    code = "launcher.port-taken"


class PythonTooOld(CannotStart):
    """The interpreter is older than Divan needs."""

    code = "launcher.python-too-old"


class AlreadyRunning(CannotStart):
    """Another `divan up` holds this data folder."""

    code = "launcher.already-running"


class StepFailed(CannotStart):
    """A step of the preparation (migration, demo, …) failed; its output is in a log."""

    code = "launcher.step-failed"


class ProcessEnded(CannotStart):
    """A process of the installation ended by itself; the message quotes its last words."""

    code = "launcher.process-ended"


class NoAnswer(CannotStart):
    """A process was started but did not answer in time."""

    code = "launcher.no-answer"


class WitnessesUnready(CannotStart):
    """The witnesses of a rehearsal cannot be made ready: no key of the log, or a folder or key that cannot be used."""

    code = "launcher.witnesses-unready"
