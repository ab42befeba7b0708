"""What correspondence refuses."""

from __future__ import annotations

from divan.foundation.errors import Refusal


class LetterUnknown(Refusal):
    """No such letter, or not for this reader."""

    code = "correspondence.letter-unknown"
    status = 404


class RegisterUnknown(Refusal):
    """The body has no secretariat register."""

    code = "correspondence.register-unknown"


class WorkUnknown(Refusal):
    """There is no such line in the worklist of this post."""

    code = "correspondence.work-unknown"
    status = 404


class LetterNotSigned(Refusal):
    """Only a fully signed letter can be filed."""

    code = "correspondence.letter-not-signed"


class SecrecyTooHigh(Refusal):
    """The class of secrecy is above the clearance of the post."""

    code = "correspondence.secrecy-too-high"
    status = 403


class LetterNotDraft(Refusal):
    """The letter is no draft any more, or is under way to its signatures."""

    code = "correspondence.letter-not-draft"


class NumberUnfit(Refusal):
    """The reserved number is used or given up, or is of another register or year."""

    code = "correspondence.number-unfit"


class YearClosed(Refusal):
    """The register's year is closed; nothing gets a number in it any more."""

    code = "correspondence.year-closed"


class SecretariatUnknown(Refusal):
    """There is no such secretariat, it is closed, or it is not one's own."""

    code = "correspondence.secretariat-unknown"
    status = 404


class FormulaUnfit(Refusal):
    """By this formula a register's numbers would not be told apart, or it is none."""

    code = "correspondence.formula-unfit"
    status = 422
