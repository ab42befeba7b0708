"""Run the drill on a running rehearsal and write its table into README.md between its marks (`make drill`).

The story is played first, so that there is a decision and a letter to alter.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- drill: begin -->\n", "<!-- drill: end -->"


def main() -> int:
    """Play, alter and write; nothing is written unless everything was found."""
    for arguments in (["journey", "--quick"], ["ledger", "drill", "--markdown"]):
        command = [sys.executable, "-m", "divan.project.command_line", *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        sys.stdout.write(done.stdout)
        if done.returncode:
            return done.returncode
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        sys.stderr.write(f"{README.name} has no marks {BEGIN.strip()} and {END}\n")
        return 2
    README.write_text(f"{before}{BEGIN}{done.stdout.strip()}\n{mark}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
