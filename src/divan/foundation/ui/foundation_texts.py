"""What the foundation's own refusals and troubles say to people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from divan.foundation.ui.refusals import declare_text


def declare() -> None:
    """Declare the texts; doing it twice changes nothing."""
    declare_text(
        "foundation.not-found",
        _("This page was not found."),
        _("The address may be mistyped, or what you look for is not open to you."),
        _("Check the address, or start again from the first page."),
    )
    declare_text(
        "foundation.not-allowed",
        _("You may not open this page."),
        _("It belongs to another person or another post."),
        _("If you hold more than one post, choose the right one and try again."),
    )
    declare_text(
        "foundation.body-too-large",
        _("What you sent is too large."),
        _("Nothing of it was kept."),
        _("Send files of at most 5 megabytes, or as the page says."),
    )
    declare_text(
        "foundation.key-reused",
        _("This key was used for another request."),
        _("An Idempotency-Key stands for one request. Nothing was changed."),
        _("Send the same request as before, or use a new key."),
    )
    _declare_files()


def _declare_files() -> None:
    declare_text(
        "foundation.file-empty",
        _("The file is empty."),
        _("A file of zero bytes arrived."),
        _("Choose the file again."),
    )
    declare_text(
        "foundation.file-too-large",
        _("The file is too large."),
        "",
        _("Make it smaller, for example by taking the picture with a lower quality, and send it again."),
    )
    declare_text(
        "foundation.file-type-unknown",
        _("This kind of file is not accepted."),
        "",
        _("Send a PDF, a JPEG or a PNG."),
    )
    declare_text(
        "foundation.file-mislabelled",
        _("The file is not what its name says."),
        _("The content is of another kind than the end of the name."),
        _("Save it again in the right kind and send it."),
    )
    declare_text(
        "foundation.file-infected",
        _("The file holds harmful software and was not kept."),
        _("The scanner recognised it. Nothing of it was stored."),
        _("Clean your device and send a clean file."),
    )
    declare_text(
        "foundation.scanner-silent",
        _("Files cannot be received right now."),
        _(
            "The scanner for harmful software does not answer, and no file is kept unscanned. "
            "Your other answers are kept."
        ),
        _("Please try again in a few minutes."),
    )
