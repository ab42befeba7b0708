"""What the monitor of the log says: each thing that must hold, in words, with the code of what does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _

from divan.foundation.ui.numbers import ago, number
from divan.front.texts.ledger import FAULTS
from divan.trust.ledger import queries as ledger
from divan.trust.ledger.values import Examination, LogState, Standing

LAG = timedelta(seconds=30)
"""How long sealed facts may stand back before it is said: a batch takes a second or two."""
EXAMINED_WITHIN = timedelta(hours=30)
"""The worker examines once a day; a few hours more are a busy machine."""
AGAINST_THE_LOG = frozenset({"tlog.cosigning.witness-ahead", "tlog.cosigning.root-differs"})
"""What a witness says when it was shown more, or something else, than the log shows now."""

Tone = Literal["good", "waiting", "bad"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: what it is, what was found, how bad that is, and its code where it does not hold."""

    name: str
    said: str
    tone: Tone
    code: str = ""


@dataclass(frozen=True, slots=True)
class Monitored:
    """All checks, and the state they were made of."""

    state: LogState
    checks: tuple[Check, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing contradicts the log."""
        return all(check.tone != "bad" for check in self.checks)

    @property
    def is_whole(self) -> bool:
        """Whether everything holds and nothing is late."""
        return all(check.tone == "good" for check in self.checks)


def measure(now: datetime) -> Monitored:
    """Return what holds of the log at this moment."""
    state = ledger.log_state()
    if not state.is_open:
        return Monitored(state, (Check(_("The log"), _("It has not been opened yet."), "waiting"),))
    checks = (_history(state), _sealing(state, now), *_witnesses(state, now), _examination(now))
    return Monitored(state, checks)


def _history(state: LogState) -> Check:
    name = _("One history")
    if state.doubt:
        return Check(name, _("The published head is not signed by the log, or cannot be read."), "bad", state.doubt)
    if state.standing is Standing.DIFFERENT:
        said = _("The published log and the sealed one are two histories. Nothing more is signed.")
        return Check(name, said, "bad", "ledger.history-differs")
    if state.standing is Standing.AHEAD:
        said = _("An older copy of the database was restored: more is published than it knows. Nothing more is signed.")
        return Check(name, said, "bad", "ledger.older-than-published")
    against = [one for one in ledger.list_witnesses() if one.trouble in AGAINST_THE_LOG]
    if against:
        said = _("The witness %(name)s was shown another history, or a longer one.") % {"name": against[0].name}
        return Check(name, said, "bad", against[0].trouble)
    return Check(name, _("The published log is the sealed one, and no witness has seen another."), "good")


def _sealing(state: LogState, now: datetime) -> Check:
    name = _("Sealing")
    if not state.pending:
        return Check(name, _("Every fact is sealed."), "good")
    waits = _("%(count)s facts wait to be sealed.") % {"count": number(state.pending)}
    late = state.sealed_at is None or now - state.sealed_at > LAG
    return Check(name, waits, "waiting" if late else "good")


def _witnesses(state: LogState, now: datetime) -> Iterator[Check]:
    known = ledger.list_witnesses()
    if not known:
        said = _("No witness is named. Nobody outside this house would notice a second history.")
        yield Check(_("Witnesses"), said, "waiting")
        return
    needed, behind = number(state.witnesses_needed), state.published_size - state.cosigned_size
    if state.cosigned_at is None:
        yield Check(_("Witnesses"), _("No head has been vouched for by enough witnesses yet."), "waiting")
    else:
        said = _("Enough witnesses (%(needed)s) vouched for %(size)s entries, %(ago)s.") % {
            "needed": needed,
            "size": number(state.cosigned_size),
            "ago": ago(state.cosigned_at, now),
        }
        yield Check(_("Witnesses"), said, "waiting" if behind and now - state.cosigned_at > LAG * 4 else "good")
    for one in known:
        if one.is_silent or (one.trouble and one.trouble not in AGAINST_THE_LOG):
            said = _("does not answer, or gives no signature")
            if one.cosigned_at:
                said = _("%(said)s; last vouched %(ago)s") % {"said": said, "ago": ago(one.cosigned_at, now)}
            yield Check(_("Witness: %(name)s") % {"name": one.name}, said, "waiting", one.trouble)


def _examination(now: datetime) -> Check:
    name = _("Examination of the whole log")
    last: Examination | None = ledger.find_last_examination()
    if last is None or last.ended_at is None:
        return Check(name, _("None has ended yet; the first comes by itself within a day."), "waiting")
    when = ago(last.ended_at, now)
    if last.found:
        first = last.findings[0].code if last.findings else None
        said = _("%(count)s alterations were found %(ago)s, the first: %(first)s") % {
            "count": number(last.found),
            "ago": when,
            "first": FAULTS[first] if first else "",
        }
        return Check(name, said, "bad", str(first or ""))
    late = now - last.ended_at > EXAMINED_WITHIN
    said = _("Log, facts and records were recomputed %(ago)s, and nothing was altered.") % {"ago": when}
    return Check(name, said, "waiting" if late else "good")
