"""The witness before a log that knows nothing of Divan: tree, proofs and notes of Go's golang.org/x/mod."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from divan_witness.tests.rig import Log, WitnessProcess

GO_PATH = Path("/usr/share/gocode")
"""Where Debian's golang-golang-x-mod-dev lies."""


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("go") is None or not (GO_PATH / "src/golang.org/x/mod/sumdb").is_dir(),
    reason="needs Go and golang.org/x/mod (apt-get install golang-go golang-golang-x-mod-dev)",
)
def test_a_log_written_in_go_is_witnessed_and_checks_what_it_gets(tmp_path):
    program = tmp_path / "independent.go"
    shutil.copy(Path(__file__).with_name("independent.go"), program)
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": str(GO_PATH), "GOCACHE": str(tmp_path / "cache")}
    log = Log(longest=1)
    with WitnessProcess(tmp_path / "w", "witness.example/w", log).start() as witness:
        done = subprocess.run(
            ["go", "run", str(program), witness.url, witness.verifier.encode(), log.key.encode()],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

        assert (done.returncode, done.stdout) == (0, "witnessed 1000\n"), done.stderr
        assert "1000 entries" in witness.command("status", code=1)
