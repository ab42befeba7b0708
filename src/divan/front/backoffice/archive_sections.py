"""The sections of the archive's pages, and its questions."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import ArchiveClass, Secrecy
from divan.foundation.ui.fields import Field, Option
from divan.foundation.ui.frame import Link
from divan.front.backoffice.secretariat.reading import Problems, errors
from divan.front.texts.words import word
from divan.registers.people.values import Post


def keeps_archive(post: Post) -> bool:
    """Whether a post keeps its body's archive: the secretariat's clerks, and who is in charge of them."""
    return post.role == queries.SECRETARIAT_ROLE or queries.heads_body(post)


def archive_sections(post: Post, here: str) -> list[Link]:
    """Return the links to the sections of the archive that a post opens."""
    links = [("archive", pgettext("archive", "Files")), ("unfiled", _("Letters in no file"))]
    if keeps_archive(post):
        links += [("archive-plan", _("Classification plan")), ("archive-due", _("Disposal"))]
    return [Link(reverse(f"backoffice:{name}"), label, name == here) for name, label in links]


def class_field(classes: list[ArchiveClass], language: str, chosen: str, problems: Problems) -> Field:
    """Return the question for a class in which files are opened: one that has none below it."""
    leaves = [one for one in classes if not one.has_classes]
    options = [Option(str(one.uuid), f"{one.code} – {one.title(language)}") for one in leaves]
    return Field("class", "select", _("Class"), "", chosen, errors(problems, "class"), options=options)


def title_field(title: str, problems: Problems) -> Field:
    """Return the question for a file's title."""
    hint = _("What the letters in it are about, so that others find it.")
    return Field("title", "text", _("Title"), hint, title, errors(problems, "title"), attributes={"maxlength": "300"})


def secrecy_field(readable: tuple[Secrecy, ...], chosen: str, problems: Problems) -> Field:
    """Return the question for a file's class of secrecy."""
    hint = _("At least that of the most secret letter in it.")
    options = [Option(one, word("secrecy", one)) for one in readable]
    said = chosen or str(Secrecy.ORDINARY)
    return Field("secrecy", "select", _("Class of secrecy"), hint, said, errors(problems, "secrecy"), options=options)
