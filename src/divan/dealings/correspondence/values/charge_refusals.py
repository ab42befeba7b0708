"""What correspondence refuses of those who are not in charge, and of what is said about secretariats."""

from __future__ import annotations

from divan.foundation.errors import Refusal


class FurnishingNotAllowed(Refusal):
    """Templates, groups and entries of outside are written by who is in charge of the secretariats, or was named."""

    code = "correspondence.furnishing-not-allowed"
    status = 403


class NotInCharge(Refusal):
    """This is for whoever keeps, or is in charge of, the secretariats of the body."""

    code = "correspondence.not-in-charge"
    status = 403


class CrestUnfit(Refusal):
    """The crest is too large, neither PNG nor SVG, damaged, or cannot be drawn; ``reason`` says which."""

    code = "correspondence.crest-unfit"
    status = 422


class YearBegun(Refusal):
    """The year of the register has begun: a number of it was given, or it was begun by hand before."""

    code = "correspondence.year-begun"
