"""What is said of referrals, follow-ups and the closing of letters."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str

WORDS: Mapping[str, Mapping[str, Text]] = {
    "letter-referral-state": {
        "open": _("Waits here"),
        "done": _("Reported"),
        "refused": _("Sent back"),
        "recalled": _("Recalled"),
    },
    # What a body says until it has words of its own among its terms.
    "instruction": {
        "action": _("For action"),
        "information": _("For information"),
        "report": _("To examine and report"),
        "opinion": _("For an opinion"),
        "follow-up": _("To follow up"),
        "answer": _("To prepare an answer"),
        "file": _("To file"),
    },
    "closing": {
        "acted": _("Action was taken"),
        "answered": _("Answered"),
        "filed": _("Filed"),
        "no-action": _("No action needed"),
        "other": _("Other"),
    },
}

TONES: Mapping[str, str] = {"refused": "bad", "recalled": ""}

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "correspondence.referral-unknown": (
        _("This referral was not found."),
        _("It is between others, or the letter is not for your post."),
        _("If you hold more than one post, choose the right one."),
    ),
    "correspondence.referral-not-possible": (
        _("The letter cannot be referred so."),
        _("It needs a receiver who is not yourself and a day to come; drafts and closed letters are not referred."),
        _("Look at receivers, day and length of the note."),
    ),
    "correspondence.referral-against-chart": (
        _("The chart of your body does not let you refer the letter there."),
        _("Letters are referred down and to peers; upward and to other bodies one writes a letter."),
        _("Choose another receiver, or ask who is in charge for an exception."),
    ),
    "correspondence.receiver-not-cleared": (
        _("A receiver is not cleared for the secrecy of this letter."),
        _("Nobody has got it."),
        _("Choose somebody whose post has the clearance."),
    ),
    "correspondence.referral-waits": (
        _("A receiver has this letter already."),
        _("It still waits there, and nobody has got it a second time."),
        _("Leave them out, or follow up what they have."),
    ),
    "correspondence.referral-over": (
        _("This referral is over."),
        _("It was reported, sent back or recalled meanwhile. Nothing of yours was recorded."),
        _("Look at the letter for where it stands."),
    ),
    "correspondence.referral-read": (
        _("It was read already and cannot be recalled."),
        "",
        _("Ask the receiver to send it back."),
    ),
    "correspondence.reason-missing": (_("Write why, or what was done."), "", ""),
    "correspondence.letter-waits": (
        _("The letter cannot be closed or opened now."),
        _("Somebody still has it to deal with, or it stands already as you want it."),
        _("The tree of referrals shows who has it."),
    ),
    "correspondence.line-stays": (
        _("This line is dealt with on its own page."),
        _("Nothing of it was changed."),
        _("Open it from the worklist."),
    ),
    "correspondence.search-unfit": (
        _("The folder needs a name, and twenty are the most."),
        "",
        _("Write a name, or remove a folder first."),
    ),
    "correspondence.hand-over-not-possible": (
        _("The worklist cannot be handed over so."),
        _("It goes to another post of your body, with a reason, from your own post or one below it; once at a time."),
        "",
    ),
    "correspondence.follow-up-unknown": (_("There is no such follow-up."), _("It was closed, or it is not yours."), ""),
    "correspondence.follow-up-not-possible": (
        _("Nothing can be followed up here."),
        _("The day is past, the letter is closed, or the referral is over or not yours."),
        _("Choose a day to come."),
    ),
}
