"""What is said in the archive: what happens to files, what becomes of lists, and why something is refused."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = Promise | str

WORDS: Mapping[str, Mapping[str, Text]] = {
    "archive-after": {
        "keep": _("kept for ever"),
        "destroy": pgettext_lazy("archive", "erased"),
        "transfer": pgettext_lazy("archive", "handed over and erased here"),
        "assess": _("assessed then"),
    },
    "disposal-state": {
        "proposed": _("Waits for approval"),
        "approved": _("Being carried out"),
        "rejected": _("Rejected"),
        "done": _("Carried out"),
    },
    "disposal-outcome": {
        "destroy": pgettext_lazy("disposal", "erased"),
        "transfer": pgettext_lazy("disposal", "handed over and erased here"),
        "held": _("stayed: it is held"),
        "reopened": _("stayed: it was opened again"),
        "not-handed-over": _("stayed: it was not handed over"),
    },
    "disposal-problem": {
        "none": _("Choose what is to be done with at least one file."),
        "unknown": _("A file is not there any more."),
        "not-due": _("The time of a file is not over."),
        "held": _("A file is held."),
        "listed": _("A file is on another list already."),
        "deed": _("The class of a file does not allow this."),
        "not-handed-over": _("A file must be handed over first."),
        "decided": _("This list was decided before."),
    },
    "archive-class-problem": {
        "columns": _("The first line does not name the columns."),
        "empty": _("No class stands in the file."),
        "code": _("The code is missing, too long, or has spaces."),
        "twice": _("This code stands there twice."),
        "title": _("The title in Persian is missing, or a title is too long."),
        "parent": _("The class above is not there, or stands below this one."),
        "years": _("The years are missing or no number up to 200."),
        "after": _("What happens then is none of the known words."),
        "basis": _("The law or decision is missing."),
        "has-files": _("The class above has files; classes and files do not stand in one class."),
        "has-classes": _("There are classes below it."),
        "too-many": _("These are too many classes."),
    },
    "letter-reading": {
        "page": _("Opened its page"),
        "letter": _("Opened its page"),
        "document": _("Took the document"),
        "file": _("Took a file"),
        "preview": _("Looked at its paper"),
        "print": _("Printed it"),
    },
}

TONES: Mapping[str, str] = {}

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "correspondence.archive-class-unknown": (
        _("There is no such class in the plan of your body."),
        _("It may have been ended."),
        _("Choose another class from the plan."),
    ),
    "correspondence.archive-class-unfit": (
        _("The class cannot stand so in the plan."),
        _("Classes are in use, or something of it is missing. Nothing was changed."),
        _("End or move what stands below it first."),
    ),
    "correspondence.archive-file-unknown": (
        _("There is no such file for your post."),
        _("It is another body's, or above your clearance."),
        "",
    ),
    "correspondence.archive-file-unfit": (
        _("The file cannot be so."),
        _(
            "It needs a title, a class that has none below it, and a class of secrecy up to your clearance; "
            "an empty volume is not followed by another one."
        ),
        _("Correct it and try again."),
    ),
    "correspondence.archive-file-closed": (
        _("This cannot be done with the file as it stands."),
        _("It is closed, open, disposed of, or on a list. Nothing was changed."),
        _("Look at the page of the file."),
    ),
    "correspondence.file-not-secret-enough": (
        _("The letter is more secret than the file."),
        _("A file is at least as secret as every letter in it."),
        _("Choose another file, or raise the class of secrecy of this one."),
    ),
    "correspondence.filing-unknown": (
        _("It does not lie there."),
        _("A colleague may have taken it out, or it is not for your post."),
        "",
    ),
    "correspondence.disposal-unknown": (
        _("There is no such list for your post."),
        _("It is another body's, or a file on it is above your clearance."),
        "",
    ),
    "correspondence.disposal-not-possible": (
        _("These files cannot be disposed of so."),
        _("A file is not due, is held, is on another list or was not handed over; or the list was decided before."),
        _("Look at the files whose time is over, and choose again."),
    ),
    "correspondence.disposal-by-proposer": (
        _("Who proposed a list does not decide it."),
        _("Two persons must want what cannot be undone; a substitute counts as the person."),
        _("Another person in charge decides."),
    ),
    "correspondence.export-not-possible": (
        _("The files were not exported."),
        _("There is nothing to export, the folder exists, or a document is missing or altered. No folder was left."),
        _("Give another folder, or let the operator look at the document."),
    ),
    "correspondence.letter-erased": (
        _("What this letter said was erased."),
        _("The time of its file was over, and an approved list disposed of it."),
        _("The page of the letter tells when, by whom and by which law."),
    ),
}
