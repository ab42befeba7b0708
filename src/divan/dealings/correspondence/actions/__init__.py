"""What correspondence does."""

from divan.dealings.correspondence.actions.documents import (
    file_letter,
    put_document,
)
from divan.dealings.correspondence.actions.intake import take_in
from divan.dealings.correspondence.actions.numbering import (
    add_register,
    number_letter,
    open_register,
    open_secretariat,
)
from divan.dealings.correspondence.actions.reading import (
    grant_clearance,
    note_reading,
)
from divan.dealings.correspondence.actions.referring import (
    refer_letter,
)
from divan.dealings.correspondence.actions.worklist import (
    finish_work,
    give_work,
    mark_read,
    move_work,
    set_due,
)

__all__ = [
    "add_register",
    "file_letter",
    "finish_work",
    "give_work",
    "grant_clearance",
    "mark_read",
    "move_work",
    "note_reading",
    "number_letter",
    "open_register",
    "open_secretariat",
    "put_document",
    "refer_letter",
    "set_due",
    "take_in",
]
