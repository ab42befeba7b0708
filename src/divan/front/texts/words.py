"""Coded values of the house and of packages in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from divan.foundation.ui.numbers import number
from divan.front.texts import exchange, letters, organisation
from divan_libs.servicepack.models import ClockLength
from divan_libs.servicepack.models.card import Validity, ValidityUnit

WORDS: Mapping[str, Mapping[str, Promise | str]] = {
    **letters.WORDS,
    **organisation.WORDS,
    **exchange.WORDS,
    "delivery": {
        "electronic": _("Electronic"),
        "information-only": _("Information only"),
        "hand-off": _("On a national system"),
        "counter-only": _("At the counter only"),
    },
    "relation": {
        "G2C": _("to citizens (G2C)"),
        "G2B": _("to business (G2B)"),
        "G2G": _("to other bodies (G2G)"),
        "G2E": _("to employees (G2E)"),
    },
    "audience": {"public": _("everybody"), "employees": _("employees of the state only")},
    "group": {
        "everyone": _("everyone"),
        "families": _("families"),
        "children": _("children"),
        "students": _("pupils and students"),
        "women": _("women"),
        "elderly": _("elderly people"),
        "disabled": _("people with disabilities"),
        "veterans": _("veterans"),
        "villagers": _("villagers"),
        "nomads": _("nomads"),
        "farmers": _("farmers"),
        "businesses": _("businesses"),
        "investors": _("investors"),
        "employers": _("employers"),
        "employees": _("employees"),
        "bodies": _("executive bodies"),
        "foreign-nationals": _("foreign nationals"),
    },
    "nature": {"sovereign": _("sovereign"), "commercial": _("commercial (tasaddi)")},
    "level": {
        "national": _("national"),
        "regional": _("regional"),
        "provincial": _("provincial"),
        "urban": _("urban"),
        "rural": _("rural"),
    },
    "event": {
        "birth": _("birth"),
        "education": _("education"),
        "health": _("health"),
        "tax": _("tax"),
        "business": _("business"),
        "social-security": _("social security"),
        "property": _("registration of property"),
        "urban-utilities": _("urban utilities"),
        "insurance": _("insurance"),
        "marriage": _("marriage"),
        "retirement": _("retirement"),
        "certificates": _("documents and certificates"),
        "death": _("death"),
        "other": _("other"),
    },
    "start": {
        "request": _("on the request of the recipient"),
        "set-time": _("at a set time"),
        "event": _("when something happens"),
        "body": _("when the body finds it necessary"),
        "other": _("otherwise"),
    },
    "stage": {
        "information": _("Information"),
        "request": _("Request"),
        "production": _("Production"),
        "delivery": _("Delivery"),
    },
    "channel": {
        "internet": _("internet"),
        "email": _("e-mail"),
        "call-centre": _("call centre"),
        "mobile": _("mobile phone"),
        "sms": _("short message"),
        "counter-office": _("counter office"),
        "in-person": _("in person"),
        "other": _("other"),
    },
    "period": {"day": _("day"), "month": _("month"), "year": _("year")},
    "case-state": {
        "draft": _("Not sent yet"),
        "open": _("Under examination"),
        "correction": _("Waiting for your correction"),
        "decided": _("Decided, the letter is being prepared"),
        "payment": _("Waiting for your payment"),
        "aftercare": _("Answered, something is still to be done"),
        "closed": _("Answered"),
        "withdrawn": _("Withdrawn"),
        "abandoned": _("Given up"),
    },
    "held-permit": {
        "in-force": _("In force"),
        "expired": _("Its time is over"),
        "revoked": _("Revoked"),
        "returned": _("Handed back"),
    },
    "objection-state": {
        "heard": _("Being heard"),
        "upheld": _("The decision stands"),
        "accepted": _("Accepted: the decision was taken anew"),
    },
    "order-state": {
        "": _("Handed over, no answer yet"),
        "received": _("Received"),
        "accepted": _("Accepted"),
        "in-progress": _("On its way"),
        "in-review": _("Being examined there"),
        "delivered": _("Delivered"),
        "returned": _("Came back"),
        "ordered": _("Ordered"),
        "paid": _("Paid"),
        "failed": _("Failed"),
        "issued": _("Issued"),
        "rejected": _("Rejected"),
        "revoked": _("Revoked"),
    },
    "need-state": {
        "not-asked": _("Not asked yet"),
        "asked": _("Being asked"),
        "matched": _("Confirmed"),
        "not-matched": _("Not confirmed"),
        "unknown": _("The register did not answer"),
    },
    "message-state": {"queued": _("Waiting to be sent"), "sent": _("Sent"), "failed": _("Could not be sent")},
    "decision-state": {
        "drafted": _("Drafted"),
        "paraphed": _("Paraphed"),
        "signed": _("Signed"),
        "issued": _("Issued"),
        "recorded": _("Recorded"),
    },
    "signature-state": {
        "asked": _("Asked, not signed yet"),
        "signed": _("Signed"),
        "refused": _("Refused"),
        "expired": _("Too old"),
    },
    "work-kind": {
        "cases.task": _("Case"),
        "cases.referral": _("Referral"),
        "correspondence.letter": _("Letter"),
        "correspondence.intake": _("Something arrived"),
        "correspondence.dispatch": _("Letter to be sent"),
        "correspondence.dispatch-back": _("Letter that came back"),
        "correspondence.step": _("Letter to paraph or sign"),
        "correspondence.draft": _("Letter returned to you"),
        "correspondence.referral": _("Referred letter"),
        "correspondence.referral-back": _("Answer to a referral"),
        "correspondence.follow-up": _("Follow-up"),
        "correspondence.escalation": _("Follow-up for a superior"),
        "correspondence.vacancy": _("Vacant post below yours"),
    },
    # What is to be done with a line that does not say it itself.
    "work-step": {
        "cases.task": _("Act in the case"),
        "cases.referral": _("Answer the referral"),
        "correspondence.letter": _("File the letter"),
        "correspondence.intake": _("Register it"),
        "correspondence.dispatch": _("Send it"),
        "correspondence.dispatch-back": _("Send it anew or give it up"),
        "correspondence.referral": _("Act on the letter"),
        "correspondence.referral-back": _("Take note"),
        "correspondence.follow-up": _("See whether the answer came"),
        "correspondence.escalation": _("See why no answer came"),
        "correspondence.vacancy": _("Hand over what lies open there"),
    },
    "substitute-scope": {"all": _("Everything"), "letters": _("Letters only"), "cases": _("Cases only")},
    "folder": {
        "all": _("All"),
        "unread": _("Unread"),
        "overdue": _("Overdue"),
        "today": _("Due today"),
        "flagged": _("Flagged"),
        "sent": _("Referred by me"),
        "done": _("Done"),
    },
    "urgency": {"ordinary": _("Ordinary"), "urgent": _("Urgent"), "immediate": _("Immediate")},
    "permit-state": {
        "to-come": _("To come"),
        "in-force": _("In force"),
        "suspended": _("Suspended"),
        "ended": _("Ended"),
        "revoked": _("Revoked"),
    },
    "outcome": {
        "answered": _("Answered"),
        "unanswered": _("Went out, no whole answer came"),
        "unsent": _("Never left"),
        "in-doubt": _("In doubt"),
    },
    "evidence-problem": {
        "exchange.evidence.damaged": _("What was written durably is damaged."),
        "exchange.evidence.torn": _("A record ends in its middle."),
        "exchange.evidence.payload": _("A record cannot be read, or stands where it must not."),
        "exchange.evidence.name": _("The name of the segment is not the one in its header."),
        "exchange.evidence.repeated": _("The message ended twice."),
        "exchange.evidence.unsealed": _("A finished segment holds an end that is under no root."),
        "exchange.evidence.open": _("A finished segment holds a beginning without an end."),
        "exchange.evidence.missing": _("The segment of which records were taken over is gone."),
        "exchange.evidence.shortened": _("The segment is shorter than what was taken over from it."),
        "exchange.evidence.rewritten": _("The segment holds another root than the one that was taken over."),
        "exchange.evidence.row-missing": _("The row taken over from the segment is gone."),
        "exchange.evidence.root": _("The Merkle root is not the one over its records."),
        "exchange.evidence.chain": _("A signed root is missing or out of order."),
        "exchange.evidence.signature": _("The root is not signed by the gateway."),
        "exchange.evidence.intent": _("The message closed another beginning than its own."),
        "exchange.evidence.proof": _("The way from the record to its root does not hold."),
        "exchange.evidence.row-altered": _("The row was changed after it was taken over."),
    },
    "log-standing": {
        "level": _("All that is sealed is published"),
        "behind": _("The newest checkpoint is not published yet"),
        "ahead": _("More is published than the database knows: an old copy was restored"),
        "different": _("The published log is another history than the sealed one"),
    },
    "context": {
        "catalogue": _("Catalogue of services"),
        "cases": _("Cases"),
        "correspondence": _("Correspondence"),
        "exchange": _("Exchange"),
        "foundation": _("House"),
        "identity": _("Identity"),
        "ledger": _("Log"),
        "payments": _("Payments"),
        "people": _("People and posts"),
        "places": _("Places"),
        "signing": _("Signing"),
    },
    "place-level": {
        "province": _("province"),
        "county": _("county"),
        "district": _("district"),
        "rural-district": _("rural district"),
        "city": _("city"),
        "village": _("village"),
    },
}

TONES: Mapping[str, str] = {
    **letters.TONES,
    **exchange.TONES,
    "draft": "",
    "open": "info",
    "correction": "waiting",
    "decided": "lapis",
    "payment": "waiting",
    "aftercare": "good",
    "expired": "",
    "heard": "waiting",
    "upheld": "",
    "accepted": "good",
    "closed": "good",
    "withdrawn": "",
    "abandoned": "",
    "matched": "good",
    "not-matched": "bad",
    "unknown": "waiting",
    "asked": "info",
    "not-asked": "",
    "numbered": "lapis",
    "signed": "good",
    "filed": "",
    "to-come": "info",
    "in-force": "good",
    "ended": "",
    "revoked": "bad",
    "returned": "",
    "answered": "good",
    "unanswered": "waiting",
    "unsent": "bad",
    "in-doubt": "solid-bad",
    "level": "good",
    "behind": "waiting",
    "ahead": "solid-bad",
    "different": "solid-bad",
}
"""Which tone a state's tag has; the words say the same."""


def word(kind: str, code: str) -> str:
    """Return a coded value in the active language; an unknown code stands as it is."""
    return str(WORDS[kind].get(code, code))


def clock_in_words(length: ClockLength) -> str:
    """Return a span such as "20 working days" in the active language."""
    count = {"count": number(length.amount)}
    match length.unit.value:
        case "hours":
            return ngettext("%(count)s hour", "%(count)s hours", length.amount) % count
        case "calendar-days":
            return ngettext("%(count)s day", "%(count)s days", length.amount) % count
        case "months":
            return ngettext("%(count)s month", "%(count)s months", length.amount) % count
        case "years":
            return ngettext("%(count)s year", "%(count)s years", length.amount) % count
    return ngettext("%(count)s working day", "%(count)s working days", length.amount) % count


def validity_in_words(validity: Validity) -> str:
    """Return how long a permit holds, such as "3 years", in the active language."""
    if validity.unlimited or validity.amount is None:
        return str(_("without an end"))
    count = {"count": number(validity.amount)}
    match validity.unit:
        case ValidityUnit.DAYS:
            return ngettext("%(count)s day", "%(count)s days", validity.amount) % count
        case ValidityUnit.MONTHS:
            return ngettext("%(count)s month", "%(count)s months", validity.amount) % count
    return ngettext("%(count)s year", "%(count)s years", validity.amount) % count
