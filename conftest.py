"""What every test stands on: a data folder of its own, and, only for tests that ask for one, a real PostgreSQL.

The first test that needs the database starts a private server in a temporary folder (or uses
``DIVAN_DATABASE_URL``). One template is migrated once; each worker process gets a copy of it. The server ends with the
process that ran pytest, also when that is killed.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django
import psycopg
import pytest
from psycopg import sql

pytest_plugins = ("tests.world",)
ROOT = Path(__file__).resolve().parent
_RUN = "PYTEST_DIVAN_RUN"
_OWN_SERVER = "PYTEST_DIVAN_OWN_SERVER"

if _RUN not in os.environ:
    # This is the process that was started by hand; the workers of xdist inherit what it puts into the environment.
    run = Path(tempfile.mkdtemp(prefix="divan-tests-"))
    # As root the server runs as another account, which must be able to pass here.
    run.chmod(0o711)
    kept = {"DIVAN_DATABASE_URL", "DIVAN_REAL_DATA"}
    for stray in [name for name in os.environ if name.startswith("DIVAN_") and name not in kept]:
        del os.environ[stray]
    os.environ.pop("PORT", None)
    os.environ[_RUN] = f"{run}:{os.getpid()}"
    os.environ["DIVAN_DATA"] = str(run / "var")
    os.environ[_OWN_SERVER] = "" if os.environ.get("DIVAN_DATABASE_URL") else "1"

_FOLDER, _STARTER = Path(os.environ[_RUN].rpartition(":")[0]), int(os.environ[_RUN].rpartition(":")[2])


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let sockets reach this machine only, and set Django up unless only pure packages are tested."""
    if hasattr(config.option, "allow_hosts") and config.option.allow_hosts is None:
        config.option.allow_hosts = "127.0.0.1,::1,localhost"
        config.option.allow_unix_socket = True
    if config.pluginmanager.hasplugin("django") and not _only_pure(config):
        # Not in pyproject.toml: pytest-django would load the settings before the data folder is the test's own. The
        # workers of xdist inherit the name, with the folder, and set Django up by themselves.
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
        django.setup()


def _only_pure(config: pytest.Config) -> bool:
    source = ROOT / "src"
    pure = (source / "divan_libs", source / "divan_gateway", source / "divan_witness", ROOT / "tests" / "launcher")
    chosen = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    return all(any(path.is_relative_to(folder) for folder in pure) for path in chosen)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real data beside the checkout (or ``DIVAN_REAL_DATA``); skip where there is none."""
    folder = Path(os.environ.get("DIVAN_REAL_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real data in {folder}; set DIVAN_REAL_DATA")
    return folder


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: object) -> Iterator[None]:
    """Give this process a database of its own, copied from the template that the first of them migrates."""
    from django.db import connections  # noqa: PLC0415 (pure tests run without Django)

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock():  # type: ignore[attr-defined] # pytest-django does not publish the class
        name = f"{_prefix()}{worker}"
        with _turn():
            if os.environ[_OWN_SERVER]:
                _start_private_server()
            _migrate_template_once()
            with _administration() as connection:
                template = sql.Identifier(f"{_prefix()}template")
                connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template))
        _point_to(name)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined] # as above
        connections.close_all()


@pytest.fixture(autouse=True)
def _language_of_the_province() -> None:
    """Start each test in the installation's language: a page that was asked for in English leaves English behind."""
    if "django" in sys.modules and os.environ.get("DJANGO_SETTINGS_MODULE"):
        from django.utils import translation  # noqa: PLC0415 (pure tests run without Django)

        translation.deactivate()


@pytest.fixture(autouse=True)
def _no_handler_left_behind() -> Iterator[None]:
    """Let pytest alone show what is logged: a command run in a test gives the log a stream that ends with the test."""
    yield
    root = logging.getLogger()
    for handler in [one for one in root.handlers if type(one) is logging.StreamHandler]:
        root.removeHandler(handler)


def _prefix() -> str:
    return f"divan_test_{_FOLDER.name.removeprefix('divan-tests-').lower()}_"


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    with (_FOLDER / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _start_private_server() -> None:
    if (_FOLDER / "server.pid").exists():
        return
    command = [sys.executable, "-m", "divan.project.command_line", "pg", "start", "--passing", "--while", str(_STARTER)]
    with (_FOLDER / "server.log").open("wb") as log:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)  # noqa: S603 (ourselves)
    (_FOLDER / "server.pid").write_text(str(server.pid))
    end = time.monotonic() + 120
    while "answers" not in (_FOLDER / "server.log").read_text():
        if server.poll() is not None or time.monotonic() > end:
            pytest.exit(f"no database for the tests: {(_FOLDER / 'server.log').read_text().strip()}", returncode=3)
        time.sleep(0.02)
    # The process outlives this one when this is a worker; Python would warn of a child left behind.
    server.returncode = 0


def _migrate_template_once() -> None:
    from django.core.management import call_command  # noqa: PLC0415 (pure tests run without Django)

    making, template = f"{_prefix()}making", f"{_prefix()}template"
    with _administration() as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            return
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(making)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
    _point_to(making)
    call_command("migrate", interactive=False, verbosity=0)
    _point_to("postgres")
    with _administration() as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(template))
        )


def _point_to(name: str) -> None:
    from django.db import connection  # noqa: PLC0415 (pure tests run without Django)

    connection.close()
    connection.settings_dict["NAME"] = name


def _administration() -> psycopg.Connection[tuple[object, ...]]:
    from django.conf import settings  # noqa: PLC0415 (pure tests run without Django)

    known = settings.DATABASES["default"]
    return psycopg.connect(
        host=known["HOST"] or None,
        port=known["PORT"] or None,
        user=known["USER"] or None,
        password=known["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    )


def _drop_databases_of_this_run() -> None:
    with _administration() as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_prefix()])
        for (name,) in found.fetchall():
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(name))))


def _wait_for_the_end_of(pid: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)


def _clean_up() -> None:
    """Stop the private server and remove what the run has written, in the process that began it."""
    if os.getpid() != _STARTER:
        return
    if not os.environ[_OWN_SERVER]:
        with contextlib.suppress(psycopg.Error):
            _drop_databases_of_this_run()
    with contextlib.suppress(OSError, ValueError):
        keeper = int((_FOLDER / "server.pid").read_text())
        os.kill(keeper, signal.SIGTERM)
        _wait_for_the_end_of(keeper)
    shutil.rmtree(_FOLDER, ignore_errors=True)


if os.getpid() == _STARTER:
    # Not in a hook of pytest: a run that fails while it begins calls none.
    atexit.register(_clean_up)
