"""What is said of drafts, routes, signatures, templates and parties outside."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str

WORDS: Mapping[str, Mapping[str, Text]] = {
    "draft-part": {
        "subject": _("the subject"),
        "text": _("the text"),
        "recipient": _("a recipient"),
        "route": _("a route to a signature"),
    },
    "correspondent-kind": {
        "organization": _("A public organization"),
        "firm": _("A firm"),
        "person": _("A person"),
    },
    "channel-address": {
        "exchange": _("Member and subsystem at the exchange"),
        "ece": _("Mailbox for ECE letters"),
        "folder": _("Folder or address of their product"),
        "post": _("Postal address"),
        "fax": _("Fax number"),
    },
}

TONES: Mapping[str, str] = {}

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "correspondence.step-unknown": (
        _("This letter does not wait for you."),
        _("It waits for another post, or for nobody any more."),
        _("If you hold more than one post, choose the right one."),
    ),
    "correspondence.step-over": (
        _("This was done already."),
        _("The letter was paraphed, signed, returned or withdrawn meanwhile. Nothing of yours was recorded."),
        _("Look at the letter for where it stands."),
    ),
    "correspondence.text-changed": (
        _("The text has changed since you saw it."),
        _("Nothing was paraphed, signed or sent on."),
        _("Read the letter as it stands now, then decide."),
    ),
    "correspondence.route-unfit": (
        _("The letter cannot go this way."),
        _("Somebody signs, at most nine; paraphs come before signatures; each post has one thing to do and a holder."),
        _("Look at the posts of the route."),
    ),
    "correspondence.recipients-not-cleared": (
        _("Not cleared for this class of secrecy: %(names)s"),
        _("Nothing was saved or sent."),
        _("Choose others, or a lower class of secrecy."),
    ),
    "correspondence.recipients-unfit": (
        _("The letter cannot go to these recipients."),
        _("An internal letter stays within the body, and a letter has at most 200 recipients."),
        _("Take off who is outside, or let the letter go out of the body."),
    ),
    "correspondence.draft-incomplete": (
        _("The letter is not complete."),
        _("It needs a subject, a text, a recipient and a route to a signature."),
        "",
    ),
    "correspondence.letter-numbered": (
        _("The letter has its number."),
        _("Once somebody has signed, it is neither changed nor withdrawn."),
        _("Whoever is still to sign may decline; the drafter may then close it or let all sign anew."),
    ),
    "correspondence.signer-changed": (
        _("The letter names somebody else for this signature."),
        _("The post changed hands after the first signature; the others signed with the name that was right then."),
        _("Let everybody sign anew. The number stays."),
    ),
    "correspondence.signed-by-hand-unfit": (
        _("This cannot be recorded as signed by hand."),
        _("It was signed electronically, has its scan already, or is not yours to record."),
        "",
    ),
    "correspondence.template-unknown": (_("This template was not found."), "", ""),
    "correspondence.group-unknown": (_("This group was not found."), "", ""),
    "correspondence.name-taken": (
        _("Another one has this name, or there is no name."),
        "",
        _("Choose another name."),
    ),
    "correspondence.furnishing-not-allowed": (
        _("Your post does not write templates, groups of recipients or entries of outside."),
        _("Whoever is in charge of the secretariats of the body does, and the posts that they name."),
        _("Ask the head of the secretariat to write it, or to name your post."),
    ),
    "correspondence.correspondent-unknown": (_("This entry was not found."), _("It may be closed."), ""),
    "correspondence.correspondent-unfit": (
        _("The entry is not complete."),
        _("It needs a name, and the address of the way by which letters reach them."),
        _("Fill in what is missing."),
    ),
    "correspondence.too-many-files": (
        _("The letter has as many attachments as it can have."),
        "",
        _("Take one off first."),
    ),
}
