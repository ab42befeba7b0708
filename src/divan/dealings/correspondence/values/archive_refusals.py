"""What the archive refuses."""

from __future__ import annotations

from divan.foundation.errors import Refusal


class ArchiveClassUnknown(Refusal):
    """The body's plan has no such class, or it was ended."""

    code = "correspondence.archive-class-unknown"
    status = 404


class ArchiveClassUnfit(Refusal):
    """A class cannot stand so in the plan; ``reason`` says why, ``line`` where in an imported plan."""

    code = "correspondence.archive-class-unfit"
    status = 422


class ArchiveFileUnknown(Refusal):
    """No such file, or not for this post."""

    code = "correspondence.archive-file-unknown"
    status = 404


class ArchiveFileUnfit(Refusal):
    """A file needs a title, a class that has none below it, and a class of secrecy not below that of its letters."""

    code = "correspondence.archive-file-unfit"
    status = 422


class ArchiveFileClosed(Refusal):
    """The file stands where this cannot be done with it: closed, open, disposed of, or on a list."""

    code = "correspondence.archive-file-closed"


class FileNotSecretEnough(Refusal):
    """The letter's class of secrecy is above the file's."""

    code = "correspondence.file-not-secret-enough"
    status = 422


class FilingUnknown(Refusal):
    """The letter does not lie there, or not for this post."""

    code = "correspondence.filing-unknown"
    status = 404


class DisposalUnknown(Refusal):
    """There is no such list, or it is of another body."""

    code = "correspondence.disposal-unknown"
    status = 404


class DisposalNotPossible(Refusal):
    """A file on the list is not due, is held, on another list, or was not handed over; or the list was decided."""

    code = "correspondence.disposal-not-possible"
    status = 422


class DisposalByProposer(Refusal):
    """Who proposed a list does not decide it."""

    code = "correspondence.disposal-by-proposer"
    status = 403


class ExportNotPossible(Refusal):
    """Nothing is to be exported, the folder exists, or a document of a letter is missing or altered."""

    code = "correspondence.export-not-possible"
    status = 422


class LetterErased(Refusal):
    """What the letter said was erased by an approved list; its line in the register stays."""

    code = "correspondence.letter-erased"
    status = 410
