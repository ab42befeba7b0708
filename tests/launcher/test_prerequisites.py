"""Each lack of a machine is one line that says what to do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from divan.project.commands.gateway import prepared_settings
from divan.project.configuration import Configuration, read_configuration
from divan.project.launcher import prerequisites
from divan.project.launcher.troubles import AlreadyRunning, CannotStart, DiskFull, PortTaken, PythonTooOld


@pytest.fixture
def configuration(folder: Path) -> Configuration:
    return read_configuration({"DIVAN_DATA": str(folder / "var"), "DIVAN_PORT": "18000"})


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(
            PortTaken, match=rf"port {port} \(for web\) is taken by another program: .* PORT=\d+ make up"
        ):
            prerequisites.require_ports({"web": port})


def test_a_taken_port_stops_divan_up_without_a_traceback(folder: Path, divan) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        process = divan("up", environment={"DIVAN_PORT": str(other.getsockname()[1])})
        _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert said.startswith("divan: port ")
    assert said.count("\n") == 1


def test_every_process_has_a_port_of_its_own(configuration: Configuration) -> None:
    assert prerequisites.ports_of(configuration) == {
        "web": 18000,
        "gateway": 18001,
        "rehearsal": 18002,
        "scanner twin": 18006,
        "witness-university": 18004,
        "witness-newspaper": 18005,
    }


def test_ports_beyond_the_last_one_are_refused() -> None:
    with pytest.raises(PortTaken, match="there is no port 65536"):
        prerequisites.require_ports({"gateway": 65536})


def test_an_old_python_is_refused() -> None:
    with pytest.raises(PythonTooOld, match=r"this is Python 3\.10\.2, and Divan needs 3\.11"):
        prerequisites.require_python((3, 10, 2))


def test_a_nearly_full_disk_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisites.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**40, 2**40, 2**20))  # type: ignore[attr-defined] # the type that disk_usage returns has no public name

    with pytest.raises(DiskFull, match="1 MB free, and 1024 MB are needed: free some space"):
        prerequisites.require_space(folder, prerequisites.NEEDED_SPACE)


def test_a_data_folder_that_takes_no_files_is_refused(folder: Path) -> None:
    (folder / "file").write_text("")

    with pytest.raises(CannotStart, match=r"cannot write in .*/file/var .*DIVAN_DATA"):
        prerequisites.make_folder(folder / "file" / "var")


def test_one_data_folder_serves_one_installation_at_a_time(configuration: Configuration) -> None:
    second = (
        "import sys; from divan.project.configuration import read_configuration as r\n"
        "from divan.project.launcher import prerequisites as p, troubles\n"
        "try:\n  with p.alone(r()): pass\n"
        "except troubles.AlreadyRunning as error: sys.exit(str(error))"
    )
    environment = os.environ | {"DIVAN_DATA": str(configuration.data), "DIVAN_PORT": "18000"}

    with prerequisites.alone(configuration):
        held = subprocess.run(
            [sys.executable, "-c", second], env=environment, capture_output=True, text=True, check=False
        )
    free = subprocess.run([sys.executable, "-c", second], env=environment, capture_output=True, text=True, check=False)

    assert held.stderr == (
        f"Divan already runs here (process {os.getpid()}, http://localhost:18000): stop it there with Ctrl-C, "
        "or start another beside it, as in PORT=9000 make up\n"
    )
    assert free.returncode == 0
    assert AlreadyRunning.code == "launcher.already-running"


def test_the_gateway_takes_what_was_prepared_and_the_environment_before_it(configuration: Configuration) -> None:
    (configuration.data / "gateway").mkdir(parents=True)
    (configuration.data / "gateway" / "environment").write_text(
        "# made by the preparation\nDIVAN_GATEWAY_SERVER=IR/GOV/1/gate\nDIVAN_GATEWAY_WORKERS=4\n"
    )

    settings = prepared_settings(configuration, {"DIVAN_GATEWAY_WORKERS": "1", "PATH": "/bin"})

    assert settings == {
        "DIVAN_GATEWAY_SERVER": "IR/GOV/1/gate",
        "DIVAN_GATEWAY_WORKERS": "1",
        "DIVAN_GATEWAY_LISTEN": "127.0.0.1:18001",
        "DIVAN_GATEWAY_EVIDENCE": str(configuration.data / "gateway" / "evidence"),
    }


def test_a_gateway_without_settings_says_where_they_come_from(configuration: Configuration) -> None:
    with pytest.raises(CannotStart, match="made by divan up"):
        prepared_settings(configuration, {})
