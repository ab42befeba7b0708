"""Ask the `openssl` of this machine for a second opinion; tests that do so are skipped where there is none."""

import shutil
import subprocess
from pathlib import Path

import pytest

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


def openssl(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run openssl and return what it said, whatever its exit code."""
    assert OPENSSL is not None
    return subprocess.run([OPENSSL, *map(str, arguments)], input=stdin, capture_output=True, check=False, timeout=30)
