"""What a synchronisation would do, and what keeps it out: entries weighed against who stands in the house. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import floor

from divan_libs.directory.reading import Told
from divan_libs.directory.values import Deed, Entry, Finding, KnownPerson, Line, Linked, Plan, Standing, Weight


def plan_directory(told: Told, standing: Standing, *, most_ended: float, is_forced: bool = False) -> Plan:
    """Return what taking over a directory's answer would do.

    A person is found by national code, then by the directory's identifier. Who is disabled there or gone from it stops
    working here; of those who work here never more than the share ``most_ended`` at once (one person always may),
    unless it is forced. An empty answer ends nobody, unless it is forced.
    """
    planner = _Planner(told, standing)
    planner.weigh_ended()
    planner.weigh_gone()
    planner.weigh_enabled()
    if not is_forced:
        planner.weigh_share(most_ended)
    lines = sorted(planner.lines, key=lambda line: not line.ends)
    return Plan(tuple(lines), (*told.findings, *planner.findings))


@dataclass(slots=True)
class _Planner:
    told: Told
    standing: Standing
    findings: list[Finding] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    owned: list[Entry] = field(default_factory=list)
    by_code: dict[str, Linked] = field(default_factory=dict)
    wandered: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    seated: dict[str, str] = field(default_factory=dict)
    vacated: set[str] = field(default_factory=set)

    def _find(self, entry: Entry, name: str, code: str, weight: Weight, value: str = "") -> None:
        self.findings.append(Finding(entry.label, name, code, weight, value))

    def weigh_ended(self) -> None:
        """Find out whose entries they are, and end those who are disabled: their posts become free for others."""
        self.by_code = {link.national_code: link for link in self.standing.links.values()}
        for entry in self.told.entries:
            link = self.standing.links.get(entry.directory_id)
            if link is not None and entry.national_code not in {"", link.national_code}:
                self.wandered[link.national_code] = entry.directory_id
        whole = [self._owned(entry) for entry in self.told.entries if not entry.is_left_alone]
        self.owned = [entry for entry in whole if entry is not None]
        for entry in self.owned:
            if not entry.is_enabled:
                self._end(entry, Deed.ENDED_DISABLED)

    def _owned(self, entry: Entry) -> Entry | None:
        """Return an entry with the national code of whose it is; None where that is nobody, or in doubt.

        Codes that wander between entries which stand are nobody's until somebody has looked at them there.
        """
        link = self.standing.links.get(entry.directory_id)
        if not entry.national_code and link is not None and not entry.is_enabled:
            return replace(entry, national_code=link.national_code)
        holder = self.wandered.get(entry.national_code, entry.directory_id)
        is_others = link is not None and entry.national_code != link.national_code
        if is_others or holder != entry.directory_id:
            self._find(entry, "national_code", "directory.code-changed", Weight.ENTRY)
            return None
        return entry if entry.national_code else None

    def _end(self, entry: Entry, deed: Deed) -> None:
        known = self.standing.persons.get(entry.national_code)
        link = self.by_code.get(entry.national_code)
        is_open = link is not None and not link.is_ended
        if is_open or (known is not None and known.works_here):
            self.lines.append(Line(entry, (deed,)))
            self.vacated |= known.posts if known else frozenset()

    def weigh_gone(self) -> None:
        """End those whose entry is no longer told, under whatever identifier."""
        told = {entry.directory_id for entry in self.told.entries}
        spoken_of = {entry.national_code for entry in self.told.entries}
        for directory_id, link in self.standing.links.items():
            if link.is_ended or directory_id in told:
                continue
            if link.national_code in spoken_of:
                continue
            entry = Entry(
                directory_id=directory_id,
                national_code=link.national_code,
                username=link.username,
                mail=link.mail,
                is_enabled=False,
            )
            self._end(entry, Deed.ENDED_GONE)

    def weigh_enabled(self) -> None:
        """Weigh those who work here, who leaves a post before who takes it."""
        enabled = [entry for entry in self.owned if entry.is_enabled]
        waiting = [entry for entry in enabled if self._wants_post(entry)]
        moving: list[Entry] = []
        while free := [entry for entry in waiting if self._is_free(entry.post)]:
            for entry in free:
                if self._is_free(entry.post):
                    self.seated[entry.post] = entry.national_code
                    self.vacated |= self._given_post(entry)
                    moving.append(entry)
            waiting = [entry for entry in waiting if entry.post not in self.seated]
        moved = {entry.national_code for entry in moving}
        for entry in moving + [entry for entry in enabled if entry.national_code not in moved]:
            self._weigh(entry)

    def _wants_post(self, entry: Entry) -> bool:
        known = self.standing.persons.get(entry.national_code)
        return entry.post in self.standing.posts and not (known and entry.post in known.posts)

    def _is_free(self, post: str) -> bool:
        return post not in self.seated and (not self.standing.posts[post].holder or post in self.vacated)

    def _given_post(self, entry: Entry) -> frozenset[str]:
        """Return the post that the directory gave somebody before, if it is still held."""
        known = self.standing.persons.get(entry.national_code)
        link = self.by_code.get(entry.national_code)
        return frozenset({link.post} & known.posts) if link and known else frozenset()

    def weigh_share(self, most_ended: float) -> None:
        """Keep out an answer by which too many would stop working here at once."""
        here = {link.national_code for link in self.standing.links.values() if not link.is_ended}
        here |= {line.entry.national_code for line in self.lines if line.ends}
        ended = {line.entry.national_code for line in self.lines if line.ends}
        if here and not self.told.entries:
            self.findings.append(Finding("", "", "directory.empty-answer", Weight.ALL))
        elif len(ended) > max(1, floor(most_ended * len(here))):
            said = f"{len(ended)}/{len(here)}"
            self.findings.append(Finding("", "", "directory.too-many-ended", Weight.ALL, said))

    def _weigh(self, entry: Entry) -> None:
        known = self.standing.persons.get(entry.national_code)
        link = self.by_code.get(entry.national_code)
        deeds: list[Deed] = []
        if known is None:
            deeds.append(Deed.PERSON_MADE)
        else:
            entry, changes = self._fitting(entry, known)
            deeds += [Deed.PERSON_CHANGED] if changes else []
        entry = self._named(entry, known)
        deeds += self._account_deeds(entry, known, link)
        leaves, post_deeds = self._weigh_post(entry)
        deeds += post_deeds
        if link is None:
            deeds.append(Deed.LINKED)
        elif self._link_differs(entry, link):
            deeds.append(Deed.LINK_CHANGED)
        if deeds:
            self.lines.append(Line(entry, tuple(deeds), leaves))

    def _fitting(self, entry: Entry, known: KnownPerson) -> tuple[Entry, bool]:
        """Return an entry without what the house is surer of, which is told, and whether the rest changes anything."""
        differs = [name for name in ("first_name", "last_name") if getattr(entry, name) != getattr(known, name)]
        if differs and known.is_confirmed:
            self._find(entry, differs[0], "directory.name-kept", Weight.NOTICE)
            entry, differs = replace(entry, first_name="", last_name=""), []
        if known.mobile and entry.mobile != known.mobile:
            if entry.mobile:
                self._find(entry, "mobile", "directory.mobile-kept", Weight.NOTICE)
            entry = replace(entry, mobile="")
        return entry, bool(differs or (entry.mobile and not known.mobile))

    def _named(self, entry: Entry, known: KnownPerson | None) -> Entry:
        """Return an entry whose user name is free or its own; without one the person gets no account."""
        if known is not None and known.username and entry.username != known.username:
            if entry.username:
                self._find(entry, "username", "directory.username-kept", Weight.NOTICE, entry.username)
            return replace(entry, username=known.username)
        owner = self.standing.usernames.get(entry.username) or self.names.get(entry.username)
        if entry.username and owner not in {None, entry.national_code}:
            self._find(entry, "username", "directory.username-taken", Weight.NOTICE, entry.username)
            return replace(entry, username="")
        self.names[entry.username] = entry.national_code
        return entry

    def _account_deeds(self, entry: Entry, known: KnownPerson | None, link: Linked | None) -> list[Deed]:
        """Return what is done to the account: it opens what it closed, and not what somebody else closed."""
        if known is None or not known.username:
            return [Deed.ACCOUNT_MADE] if entry.username else []
        if known.is_open:
            return []
        if link is not None and link.is_ended:
            return [Deed.ACCOUNT_REOPENED]
        self._find(entry, "username", "directory.account-closed", Weight.NOTICE, entry.username)
        return []

    def _link_differs(self, entry: Entry, link: Linked) -> bool:
        kept = (link.username, link.mail, link.is_ended)
        return kept != (entry.username, entry.mail, False) or entry.directory_id not in self.standing.links

    def _weigh_post(self, entry: Entry) -> tuple[str, list[Deed]]:
        """Return which post is left and what is done: the directory takes away only what it gave."""
        if not entry.post:
            return "", []
        seat = self.standing.posts.get(entry.post)
        if seat is None:
            self._find(entry, "post", "directory.post-unknown", Weight.NOTICE, entry.post)
            return "", []
        if entry.unit and entry.unit not in seat.units:
            self._find(entry, "unit", "directory.unit-differs", Weight.NOTICE, entry.unit)
        if not self._wants_post(entry):
            return "", []
        if self.seated.get(entry.post) != entry.national_code:
            self._find(entry, "post", "directory.post-taken", Weight.NOTICE, entry.post)
            return "", []
        leaves = "".join(self._given_post(entry))
        return leaves, [Deed.POST_LEFT, Deed.POST_GIVEN] if leaves else [Deed.POST_GIVEN]


def count_deeds(lines: Iterable[Line]) -> dict[Deed, int]:
    """Return how often each deed is done, in the order of the deeds."""
    done = [deed for line in lines for deed in line.deeds]
    return {deed: done.count(deed) for deed in Deed if deed in done}
