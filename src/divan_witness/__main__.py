"""``python -m divan_witness FILE``: a witness with the settings of a file, until it is told to stop."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from divan_witness.keys import KeyUnusable
from divan_witness.memory import MemoryUnusable
from divan_witness.serving import serve
from divan_witness.settings import SettingsError, read_settings


def main(config: Path) -> int:
    """Run the witness; return 1 with one clear line when it cannot start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s witness %(levelname)s %(message)s")
    try:
        serve(read_settings(config))
    except (SettingsError, KeyUnusable, MemoryUnusable, OSError) as trouble:
        sys.stderr.write(f"divan: {trouble}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "witness.toml")))
