"""Words of the exchange: where requests and certificates stand, what a description lacks, what is refused and why."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Mapping[str, Mapping[str, Promise]] = {
    "request-kind": {"new": _("New right"), "amendment": _("Amendment"), "renewal": _("Renewal")},
    "request-title": {
        "new": _("Ask for a permit"),
        "amendment": _("Ask for an amended permit"),
        "renewal": _("Ask for a renewed permit"),
    },
    "request-state": {
        "asked": _("Waits for a decision"),
        "granted": _("Given"),
        "refused": _("Declined"),
        "withdrawn": _("Taken back"),
    },
    "permit-event": {
        "permit-granted": _("Given"),
        "permit-suspended": _("Suspended"),
        "permit-resumed": _("Resumed"),
        "permit-revoked": _("Revoked"),
    },
    "certificate-state": {
        "in-force": _("In force"),
        "ending": _("Ends soon"),
        "replaced": _("In force, a newer one is there"),
        "ended": _("Ended"),
        "revoked": _("Revoked"),
    },
    "connection": {
        "https": _("Over TLS with its certificate"),
        "https-no-auth": _("Over TLS without a certificate"),
        "http": _("In clear, inside the gateway’s machine only"),
    },
    "validation": {
        "off": _("Not held to its description"),
        "report": _("What differs from the description is counted"),
        "enforce": _("What differs from the description is refused"),
    },
    "durability": {
        "strict": _("Strict: no message without its durable record"),
        "relaxed": _("Relaxed: a crash may lose the record of the last moments"),
    },
    "subject-in": {
        "path-segment": _("In the path"),
        "query-parameter": _("In the query"),
        "json-pointer": _("In the JSON body"),
    },
    "week-day": {
        "6": _("Saturday"),
        "7": _("Sunday"),
        "1": _("Monday"),
        "2": _("Tuesday"),
        "3": _("Wednesday"),
        "4": _("Thursday"),
        "5": _("Friday"),
    },
    "description-finding": {
        "reference-outside": _("It points outside itself: whoever reads it would have to ask a stranger."),
        "too-woven": _("Its references point to each other in too many ways. Take some of them apart."),
        "schema": _("It breaks the rules of OpenAPI."),
        "no-operation": _("It lists no operation."),
        "personal-data": _("This sounds like personal data. Say with x-personal-data: true or false whether it is."),
        "operation-id": _("The operation has no operationId."),
        "said-nothing": _("The operation has neither summary nor description."),
        "security": _("It does not say how who asks is known (security)."),
        "example": _("The answer has no example."),
    },
}
"""What each word is, by the kind of word and its code."""

TONES: Mapping[str, str] = {
    "suspended": "waiting",
    "granted": "good",
    "certificate-in-force": "good",
    "certificate-ending": "waiting",
    "certificate-replaced": "info",
    "certificate-ended": "",
    "certificate-revoked": "bad",
}

REFUSALS: Mapping[str, tuple[Promise | str, Promise | str, Promise | str]] = {
    "exchange.not-yours": (
        _("This belongs to another body of the exchange."),
        _("Only the body concerned, or in some cases the centre, may do this. Nothing was changed."),
        _("If you hold more than one post, choose the right one and try again."),
    ),
    "exchange.own-request": (
        _("You asked for this yourself."),
        _("Nobody decides on their own request. Nothing was changed."),
        _("Let somebody else of the body that offers the data service decide."),
    ),
    "exchange.consent-missing": (
        _("The letter of the provider is missing."),
        _("This body is outside the installation; you decide in its name, on its letter."),
        _("Write number and date of the letter."),
    ),
    "exchange.closed": (
        _("This has left the exchange."),
        _("What was closed does not come back under its address."),
        _("Enter it anew under another address."),
    ),
    "exchange.in-use": (
        _("This cannot leave the exchange."),
        _("It is this installation itself, or an agreement with another one stands on it."),
        _("End the agreement first."),
    ),
    "exchange.group-faulty": (_("The group cannot be described so."), "", ""),
    "exchange.group-unknown": (_("There is no such group."), "", ""),
    "exchange.request-unknown": (_("There is no such request for a permit."), "", ""),
    "exchange.request-decided": (_("This request was decided or taken back before."), "", ""),
    "exchange.permit-overlaps": (
        _("There is a right to the same, or a request for it: %(scope)s."),
        _("The evidence of a message names one purpose, so nothing is given twice."),
        _("Amend or renew the permit that there is."),
    ),
    "exchange.permit-stands": (
        _("The permit does not stand so that this could be done."),
        _("It is over, or was suspended or resumed meanwhile."),
        _("Look at its page again."),
    ),
    "exchange.reason-missing": (_("A reason is missing."), "", _("Write why. It stays on record.")),
    "exchange.csr-unfit": (_("No certificate can be issued on this request."), "", ""),
    "exchange.certificate-unknown": (_("There is no such certificate."), "", ""),
    "exchange.certificate-revoked": (_("This certificate was revoked before."), "", ""),
    "exchange.description-unfit": (
        _("The description cannot be taken as it stands."),
        _("Nothing was changed."),
        _("Mend what hinders and send it again."),
    ),
}
"""Title, explanation and advice of each refusal of the control plane."""
