"""Ask poppler's `pdfsig` for a second opinion; tests that do so are skipped where it is not installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

PDFSIG = shutil.which("pdfsig")
needs_pdfsig = pytest.mark.skipif(PDFSIG is None, reason="pdfsig (poppler-utils) is not installed")


def pdfsig(folder: Path, pdf: bytes) -> str:
    """Return what pdfsig says of a file; it judges the signature, its certificates are left out (it knows no root)."""
    assert PDFSIG is not None
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    said = subprocess.run([PDFSIG, "-nocert", str(path)], capture_output=True, check=False, timeout=30)
    return said.stdout.decode(errors="replace")
