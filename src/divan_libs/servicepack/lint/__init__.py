"""Static examination of a package before it may be published."""

from divan_libs.servicepack.faults import Fault
from divan_libs.servicepack.lint.examination import lint
from divan_libs.servicepack.lint.findings import Surroundings

__all__ = ["Fault", "Surroundings", "lint"]
