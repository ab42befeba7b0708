"""Where a test may cut the power, for the house; one home of it for all programs is :mod:`divan_libs.power`."""

from divan_libs.power import power_may_fail

__all__ = ["power_may_fail"]
