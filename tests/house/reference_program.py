"""The program that writes the reference documentation, loaded from its file."""

from __future__ import annotations

import importlib.util
import sys

from .source_tree import REPOSITORY

PROGRAM = REPOSITORY / "tools" / "reference.py"

_specification = importlib.util.spec_from_file_location("reference_program_of_the_house", PROGRAM)
assert _specification is not None
assert _specification.loader is not None
_program = importlib.util.module_from_spec(_specification)
sys.modules[_specification.name] = _program
sys.path.append(str(PROGRAM.parent))  # where the program finds what stands beside it
_specification.loader.exec_module(_program)

routes = _program.routes
marks_of = _program.marks_of
PACKAGES = _program.PACKAGES
